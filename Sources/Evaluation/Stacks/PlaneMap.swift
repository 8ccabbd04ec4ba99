import Foundation

/// A map of the pixels of a plane to where they are taken from.
///
/// - Units: pixels. Beyond the edges a plane goes on as at its edge.
struct PlaneMap: Sendable, Hashable {
    /// Change of place with x.
    var x = SIMD2<Float>(1, 0)
    /// Change of place with y.
    var y = SIMD2<Float>(0, 1)
    /// The place of pixel (0, 0).
    var origin = SIMD2<Float>(0, 0)

    /// The map that moves nothing.
    init() {}

    /// Turns and scales an image about its middle, then shifts it.
    ///
    /// - Parameter shift: of what the image shows, in pixels.
    init(turning angle: Float, scale: Float, shift: SIMD2<Float>, width: Int, height: Int) {
        let (c, s) = (cos(angle) / scale, sin(angle) / scale)
        (x, y) = (SIMD2(c, -s), SIMD2(s, c))
        let center = SIMD2(Float(width - 1), Float(height - 1)) / 2
        let start = -center - shift
        origin = center + x * start.x + y * start.y
    }

    /// This map of an image that was shifted before.
    func after(shift: SIMD2<Float>) -> PlaneMap {
        var result = self
        result.origin -= shift
        return result
    }

    /// A plane moved, bilinear between its pixels.
    func moved(_ plane: ArraySlice<Float>, width: Int, height: Int, into result: inout [Float]) {
        let first = plane.startIndex
        sample(width, height) { place in
            let (column, row) = (min(Int(place.x), width - 2), min(Int(place.y), height - 2))
            let (right, down) = (place.x - Float(column), place.y - Float(row))
            let corner = first + row * width + column
            let above = plane[corner] + right * (plane[corner + 1] - plane[corner])
            let below = plane[corner + width] + right * (plane[corner + width + 1] - plane[corner + width])
            result.append(above + down * (below - above))
        }
    }

    /// A plane moved, each pixel its nearest.
    func moved<Value>(nearest plane: ArraySlice<Value>, width: Int, height: Int, into result: inout [Value]) {
        let first = plane.startIndex
        sample(width, height) { place in
            result.append(plane[first + Int(place.y + 0.5) * width + Int(place.x + 0.5)])
        }
    }

    /// The place of each pixel in turn, within the plane.
    @inline(__always)
    private func sample(_ width: Int, _ height: Int, _ body: (SIMD2<Float>) -> Void) {
        let last = SIMD2(Float(width - 1), Float(height - 1))
        for row in 0..<height {
            let start = origin + y * Float(row)
            for column in 0..<width {
                body((start + x * Float(column)).clamped(lowerBound: .zero, upperBound: last))
            }
        }
    }
}
