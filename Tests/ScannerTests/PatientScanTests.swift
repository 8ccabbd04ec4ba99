import Core
import Foundation
import Testing

@testable import Phantom
@testable import Scanner

/// The name at a material point: every brush in turn, the topmost that holds it, and the distance of the nearest surface.
private func name(_ patient: Patient, _ material: Vector3) -> (label: UInt8, margin: Double) {
    let p = Point(material)
    var label = Label.background.rawValue
    var margin = Double.infinity
    for brush in patient.anatomy.brushes {
        guard let name = brush.label else { continue }
        let distance = brush.distance(p)
        if distance < 0 { label = name.rawValue }
        margin = min(margin, abs(distance))
    }
    return (label, margin)
}

@Suite("Scanning a patient", .serialized) struct PatientScanTests {
    private static let motion = SliceMotion(shiftMM: [1.5, -3, 6], rotationRad: [0.02, -0.03, 0.05])

    private static let tissues = TissueTable.reference15T.relaxations

    private var cine: CineProtocol {
        var cine = CineProtocol()
        cine.snr = 0
        cine.pixelMM = 2.5
        cine.fieldOfViewMM = 240
        cine.layerSpacingMM = 2
        cine.sliceCount = 6
        return cine
    }

    private func scan(_ view: View) throws -> CineScan {
        try CineScan(cine, view: view, tissues: Self.tissues, noise: .init(seed: 1, patient: 0))
    }

    /// The motion by hand: turn about the LV's centre by the rotation vector, then shift.
    private func undo(_ p: Vector3, center: Vector3) -> Vector3 {
        let vector = Self.motion.rotationRad
        let angle = -length(vector)
        let axis = normalize(vector)
        let v = p - Self.motion.shiftMM - center
        let turned = v * cos(angle) + cross(axis, v) * sin(angle) + axis * (dot(axis, v) * (1 - cos(angle)))
        return center + turned
    }

    @Test("A moved heart looks like a moved plane", arguments: [View.sax, .lax4ch])
    func motionIsApplied(_ view: View) throws {
        let patient = try Patient(PatientParameters())
        let center = patient.landmarks.lvFrame.translation
        let moments = try [0, 0.3].map { try patient.moment(phase: $0) }
        let planned = SlicePlanner(landmarks: patient.landmarks, cine: cine).slices(view)
        let plane = view == .sax ? planned[2] : planned[0]
        func moved(_ direction: Vector3) -> Vector3 {
            undo(direction + center, center: center) - undo(center, center: center)
        }
        let byHand = Grid(
            affine: Affine(
                x: moved(plane.affine.x), y: moved(plane.affine.y), z: moved(plane.affine.z),
                translation: undo(plane.affine.translation, center: center)), size: plane.size)
        let scan = try scan(view)
        let first = scan.acquire(patient, planned: [plane], motions: [Self.motion], moments: moments, threads: 2)
        let second = scan.acquire(patient, planned: [byHand], motions: [.none], moments: moments, threads: 2)
        let still = scan.acquire(patient, planned: [plane], motions: [.none], moments: moments, threads: 2)
        func norm(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
        let miss = norm(zip(first.images, second.images).map { $0 - $1 }) / norm(second.images)
        let change = norm(zip(first.images, still.images).map { $0 - $1 }) / norm(still.images)
        print("measured: \(view) motion as applied \(miss), change by the motion \(change)")
        #expect(miss < 1e-4, "\(miss)")
        #expect(change > 0.05)
        #expect(first.planned == [plane] && first.motions == [Self.motion])

        // Independently of any grid: the label of each pixel is that of the material at M⁻¹ of its place.
        var wrong = 0
        let count = plane.count
        for frame in moments.indices {
            for pixel in stride(from: 0, to: count, by: 3) {
                let place = plane.position(pixel % plane.size.x, pixel / plane.size.x, 0)
                let material = moments[frame].inverse(undo(place, center: center))
                let (label, margin) = name(patient, material)
                if label != first.labels[frame * count + pixel] && margin > 0.01 { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    @Test("The same bytes for one thread and for two")
    func determinism() throws {
        let patient = try Patient(PatientParameters())
        let moments = try [0, 0.3].map { try patient.moment(phase: $0) }
        let planned = Array(SlicePlanner(landmarks: patient.landmarks, cine: cine).slices(.sax)[1...2])
        var noisy = cine
        noisy.snr = 20
        let scan = try CineScan(noisy, view: .sax, tissues: Self.tissues, noise: .init(seed: 1, patient: 0))
        let results = [1, 2].map {
            scan.acquire(patient, planned: planned, motions: [.none, Self.motion], moments: moments, threads: $0)
        }
        #expect(results[0].images.map(\.bitPattern) == results[1].images.map(\.bitPattern))
        #expect(results[0].labels == results[1].labels)
    }
}
