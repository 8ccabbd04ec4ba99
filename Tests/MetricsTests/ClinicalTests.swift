import Core
import Testing

@testable import Metrics

@Suite("Clinical measures")
struct ClinicalTests {
    /// Three frames of two slices of 4 × 2: cavity 8, 4, 2 samples, right cavity 2, 1, 1, wall 3, 5, 5.
    private let frames: [[UInt8]] = [
        [1, 1, 1, 1, 2, 3, 3, 0, 1, 1, 1, 1, 2, 2, 0, 0],
        [1, 1, 2, 2, 2, 3, 0, 0, 1, 1, 2, 2, 0, 0, 0, 0],
        [1, 2, 2, 2, 0, 3, 0, 0, 1, 2, 2, 0, 0, 0, 0, 0],
    ]

    private var volumes: LabelFrames {
        let grid = Grid(center: .zero, spacingMM: [10, 10, 10], size: [4, 2, 2])
        return LabelFrames(volumes: frames.flatMap { $0 }, grid: grid, frames: 3)
    }

    @Test("Volumes, ejection fraction and mass, by hand")
    func byHand() throws {
        let measures = VentricularMeasures(volumes)
        let (left, right) = (try #require(measures.left), try #require(measures.right))
        #expect((measures.endDiastolicFrame, measures.endSystolicFrame) == (0, 2))
        #expect((left.endDiastolicML, left.endSystolicML, left.strokeML, left.ejectionPercent) == (8, 2, 6, 75))
        #expect((right.endDiastolicML, right.endSystolicML, right.ejectionPercent) == (2, 1, 50))
        #expect(abs(try #require(measures.leftMassG) - 3.15) < 1e-12)
        #expect(abs(left.outputLPerMinute(heartRateBPM: 70) - 0.42) < 1e-12)
    }

    @Test("A stack of slices sums areas times the pitch")
    func stack() {
        // [S, T, Y, X] of the same labels.
        let labels = (0..<2).flatMap { slice in frames.flatMap { $0[slice * 8..<slice * 8 + 8] } }
        let stack = LabelFrames(stack: labels, slices: 2, frames: 3, pixelAreaMM2: 100, pitchMM: 10)
        for label: UInt8 in 0...3 { #expect(stack.volumesML(of: label) == volumes.volumesML(of: label)) }
        #expect(VentricularMeasures(stack) == VentricularMeasures(volumes))
        let wider = LabelFrames(stack: labels, slices: 2, frames: 3, pixelAreaMM2: 100, pitchMM: 12)
        #expect(wider.volumesML(of: 1).map { ($0 * 10).rounded() } == [96, 48, 24])
    }

    @Test("The largest frame can be end-diastole, and labels can be others'")
    func options() throws {
        let grid = Grid(center: .zero, spacingMM: [10, 10, 10], size: [4, 2, 2])
        // ACDC: right cavity 1, wall 2, left cavity 3.
        let swapped = [frames[1], frames[0], frames[2]].flatMap { $0 }.map { $0 == 1 ? 3 : $0 == 3 ? 1 : $0 }
        var labels = VentricularMeasures.Labels()
        (labels.leftCavity, labels.leftWall, labels.rightCavity) = (3, 2, 1)
        let measures = VentricularMeasures(
            LabelFrames(volumes: swapped, grid: grid, frames: 3), labels: labels, endDiastole: .largest)
        #expect(measures.endDiastolicFrame == 1)
        #expect(measures.left == VentricularMeasures(volumes).left)
        #expect(measures.right == VentricularMeasures(volumes).right)
    }

    @Test("A ventricle that was missed is a failure")
    func missed() {
        let grid = Grid(center: .zero, spacingMM: [10, 10, 10], size: [4, 2, 2])
        let empty = LabelFrames(volumes: [UInt8](repeating: 0, count: 48), grid: grid, frames: 3)
        let (found, truth) = (VentricularMeasures(empty), VentricularMeasures(volumes))
        #expect(found.left == nil && found.leftMassG == nil)
        let error = StructureScore(found.left, truth.left) { $0.ejectionPercent - $1.ejectionPercent }
        #expect(error == .missed)
        // A frame without a cavity is not an ejection fraction of 100 %.
        let once = LabelFrames(
            volumes: (frames[0] + frames[1] + [UInt8](repeating: 2, count: 16)), grid: grid, frames: 3)
        #expect(VentricularMeasures(once).left == nil && VentricularMeasures(once).leftMassG == truth.leftMassG)
        #expect(StructureScore(truth.left, truth.left) { $0.strokeML - $1.strokeML } == .measured(0))
    }

    @Test("An atrium as an ellipsoid has its volume by area and length")
    func atrium() {
        // Radii 20, 25 and 30 mm about the long axis of 60 mm: areas π 20·30 and π 25·30.
        let areas = (Double.pi * 600, Double.pi * 750)
        #expect(abs(areaLengthVolumeML(areasMM2: areas, lengthMM: 60) - 4 / 3 * Double.pi * 15) < 1e-12)
    }
}
