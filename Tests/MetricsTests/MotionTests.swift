import Core
import Foundation
import Testing

@testable import Metrics

@Suite("Motion")
struct MotionTests {
    /// Turned, with other spacings along each axis.
    private let grid = Grid(
        affine: .rigid(shift: [4, -3, 2], rotation: [0.4, 0.1, -0.6])
            * Affine(x: [1.2, 0, 0], y: [0, 1.5, 0], z: [0, 0, 2]), size: [9, 8, 7])

    private var everywhere: Volume<Bool> { Volume(grid: grid, repeating: true) }

    /// The field of a map of points.
    private func field(_ map: (Vector3) -> Vector3) -> DisplacementField {
        var components = [Float](repeating: 0, count: 3 * grid.count)
        for z in 0..<7 {
            for y in 0..<8 {
                for x in 0..<9 {
                    let at = grid.position(x, y, z)
                    let moved = map(at) - at
                    for axis in 0..<3 { components[axis * grid.count + (z * 8 + y) * 9 + x] = Float(moved[axis]) }
                }
            }
        }
        return DisplacementField(grid: grid, components: components)
    }

    @Test("Errors in the slice, across it, and angles, by hand")
    func byHand() throws {
        let truth = field { $0 + [0, 4, 0] }
        let estimate = field { $0 + [3, 4, 12] }
        let error = try #require(
            try MotionError(estimate, reference: truth, mask: everywhere, normal: [0, 0, 2]))
        // Single precision of displacements of 10 mm at 10 mm.
        #expect(abs(error.endpointMM.mean - 153.0.squareRoot()) < 1e-5)
        #expect(abs(error.inPlaneMM!.mean - 3) < 1e-5 && abs(error.throughPlaneMM!.mean - 12) < 1e-5)
        #expect(abs(error.meanMotionMM - 4) < 1e-5 && abs(error.relative - 153.0.squareRoot() / 4) < 1e-5)
        #expect(abs(error.angleDegrees!.mean - acos(4.0 / 13) * 180 / .pi) < 1e-4)
    }

    @Test("No motion found is an error of the motion, at right angles")
    func nothing() throws {
        let truth = field { $0 + [0, 4, 0] }
        let error = try #require(try MotionError(field { $0 }, reference: truth, mask: everywhere))
        #expect(abs(error.relative - 1) < 1e-6 && error.angleDegrees!.mean == 90)
        #expect(error.inPlaneMM == nil)
        let still = try #require(try MotionError(truth, reference: field { $0 }, mask: everywhere))
        #expect(still.angleDegrees == nil)
        let empty = Volume(grid: grid, repeating: false)
        #expect(try MotionError(truth, reference: truth, mask: empty) == nil)
    }

    @Test("Displacements that are not numbers, or lie elsewhere, are refused")
    func refusals() {
        let truth = field { $0 }
        var components = truth.components
        components[700] = .nan
        let bad = DisplacementField(grid: grid, components: components)
        var moved = grid
        moved.affine.translation.x += 1
        for estimate in [bad, DisplacementField(grid: moved, components: truth.components)] {
            #expect(throws: CineError.self) { try MotionError(estimate, reference: truth, mask: everywhere) }
            #expect(throws: CineError.self) { try JacobianStatistics(estimate, mask: everywhere) }
        }
    }

    @Test("Affine motion has its determinant, whatever the grid's axes")
    func jacobian() throws {
        let map = Affine(x: [1.2, 0.1, 0], y: [-0.2, 0.9, 0.3], z: [0.05, 0, 0.8], translation: [3, 2, 1])
        let statistics = try #require(try JacobianStatistics(field(map.callAsFunction), mask: everywhere))
        // Displacements in single precision over differences of 2 mm.
        #expect(abs(statistics.determinants.mean - map.determinant) < 1e-5)
        #expect(statistics.determinants.standardDeviation < 1e-5)
        #expect(abs(statistics.meanVolumeChange - abs(map.determinant - 1)) < 1e-5)
        #expect(try #require(statistics.deviationOfLogarithm) < 1e-5)
        #expect(statistics.foldingPercent == 0)
        #expect(statistics.determinants.count == 7 * 6 * 5)
        let mirror = try #require(try JacobianStatistics(field { [-$0.x, $0.y, $0.z] }, mask: everywhere))
        #expect(mirror.foldingPercent == 100 && mirror.deviationOfLogarithm == nil)
    }

    @Test("The border of a mask is left out")
    func border() throws {
        let middle = grid.affine([4, 4, 3])
        // Beyond the mask the field is wild.
        var mask = Volume(grid: grid, repeating: false)
        for z in 2...4 { for y in 3...5 { for x in 3...5 { mask[x, y, z] = true } } }
        let wild = field { length($0 - middle) > 4.5 ? $0 * 100 : $0 * 1.1 }
        let statistics = try #require(try JacobianStatistics(wild, mask: mask))
        #expect(statistics.determinants.count == 1 && abs(statistics.determinants.mean - 1.331) < 1e-5)
    }

    @Test("A stretch along the axis and about it is the strain in those directions")
    func strain() throws {
        let axis = (point: Vector3(1, 2, 3), direction: Vector3(1, 2, -1))
        let along = normalize(axis.direction)
        // Shortens by 20 % along the axis, widens by 30 % across it, after a turn that must not matter.
        let turn = Affine.rigid(shift: [1, 1, 1], rotation: [0, 0.3, 0.2])
        let moved = field { point in
            let away = point - axis.point
            let height = along * dot(away, along)
            return turn(axis.point + height * 0.8 + (away - height) * 1.3)
        }
        let strain = try #require(try WallStrain(moved, mask: everywhere, axis: axis))
        #expect(abs(strain.lineLength.longitudinal + 0.2) < 1e-5)
        #expect(abs(strain.lineLength.circumferential - 0.3) < 1e-5)
        #expect(abs(strain.lineLength.radial - 0.3) < 1e-5)
        #expect(abs(strain.greenLagrange.longitudinal + 0.18) < 1e-5)
        #expect(abs(strain.greenLagrange.radial - 0.345) < 1e-5)
    }

    @Test("Radial and circumferential are not mixed up")
    func directions() throws {
        // r ↦ 1.1 r + 2 about the z axis: radial stretch 1.1, circumferential 1.1 + 2 / r.
        let center = grid.affine([-12, 4, 3])
        let moved = field { point in
            let away = Vector3(point.x - center.x, point.y - center.y, 0)
            return point + normalize(away) * (0.1 * length(away) + 2)
        }
        let strain = try #require(
            try WallStrain(moved, mask: everywhere, axis: (point: center, direction: [0, 0, 1])))
        // Central differences of a curved field, radius 20 mm at steps of 2 mm.
        #expect(abs(strain.lineLength.radial - 0.1) < 2e-3)
        #expect(strain.lineLength.circumferential > 0.17 && strain.lineLength.circumferential < 0.3)
        #expect(abs(strain.lineLength.longitudinal) < 2e-3)
    }
}
