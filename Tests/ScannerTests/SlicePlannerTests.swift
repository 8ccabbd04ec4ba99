import Core
import Foundation
import Testing

@testable import Phantom
@testable import Scanner

/// A typical heart: axis 45° to the left and 38° down, septum to the right and front.
func typicalLandmarks() -> Landmarks {
    let axis = Vector3(-cos(0.663) * sin(0.785), cos(0.663) * cos(0.785), -sin(0.663))
    let toSeptum = Vector3(0.8, 0.5, 0)
    let septal = normalize(toSeptum - axis * dot(toSeptum, axis))
    let center = Vector3(-20, 10, 15)
    var landmarks = Landmarks()
    landmarks.lvFrame = Affine(x: septal, y: cross(axis, septal), z: axis, translation: center)
    landmarks.apex = center + axis * 60
    landmarks.mitralValve = center - axis * 32
    func point(axial: Double, septal across: Double, anterior: Double) -> Vector3 {
        let forward: Vector3 = cross(septal, axis) * anterior
        return center + axis * axial + septal * across + forward
    }
    landmarks.aorticValve = point(axial: -36, septal: 22, anterior: 14)
    landmarks.tricuspidValve = point(axial: -28, septal: 55, anterior: -12)
    landmarks.rvFreeWall = center + septal * 75
    landmarks.heartBox = (low: [-90, -60, -70], high: [60.3, 80, 75])
    return landmarks
}

@Suite("Slice planning")
struct SlicePlannerTests {
    let planner = SlicePlanner(landmarks: typicalLandmarks(), cine: CineProtocol())

    /// Where a point appears in a slice: column, row and distance from the plane in mm.
    private func appearance(_ point: Vector3, in grid: Grid) -> (column: Double, row: Double, distanceMM: Double) {
        let voxel = grid.affine.inverse(point)
        return (voxel.x, voxel.y, voxel.z * grid.spacingMM.z)
    }

    @Test("Every plane has square pixels, orthogonal axes and one voxel along its normal", arguments: View.allCases)
    func orthogonality(view: View) {
        for grid in planner.slices(view) {
            #expect(grid.size == [150, 150, 1])
            #expect(abs(grid.spacingMM.x - 1.8) < 1e-12 && abs(grid.spacingMM.y - 1.8) < 1e-12)
            for (a, b) in [
                (grid.affine.x, grid.affine.y), (grid.affine.y, grid.affine.z), (grid.affine.z, grid.affine.x),
            ] {
                #expect(abs(dot(a, b)) < 1e-12)
            }
        }
    }

    @Test("Short-axis slices stand on the axis from base to apex, 10 mm apart")
    func stack() {
        let marks = planner.landmarks
        let slices = planner.slices(.sax)
        #expect(slices.count == 10)
        #expect(abs(appearance(marks.mitralValve, in: slices[0]).distanceMM) < 1e-9)
        for (slice, grid) in slices.enumerated() {
            #expect(abs(appearance(marks.mitralValve, in: grid).distanceMM + 10 * Double(slice)) < 1e-9)
            // The affine of the first slice maps the whole stack.
            #expect(length(slices[0].position(3, 4, slice) - grid.position(3, 4, 0)) < 1e-9)
        }
        // The last slab meets the apex or ends less than the gap above it.
        #expect(abs(appearance(marks.apex, in: slices[9]).distanceMM) <= 6)
    }

    @Test("In short-axis images the RV is on the left and the anterior wall on top")
    func shortAxisOrientation() {
        let marks = planner.landmarks
        let grid = planner.slices(.sax)[4]
        let lv = appearance(marks.lvFrame.translation, in: grid)
        let rv = appearance(marks.rvFreeWall, in: grid)
        #expect(rv.column < lv.column - 20 && abs(rv.row - lv.row) < 1e-6)
        // In the body the anterior wall is towards front and head.
        #expect(dot(grid.affine.y, [0, 1, 1]) < 0)
        for point in [marks.lvFrame.translation, marks.rvFreeWall] {
            let seen = appearance(point, in: grid)
            #expect((30...120).contains(seen.column) && (30...120).contains(seen.row))
        }
    }

    @Test("Long-axis planes contain the landmarks that define them, apex on top")
    func longAxes() {
        let marks = planner.landmarks
        let points: [View: [Vector3]] = [
            .lax2ch: [], .lax3ch: [marks.aorticValve], .lax4ch: [marks.tricuspidValve],
        ]
        for (view, extra) in points {
            let grid = planner.slices(view)[0]
            #expect(planner.slices(view).count == 1 && abs(grid.spacingMM.z - 6) < 1e-12)
            for point in [marks.apex, marks.mitralValve] + extra {
                #expect(abs(appearance(point, in: grid).distanceMM) < 1e-9)
            }
            let apex = appearance(marks.apex, in: grid)
            let mitral = appearance(marks.mitralValve, in: grid)
            #expect(apex.row < mitral.row && abs(apex.column - mitral.column) < 1e-6)
        }
        let fourChamber = planner.slices(.lax4ch)[0]
        let rightSide = appearance(marks.tricuspidValve, in: fourChamber).column
        #expect(rightSide < appearance(marks.mitralValve, in: fourChamber).column)
        #expect(abs(dot(normalize(planner.slices(.lax2ch)[0].affine.z), planner.septal)) > 1 - 1e-12)
    }

    @Test("Operators tilt planes about the LV centre by a Rayleigh angle")
    func planningError() {
        var cine = CineProtocol()
        cine.planningErrorDeg = 3
        let planner = SlicePlanner(landmarks: typicalLandmarks(), cine: cine)
        let ideal = planner.slices(.sax)
        var sum = 0.0
        for patient in 0..<4000 {
            let tilt = planner.planningError(.sax, seed: 7, patient: patient)
            #expect(abs(dot(tilt, ideal[0].affine.z)) < 1e-12)
            sum += length(tilt) * 180 / .pi
        }
        // Mean of a Rayleigh distribution; 4000 draws leave 0.8 %.
        #expect(abs(sum / 4000 / (3 * (Double.pi / 2).squareRoot()) - 1) < 0.03)

        let tilt = Vector3(0.05, -0.02, 0.01)
        let tilted = planner.slices(.sax, tilt: tilt)
        let center = planner.landmarks.lvFrame.translation
        let turn = Affine.rigid(shift: .zero, rotation: tilt, about: center)
        #expect(length(tilted[2].position(5, 6, 0) - turn(ideal[2].position(5, 6, 0))) < 1e-9)
    }

    @Test("A volume grid is cubic, along the patient axes, and covers its box")
    func volumeGrid() {
        let grid = planner.heartVolume(marginMM: 5)
        #expect(grid.spacingMM == Vector3(repeating: 1.25))
        let box = planner.landmarks.heartBox
        let low = grid.position(0, 0, 0) - 0.625
        let high = grid.position(grid.size.x - 1, grid.size.y - 1, grid.size.z - 1) + 0.625
        #expect((low - (box.low - 5)).max() < 1e-9 && (box.high + 5 - high).max() < 1e-9)
        #expect(((box.low - 5) - low).max() < 1.25)
    }

    @Test("The number of slices can be prescribed")
    func prescribedCount() {
        var cine = CineProtocol()
        cine.sliceCount = 14
        #expect(SlicePlanner(landmarks: typicalLandmarks(), cine: cine).slices(.sax).count == 14)
    }
}
