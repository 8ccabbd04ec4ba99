import Core
import Foundation
import Fourier

/// The in-plane resolution of a scan: a fine image, through k-space cut to the acquired matrix, to a coarse one.
///
/// - Shape: fine [Y', X'] → coarse [Y, X], the same field of view.
/// - Convention: sample `size / 2` (rounded down) is the same point of both grids; a constant keeps its value.
/// - Cost: two FFTs per image; none if the grids agree and there is no filter.
struct PointSpread: Sendable {
    let fine: SIMD2<Int>
    let coarse: SIMD2<Int>
    private let toKSpace: CenteredTransform
    private let toImage: CenteredTransform
    private let filterX: [Float]
    private let filterY: [Float]
    private let isIdentity: Bool

    /// - Parameter oversampling: fine samples per coarse pixel and axis, rounded so that the field of view holds.
    init(coarse: SIMD2<Int>, oversampling: Double, apodisation: CineProtocol.Apodisation) throws {
        self.coarse = coarse
        func enlarged(_ count: Int) -> Int { max(count, Int((Double(count) * oversampling).rounded())) }
        fine = [enlarged(coarse.x), enlarged(coarse.y)]
        toKSpace = try CenteredTransform(width: fine.x, height: fine.y)
        toImage = try CenteredTransform(width: coarse.x, height: coarse.y)
        func filter(_ count: Int) -> [Float] {
            (0..<count).map { index in
                let place = Double(index - count / 2) / Double(count)
                return apodisation == .none ? 1 : Float(PulseWindow.hamming.value(place))
            }
        }
        filterX = filter(coarse.x)
        filterY = filter(coarse.y)
        isIdentity = fine == coarse && apodisation == .none
    }

    /// The fine grid of a slice.
    func fineGrid(_ grid: Grid) -> Grid {
        let ratioX = Double(coarse.x) / Double(fine.x)
        let ratioY = Double(coarse.y) / Double(fine.y)
        var affine = grid.affine
        affine.x *= ratioX
        affine.y *= ratioY
        affine.translation =
            grid.position(coarse.x / 2, coarse.y / 2, 0) - affine.x * Double(fine.x / 2) - affine.y * Double(fine.y / 2)
        return Grid(affine: affine, size: [fine.x, fine.y, grid.size.z])
    }

    /// Standard deviation in the image of white noise of deviation 1 in k-space.
    var noiseGain: Double {
        func meanSquare(_ filter: [Float]) -> Double {
            filter.reduce(0) { $0 + Double($1 * $1) } / Double(filter.count)
        }
        return (meanSquare(filterX) * meanSquare(filterY)).squareRoot()
    }

    /// Working memory of one thread.
    struct Scratch {
        fileprivate var fine: [ComplexFloat] = []
        /// The coarse image after `apply`.
        fileprivate(set) var coarse: [ComplexFloat] = []
    }

    /// Takes one of some images through k-space, where `noise` may be added before the filter.
    func apply(
        _ images: SliceImages, _ index: Int, scratch: inout Scratch, noise: (inout [ComplexFloat]) -> Void
    ) {
        let count = fine.x * fine.y
        precondition(images.real.count % count == 0, "expected images of \(count) samples, found \(images.real.count)")
        func put(into target: inout [ComplexFloat]) {
            target.removeAll(keepingCapacity: true)
            let range = index * count..<(index + 1) * count
            if let imaginary = images.imaginary {
                target.append(contentsOf: range.lazy.map { ComplexFloat(images.real[$0], imaginary[$0]) })
            } else {
                target.append(contentsOf: images.real[range].lazy.map { ComplexFloat($0, 0) })
            }
        }
        if isIdentity {
            put(into: &scratch.coarse)
            return noise(&scratch.coarse)
        }
        put(into: &scratch.fine)
        toKSpace.forward(&scratch.fine)

        // Orthonormal transforms of two sizes: a constant grows by the ratio of the roots of their sizes.
        let scale = ComplexFloat((Float(coarse.x * coarse.y) / Float(fine.x * fine.y)).squareRoot(), 0)
        let corner = SIMD2(fine.x / 2 - coarse.x / 2, fine.y / 2 - coarse.y / 2)
        scratch.coarse.removeAll(keepingCapacity: true)
        for y in 0..<coarse.y {
            let first = (y + corner.y) * fine.x + corner.x
            scratch.coarse.append(contentsOf: scratch.fine[first..<first + coarse.x].lazy.map { $0 * scale })
        }
        noise(&scratch.coarse)
        for y in 0..<coarse.y {
            for x in 0..<coarse.x { scratch.coarse[y * coarse.x + x] *= ComplexFloat(filterX[x] * filterY[y], 0) }
        }
        toImage.inverse(&scratch.coarse)
    }
}
