import Core
import Foundation
import Testing

@testable import Phantom

/// What lets the renderer leave brushes out: every bound must hold.
@Suite("Culling") struct CullingTests {
    /// Random points of a ball.
    private func points(in ball: Ball, count: Int, _ random: inout Philox) -> [Vector3] {
        (0..<count).map { index in
            let way = normalize(Vector3(random.normal(), random.normal(), random.normal()))
            // Half of them on the surface, where bounds are tight.
            return ball.center + way * (ball.radius * (index % 2 == 0 ? 1 : cbrt(random.uniform())))
        }
    }

    private func balls(_ patient: Patient, count: Int, _ random: inout Philox) -> [Ball] {
        let box = patient.landmarks.heartBox
        let layout = patient.anatomy.layout
        let valve = layout.place(layout.tricuspidValve)
        return (0..<2 * count).map { index in
            let place = Vector3(random.uniform(), random.uniform(), random.uniform())
            // Every other one at the tricuspid valve, where parts, clips and rounded holes meet.
            if index % 2 == 1 { return Ball(center: valve + (place - 0.5) * 24, radius: 1 + 5 * random.uniform()) }
            let center = box.low - 40 + (box.high - box.low + 80) * place
            return Ball(center: center, radius: 1 + 24 * random.uniform() * random.uniform())
        }
    }

    @Test("A solid's range in a ball holds its distance at every point of the ball", arguments: Heart.allCases)
    func ranges(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        var random = Philox(seed: 7, patient: 0, stage: .texture)
        var worst = 0.0
        for ball in balls(patient, count: 60, &random) {
            let inside = points(in: ball, count: 24, &random)
            var known = KnownRanges()
            for primitive in patient.anatomy.brushes.flatMap({ $0.parts + $0.clips + $0.holes }) {
                let range = primitive.range(in: ball, &known)
                for p in inside {
                    let distance = primitive.distance(Point(p))
                    worst = max(worst, range.low - distance, distance - range.high)
                }
            }
        }
        report("\(heart): a distance leaves its range by at most \(worst) mm")
        // Rounding alone: both are double precision.
        #expect(worst < 1e-9)
    }

    @Test("What is chosen for a ball gives the same distances there as everything", arguments: Heart.allCases)
    func selection(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let brushes = patient.anatomy.brushes
        let stack = Stack(brushes)
        var random = Philox(seed: 9, patient: 0, stage: .texture)
        var all = Selection(for: stack)
        var chosen = Selection(for: stack)
        stack.selectAll(into: &all)
        let ramp = 1.0
        var worst = 0.0
        for ball in balls(patient, count: 150, &random) {
            stack.select(all, in: ball, ramp: ramp, into: &chosen)
            let kept = (0..<chosen.count).map { chosen.entries[$0] }
            for p in points(in: ball, count: 12, &random) {
                for index in brushes.indices where index > chosen.base {
                    func cover(_ distance: Double) -> Double { min(max(0.5 - distance / ramp, 0), 1) }
                    let whole = cover(brushes[index].distance(Point(p)))
                    let entry = kept.first { Int($0.layer) == index }
                    let part = entry.map { cover(distance($0, of: brushes[index], stack, chosen, at: p)) } ?? 0
                    worst = max(worst, abs(whole - part))
                }
                if chosen.base >= 0 {
                    worst = max(worst, brushes[chosen.base].distance(Point(p)) + ramp / 2)
                }
            }
        }
        report("\(heart): a choice changes covers by at most \(worst)")
        #expect(worst < 1e-9)
    }

    /// The distance of what was chosen of a brush.
    private func distance(
        _ entry: Selection.Entry, of brush: Brush, _ stack: Stack, _ chosen: borrowing Selection, at p: Vector3
    ) -> Double {
        var some = brush
        some.parts = chosen.parts(entry).map { stack.primitives[$0] }
        some.clips = chosen.clips(entry).map { stack.primitives[$0] }
        some.holes = chosen.holes(entry).map { stack.primitives[$0] }
        return some.distance(Point(p))
    }

    @Test("Bricks cover every voxel once, at the edges, too")
    func bricks() {
        for size in [SIMD3(1, 1, 1), SIMD3(8, 8, 8), SIMD3(7, 5, 3), SIMD3(9, 4, 1)] {
            var hits = [Float](repeating: 0, count: size.x * size.y * size.z)
            let bricks = Bricks(x: 0..<size.x, y: 0..<size.y, z: 0..<size.z)
            hits.withUnsafeMutableBufferPointer { hits in
                for brick in bricks {
                    let first = hits.baseAddress! + (brick.z * size.y + brick.y) * size.x + brick.x
                    let sum = brick.load(from: first, stride: size.x) + 1
                    brick.store(sum, to: first, stride: size.x)
                }
            }
            #expect(hits.allSatisfy { $0 == 1 }, "\(size)")
            #expect(bricks.count == Array(bricks).count, "\(size)")
        }
    }
}
