import Foundation
import Synchronization
import Testing

@testable import Core

@Suite("Affine maps and grids") struct AffineTests {
    private let turn = Affine.rigid(shift: [3, -4, 5], rotation: [0.3, -0.2, 0.9], about: [10, 20, -30])

    @Test("The inverse undoes, and a product applies the right map first")
    func products() {
        let stretch = Affine(x: [2, 0.1, 0], y: [0, 3, -0.2], z: [0.3, 0, 0.5], translation: [1, 2, 3])
        for p in [Vector3(0, 0, 0), [1, 2, 3], [-40, 50, 60]] {
            #expect(length(stretch.inverse(stretch(p)) - p) < 1e-12 * 100)
            #expect(length((turn * stretch)(p) - turn(stretch(p))) < 1e-12 * 100)
            #expect(length(stretch.apply(Point(p)).vector - stretch(p)) < 1e-12 * 100)
        }
        #expect(abs((turn * stretch).determinant - stretch.determinant) < 1e-12)
        #expect(Affine(rowMajor: stretch.rowMajor) == stretch)
    }

    @Test("A rigid motion keeps lengths, turns by the right hand and leaves its centre where the shift puts it")
    func rigid() {
        #expect(abs(turn.determinant - 1) < 1e-14)
        #expect(length(turn([10, 20, -30]) - [13, 16, -25]) < 1e-13)
        #expect(abs(length(turn.rotate([1, 2, 3])) - length([1, 2, 3])) < 1e-14)
        let quarter = Affine.rigid(shift: .zero, rotation: [0, 0, .pi / 2])
        #expect(length(quarter([1, 0, 0]) - [0, 1, 0]) < 1e-15)
    }

    @Test("A grid lies about its centre, x fastest")
    func grids() {
        let grid = Grid(center: [1, 2, 3], spacingMM: [1, 2, 4], size: [3, 4, 5])
        #expect(grid.position(1, 0, 2) == [1, -1, 3])
        #expect((grid.position(0, 0, 0) + grid.position(2, 3, 4)) * 0.5 == [1, 2, 3])
        #expect(grid.count == 60 && grid.spacingMM == [1, 2, 4] && grid.voxelVolumeMM3 == 8)
        var volume = Volume<Int>(grid: grid, values: Array(0..<60))
        volume[2, 1, 3] += 1000
        #expect(volume.values[(3 * 4 + 1) * 3 + 2] == 1000 + 41)
    }
}

@Suite("Numbers side by side") struct LaneTests {
    /// A formula that uses every operation of a lane.
    private func formula<L: Lane>(_ p: Point<L>) -> L {
        let a = p.x * p.y - p.z / (L(2) + p.x * p.x)
        let b = (a * a + L(1)).squareRooted + L.smoothStep(p.y, from: -1, to: 2)
        let c = L.pick(p.x, lessThan: p.z, b * a, else: b + p.z * p.z)
        return c + L.smaller(a, p.y) - L.larger(b, p.z) + L.fraction(p.x) + L.magnitude(p.y) + L.clamp(p.z, -0.5, 0.5)
    }

    private var points: [Vector3] {
        var random = Philox(seed: 4, patient: 0, stage: .texture)
        return (0..<320).map { _ in Vector3(random.uniform(), random.uniform(), random.uniform()) * 4 - 2 }
    }

    @Test("Dual numbers carry the value and its slopes")
    func dual() {
        let step = 1e-6
        var errors: [Double] = []
        for p in points {
            let exact = formula(Point<Dual>(variable: p))
            #expect(abs(exact.value - formula(Point(p))) < 1e-14)
            for axis in [Vector3(1, 0, 0), [0, 1, 0], [0, 0, 1]] {
                let difference = (formula(Point(p + axis * step)) - formula(Point(p - axis * step))) / (2 * step)
                errors.append(abs(difference - dot(exact.gradient, axis)))
            }
        }
        // All but those few points where a kink lies within the step.
        #expect(errors.sorted()[errors.count * 99 / 100] < 1e-8)
    }

    @Test("Sixteen points at a time give what one gives")
    func lanes() {
        let points = points
        for start in stride(from: 0, to: points.count, by: 16) {
            var p = Point(x: Lanes(), y: Lanes(), z: Lanes())
            for lane in 0..<16 {
                p.x[lane] = Float(points[start + lane].x)
                p.y[lane] = Float(points[start + lane].y)
                p.z[lane] = Float(points[start + lane].z)
            }
            let found = formula(p)
            for lane in 0..<16 {
                let one = formula(Point(x: Double(p.x[lane]), y: Double(p.y[lane]), z: Double(p.z[lane])))
                #expect(abs(Double(found[lane]) - one) < 1e-5)
            }
        }
    }
}

@Suite("Workers") struct WorkersTests {
    @Test("Every index is called once, on any number of threads", arguments: [1, 2, 7], [0, 1, 5, 1000])
    func once(threads: Int, count: Int) {
        let calls = Mutex([Int](repeating: 0, count: count))
        Workers.forEach(count, threads: threads) { index in calls.withLock { $0[index] += 1 } }
        #expect(calls.withLock { $0 } == [Int](repeating: 1, count: count))
    }
}
