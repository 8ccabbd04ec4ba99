import Core
import Foundation
import Testing

@testable import Phantom
@testable import Scanner

@Suite("Breath-holds")
struct BreathHoldTests {
    @Test("The mix reproduces the audit of 1,337 stacks")
    func audit() {
        let model = BreathHoldModel()
        let grid = SlicePlanner(landmarks: typicalLandmarks(), cine: CineProtocol()).slices(.sax)[0]
        let right = normalize(grid.affine.x)
        let down = normalize(grid.affine.y)
        var pairs = 0.0
        var over5 = 0.0
        var over8 = 0.0
        var worst: [Double] = []
        var spikes: [Double] = []
        let subjects = 20_000
        for patient in 0..<subjects {
            // The audit scored 8 slices in plane, with 0.7 mm of error.
            var error = Philox(seed: 99, patient: patient, stage: .recipe)
            let seen = model.motions(.sax, sliceCount: 8, seed: 1, patient: patient).map { motion in
                SIMD2(dot(motion.shiftMM, right), dot(motion.shiftMM, down)) + 0.7
                    * SIMD2(error.normal(), error.normal())
            }
            let jumps = zip(seen, seen.dropFirst()).map { (($0 - $1) * ($0 - $1)).sum().squareRoot() }
            pairs += Double(jumps.count)
            over5 += Double(jumps.count { $0 > 5 })
            over8 += Double(jumps.count { $0 > 8 })
            worst.append(jumps.max() ?? 0)
            for slice in 1..<7 {
                let spike = seen[slice] - (seen[slice - 1] + seen[slice + 1]) * 0.5
                spikes.append((spike * spike).sum().squareRoot())
            }
        }
        func share(_ limit: Double) -> Double { 100 * Double(worst.count { $0 > limit }) / Double(subjects) }
        let found = [
            100 * over5 / pairs, 100 * over8 / pairs, share(3), share(5), share(8), worst.sorted()[subjects / 2],
            spikes.sorted()[spikes.count / 2],
        ]
        let audited = [9.0, 4.7, 62.9, 38.3, 21.3, 3.9, 1.2]
        // The audit's own fit misses by up to 4 %, and by 11 % for the last, the median slice spike, which is
        // mostly the audit's error. Drift within holds, which that fit lacks, adds small jumps. Sampling leaves 2 %.
        for (place, (value, target)) in zip(found, audited).enumerated() {
            #expect(abs(value / target - 1) < (place == 6 ? 0.15 : 0.09), "\(found)")
        }
    }

    @Test("Slices share breath-holds of 1 to 5, apart from drift")
    func groups() {
        var model = BreathHoldModel(severity: .fixed(sigmaMM: 2.5))
        model.driftMMPerS = 0
        var lengths = [Int](repeating: 0, count: 6)
        for patient in 0..<2000 {
            let motions = model.motions(.sax, sliceCount: 60, seed: 3, patient: patient)
            var held = 1
            for (before, after) in zip(motions, motions.dropFirst()) {
                if before == after {
                    held += 1
                } else {
                    lengths[held] += 1
                    held = 1
                }
            }
        }
        let total = Double(lengths.reduce(0, +))
        // Uniform from 1 to 5; 40,000 groups leave 1 %.
        for held in 1...5 { #expect(abs(Double(lengths[held]) / total - 0.2) < 0.01) }
    }

    @Test("Shifts are mostly head-foot and rotations have the stated deviation", arguments: [1.0, 2.5, 5])
    func deviations(sigma: Double) {
        var model = BreathHoldModel(severity: .fixed(sigmaMM: sigma))
        model.driftMMPerS = 0
        var shift = Vector3.zero
        var rotation = Vector3.zero
        let count = 20_000
        for patient in 0..<count {
            let motion = model.motions(.lax2ch, sliceCount: 1, seed: 4, patient: patient)[0]
            shift += motion.shiftMM * motion.shiftMM / Double(count)
            rotation += motion.rotationRad * motion.rotationRad / Double(count)
        }
        for axis in 0..<3 {
            // 20,000 draws leave 0.5 %; the longest shifts of the largest sigma are cut.
            #expect(abs(shift[axis].squareRoot() / (BreathHoldModel.spread[axis] * sigma) - 1) < 0.03)
            #expect(abs(rotation[axis].squareRoot() / (0.4 * sigma * .pi / 180) - 1) < 0.02)
        }
    }

    @Test("No severity is no motion; no shift exceeds 30 mm; drift moves the heart up")
    func limits() {
        #expect(
            BreathHoldModel(severity: .fixed(sigmaMM: 0)).motions(.sax, sliceCount: 12, seed: 1, patient: 1)
                .allSatisfy { $0 == .none })
        let wild = BreathHoldModel(severity: .fixed(sigmaMM: 25))
        let shifts = (0..<200).flatMap { wild.motions(.sax, sliceCount: 12, seed: 1, patient: $0) }.map {
            length($0.shiftMM)
        }
        #expect((shifts.max() ?? 0) <= 30 + 1e-5 && shifts.count { $0 > 29.999 } > 10)
        var still = BreathHoldModel(severity: .fixed(sigmaMM: 1e-9))
        still.slicesPerHold = 1
        let drift =
            (0..<2000).reduce(0) { $0 + still.motions(.sax, sliceCount: 1, seed: 1, patient: $1)[0].shiftMM.z } / 2000
        #expect(abs(drift / (0.09 * 3) - 1) < 0.06)
    }

    @Test("Under `ukb` the subject's own scale and drift apply, under a fixed severity they do not")
    func subject() {
        var breathing = PatientParameters.Respiration()
        breathing.breathHoldScaleMM = 0
        let model = BreathHoldModel()
        #expect(model.motions(.sax, sliceCount: 3, subject: breathing, seed: 1, patient: 1).allSatisfy { $0 == .none })
        breathing.breathHoldScaleMM = 4
        breathing.breathHoldDriftMMPerS = 0.3
        let scale = model.scale(of: breathing, seed: 1, patient: 1)
        #expect(scale.sigmaMM == 4 && abs(scale.driftMMPerS - 0.3 * breathing.trackingFactor) < 1e-15)
        let fixed = BreathHoldModel(severity: .fixed(sigmaMM: 2))
        #expect(
            fixed.motions(.sax, sliceCount: 5, subject: breathing, seed: 1, patient: 1)
                == fixed.motions(.sax, sliceCount: 5, seed: 1, patient: 1))
    }

    @Test("Views have draws of their own and share the subject's sigma; draws depend on the key alone")
    func streams() {
        let model = BreathHoldModel()
        let sax = model.motions(.sax, sliceCount: 12, seed: 5, patient: 9)
        #expect(sax == model.motions(.sax, sliceCount: 12, seed: 5, patient: 9))
        #expect(Array(sax.prefix(4)) == model.motions(.sax, sliceCount: 4, seed: 5, patient: 9))
        #expect(sax[0] != model.motions(.lax4ch, sliceCount: 1, seed: 5, patient: 9)[0])
        #expect(sax != model.motions(.sax, sliceCount: 12, seed: 5, patient: 10))
    }

    @Test("Sampling moved anatomy on the planned plane is sampling resting anatomy on the true plane")
    func convention() {
        let center = Vector3(-20, 10, 15)
        let motion = SliceMotion(shiftMM: [1, -2, 4.3], rotationRad: [0.02, -0.03, 0.05])
        let planned = SlicePlanner(landmarks: typicalLandmarks(), cine: CineProtocol()).slices(.sax)[3]
        let sampled = motion.sampled(planned, about: center)
        let moved = motion.transform(about: center)
        // The material that the true plane names has been moved onto the planned plane.
        #expect(length(moved(sampled.position(20, 70, 0)) - planned.position(20, 70, 0)) < 1e-9)
        #expect(length(moved(center) - center - motion.shiftMM) < 1e-12)
        #expect(
            motion.values.map { Double($0) } == [
                motion.shiftMM.x, motion.shiftMM.y, motion.shiftMM.z,
                motion.rotationRad.x, motion.rotationRad.y, motion.rotationRad.z,
            ])
    }

    @Test("Severity is written as `ukb` or as a number")
    func coding() throws {
        for (text, severity) in [("\"ukb\"", BreathHoldModel.Severity.ukb), ("2.5", .fixed(sigmaMM: 2.5))] {
            let model = try JSONDecoder().decode(BreathHoldModel.self, from: Data("{\"severity\": \(text)}".utf8))
            #expect(model.severity == severity && model.slicesPerHold == 5)
            #expect(try JSONDecoder().decode(BreathHoldModel.self, from: JSONEncoder().encode(model)) == model)
        }
        #expect(throws: CineError.self) {
            try JSONDecoder().decode(BreathHoldModel.self, from: Data(#"{"severity": "rough"}"#.utf8))
        }
    }
}
