import ComplexModule
import Core
import Foundation

@testable import Fourier

/// The transform that NUFFTs approximate, by its definition in double precision: slow and obvious.
struct DirectSum {
    /// [Y, X] or [Z, Y, X].
    let shape: [Int]
    /// (kx, ky) or (kx, ky, kz); kz is 0 in two dimensions.
    let points: [SIMD3<Double>]

    /// exp(−2πi k x / N) for every position of an axis.
    private func phases(_ k: Double, _ size: Int) -> [ComplexDouble] {
        (0..<size).map { ComplexDouble(length: 1, phase: -2 * .pi * k * Double($0 - size / 2) / Double(size)) }
    }

    /// Calls `body` with the phase of every position, in C order, for a point.
    private func forEachPosition(_ point: SIMD3<Double>, _ body: (Int, ComplexDouble) -> Void) {
        let sizes = shape.count == 2 ? [1] + shape : shape
        let (z, y, x) = (phases(point.z, sizes[0]), phases(point.y, sizes[1]), phases(point.x, sizes[2]))
        var place = 0
        for z in z {
            for y in y {
                for x in x {
                    body(place, x * y * z)
                    place += 1
                }
            }
        }
    }

    private var scale: ComplexDouble { ComplexDouble(1 / Double(shape.reduce(1, *)).squareRoot(), 0) }

    func forward(_ image: [ComplexFloat]) -> [ComplexDouble] {
        points.map { point in
            var sum = ComplexDouble.zero
            forEachPosition(point) { place, phase in sum += ComplexDouble(image[place]) * phase }
            return sum * scale
        }
    }

    func adjoint(_ samples: [ComplexFloat]) -> [ComplexDouble] {
        var image = [ComplexDouble](repeating: .zero, count: shape.reduce(1, *))
        for (point, sample) in zip(points, samples) {
            forEachPosition(point) { place, phase in image[place] += ComplexDouble(sample) * phase.conjugate * scale }
        }
        return image
    }
}

extension ComplexDouble {
    init(_ value: ComplexFloat) { self.init(Double(value.real), Double(value.imaginary)) }
}

/// ‖a − b‖.
func distance(_ a: [ComplexFloat], _ b: [ComplexDouble]) -> Double {
    zip(a, b).reduce(0) { $0 + (ComplexDouble($1.0) - $1.1).lengthSquared }.squareRoot()
}

/// ‖a − b‖ / ‖b‖.
func relativeError(_ a: [ComplexFloat], _ b: [ComplexDouble]) -> Double {
    distance(a, b) / b.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
}

/// Points in k-space that a NUFFT has to get right.
enum PointSet: CaseIterable {
    /// Anywhere in [−N/2, N/2).
    case uniform
    /// Thirty heaps of a thousandth of a cycle. A single one would be but one draw of the error.
    case clustered
    /// On the borders −N/2 and N/2 of the axes, which are the same place.
    case edges
    /// Up to three times further out: k wraps around.
    case outside

    func points(_ count: Int, shape: [Int]) -> [SIMD3<Double>] {
        var random = Philox(seed: 7, patient: 0, stage: .recipe)
        let sizes = Array(shape.reversed().map(Double.init)) + [0]
        let size = SIMD3(sizes[0], sizes[1], sizes[2])
        return (0..<count).map { index in
            let draw = SIMD3(random.uniform() - 0.5, random.uniform() - 0.5, random.uniform() - 0.5)
            switch self {
            case .uniform: return size * draw
            case .clustered:
                let heap = Double(index % 30)
                return size * SIMD3(cos(heap), sin(2 * heap), cos(3 * heap)) * 0.5 + draw * 1e-3
            case .outside: return size * draw * 3
            case .edges:
                var point = size * draw
                point[index % shape.count] = (index / 3 % 2 == 0 ? -0.5 : 0.5) * size[index % shape.count]
                return point
            }
        }
    }
}

extension NUFFT {
    /// Either kind of plan from points with three coordinates.
    init(
        _ shape: [Int], _ points: [SIMD3<Double>], batch: Int = 1, tolerance: Double = 1e-4, threads: Int = 1,
        widths: ClosedRange<Int> = KernelPolynomial.widths
    ) throws {
        try self.init(
            shape: shape, axes: shape.count, count: points.count, batch: batch, tolerance: tolerance, threads: threads,
            planning: .estimated, widths: widths
        ) { SIMD3(points[$0].z, points[$0].y, points[$0].x) }
    }
}
