import Core
import Foundation
import Testing

@testable import Phantom

/// The renderer as one would first write it: every brush at every point in double precision, no tiles, no culling.
private struct PlainRenderer {
    let patient: Patient
    let moment: Moment
    let signal: [Float]
    let rampMM: Double

    /// Signal and label at a point of space.
    func callAsFunction(_ position: Vector3) -> (value: Double, label: UInt8, margin: Double) {
        let p = Point(moment.inverse(position))
        var value = Double(signal[Int(Tissue.air.rawValue)])
        var grain = 0.0
        var label = Label.background.rawValue
        var margin = Double.infinity
        for brush in patient.anatomy.brushes {
            let distance = brush.distance(p)
            let cover = min(max(0.5 - distance / rampMM, 0), 1)
            value += cover * (Double(signal[Int(brush.tissue.rawValue)]) - value)
            grain += cover * (Double(brush.tissue.grain) - grain)
            if let name = brush.label {
                if distance < 0 { label = name.rawValue }
                margin = min(margin, Swift.abs(distance))
            }
        }
        if grain > 0 { value *= 1 + grain * patient.anatomy.texture(p) }
        return (value, label, margin)
    }
}

@Suite("The renderer", .serialized) struct RenderTests {
    /// Every 23rd voxel of 2.5 mm over the whole chest; the full figure is over all.
    @Test("It gives what the plain loop over all brushes gives", arguments: [Heart.reference, .infarcted, .dysplastic])
    func plainLoop(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        for breathing in [BreathingPosition.endExpiration, BreathingPosition(diaphragmMM: 12, laggedMM: 10)] {
            let moment = try patient.moment(phase: patient.measures.endSystolicPhase, breathing: breathing)
            var tilt = Affine.rigid(shift: .zero, rotation: [0.2, -0.1, 0.3])
            tilt = tilt * Grid(center: .zero, spacingMM: [2.5, 2.5, 2.5], size: [140, 100, 110]).affine
            let grid = Grid(affine: tilt, size: [140, 100, 110])
            let fast = patient.sampled(grid, moment)
            let plain = PlainRenderer(patient: patient, moment: moment, signal: distinctSignal, rampMM: 2.5)
            var wrongLabels = 0
            var worst = (miss: 0.0, at: Vector3.zero)
            for index in stride(from: 0, to: grid.count, by: 23) {
                let p = grid.position(index % 140, index / 140 % 100, index / 14000)
                let (value, label, margin) = plain(p)
                // Relative to the brightest tissue, which is 1.
                let miss = abs(Double(fast.image[index]) - value)
                if miss > worst.miss { worst = (miss, p) }
                // A label may differ where a surface passes within the rounding of single precision.
                if label != fast.label[index] && margin > 0.01 { wrongLabels += 1 }
            }
            report("\(heart), diaphragm \(breathing.diaphragmMM): worst \(worst), labels \(wrongLabels)")
            // A point may be off by the 1e-3 mm that `Moment.inverse` states, on a ramp of 2.5 mm; two surfaces may meet.
            #expect(worst.miss < 1e-3, "\(worst)")
            #expect(wrongLabels == 0)
        }
    }

    @Test("The same bytes again, and on one thread or two")
    func determinism() throws {
        let grid = Grid(center: [-20, 10, 0], spacingMM: [2, 2, 2], size: [97, 85, 61])
        func bytes(threads: Int) throws -> (image: [Float], label: [UInt8]) {
            let patient = try Patient(Heart.infarcted.parameters)
            return patient.sampled(grid, try patient.moment(phase: 0.3), threads: threads)
        }
        let (one, two, again) = (try bytes(threads: 1), try bytes(threads: 2), try bytes(threads: 2))
        #expect(one.image.map(\.bitPattern) == two.image.map(\.bitPattern) && one.label == two.label)
        #expect(again.image.map(\.bitPattern) == two.image.map(\.bitPattern) && again.label == two.label)
    }

    @Test("Frames rendered together are the frames rendered alone")
    func frames() throws {
        let patient = try Patient(PatientParameters())
        let grid = Grid(center: [-30, 10, 0], spacingMM: [2, 2, 3], size: [90, 80, 6])
        let moments = try [0, 0.2, 0.4].map { try patient.moment(phase: $0) }
        var all = [Float](repeating: 0, count: 3 * grid.count)
        let request = RenderRequest(grid: grid, layers: [SampleLayer(signal: distinctSignal)])
        all.withUnsafeMutableBufferPointer {
            patient.render(request, moments: moments, threads: 2, image: $0, label: nil)
        }
        for (frame, moment) in moments.enumerated() {
            let alone = patient.sampled(grid, moment).image
            #expect(Array(all[frame * grid.count..<(frame + 1) * grid.count]) == alone)
        }
    }

    @Test("Images painted at once are the images painted alone")
    func images() throws {
        let patient = try Patient(PatientParameters())
        let grid = Grid(center: [-30, 10, 0], spacingMM: [3, 3, 8], size: [61, 55, 2])
        let moments = try [0, 0.3].map { try patient.moment(phase: $0) }
        let signals = [distinctSignal, distinctSignal.map { 40 - 2 * $0 }, distinctSignal.map { $0 * $0 }]
        func painted(_ signals: [[Float]]) -> [Float] {
            // More sheets than a tile holds at once.
            let layers = (-9...9).map { SampleLayer(offsetMM: Double($0) * 0.5, signals: signals) }
            var images = [Float](repeating: 0, count: moments.count * signals.count * grid.count)
            images.withUnsafeMutableBufferPointer {
                patient.render(
                    RenderRequest(grid: grid, layers: layers), moments: moments, threads: 2, image: $0, label: nil)
            }
            return images
        }
        let together = painted(signals)
        for (image, signal) in signals.enumerated() {
            let alone = painted([signal])
            for moment in moments.indices {
                let first = (moment * signals.count + image) * grid.count
                #expect(
                    Array(together[first..<first + grid.count])
                        == Array(alone[moment * grid.count..<(moment + 1) * grid.count]))
            }
        }
    }

    @Test("Short and long axis agree where they meet", arguments: [0, 0.3])
    func planesMeet(_ phase: Double) throws {
        let patient = try Patient(PatientParameters())
        let moment = try patient.moment(phase: phase)
        let frame = patient.landmarks.lvFrame
        // The plane of x and z of the LV frame: as rows of a short-axis stack, and as one long-axis slice.
        let corner = frame([-80, 0, -90])
        let short = Grid(
            affine: Affine(x: frame.x, y: frame.y, z: frame.z, translation: corner - frame.y * 7), size: [160, 15, 180])
        let long = Grid(affine: Affine(x: frame.z, y: frame.x, z: frame.y, translation: corner), size: [180, 160, 1])
        let a = patient.sampled(short, moment)
        let b = patient.sampled(long, moment)
        var misses: [Double] = []
        for z in 0..<180 {
            for x in 0..<160 {
                let first = a.image[(z * 15 + 7) * 160 + x]
                misses.append(Double(abs(first - b.image[x * 180 + z])))
            }
        }
        misses.sort()
        report("planes meet: 99 % \(misses[misses.count * 99 / 100]), largest \(misses[misses.count - 1])")
        // Positions are single precision, 1e-5 mm at 100 mm, of a ramp of 1 mm; steep places of the motion multiply that,
        // to no more than the 1e-3 mm that `Moment.inverse` states.
        #expect(misses[misses.count * 99 / 100] < 1e-5, "99 % \(misses[misses.count * 99 / 100])")
        #expect(misses[misses.count - 1] < 1e-3, "largest \(misses[misses.count - 1])")
    }
}
