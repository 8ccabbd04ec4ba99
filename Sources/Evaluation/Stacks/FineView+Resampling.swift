import Core

extension FineView {
    /// Brings a long-axis slice to fine slices: bilinear in its plane, as if it were alike through its thickness.
    ///
    /// - Parameters:
    ///   - image: [Y, X], normalised.
    ///   - plane: where the slice was planned; its z axis is as long as it is thick.
    ///   - fine: the fine slices.
    init(_ image: [Float], plane: Grid, on fine: Grid) {
        var values = [Float](repeating: 0, count: fine.count)
        var validity = values
        // Fine voxel to pixel of the slice, and thicknesses from its plane.
        let map = plane.affine.inverse * fine.affine
        let (width, last) = (plane.size.x, SIMD2(Double(plane.size.x - 1), Double(plane.size.y - 1)))
        for z in 0..<fine.size.z {
            for y in 0..<fine.size.y {
                let start = map([0, Double(y), Double(z)])
                for x in 0..<fine.size.x {
                    let place = start + map.x * Double(x)
                    guard abs(place.z) <= 0.5, place.x >= 0, place.y >= 0, place.x <= last.x, place.y <= last.y else {
                        continue
                    }
                    let (column, row) = (min(Int(place.x), width - 2), min(Int(place.y), plane.size.y - 2))
                    let (right, down) = (Float(place.x - Double(column)), Float(place.y - Double(row)))
                    let corner = row * width + column
                    let above = image[corner] + right * (image[corner + 1] - image[corner])
                    let below = image[corner + width] + right * (image[corner + width + 1] - image[corner + width])
                    let index = (z * fine.size.y + y) * fine.size.x + x
                    values[index] = above + down * (below - above)
                    validity[index] = 1
                }
            }
        }
        self.init(image: values, validity: validity)
    }
}
