import Core
import Foundation

@testable import Phantom

/// Hearts that differ where motion and anatomy are put to the test, without the files of cohorts.
enum Heart: String, CaseIterable, Sendable {
    case reference
    case dilated
    case infarcted
    case hypertrophic
    case dysplastic

    /// Its values.
    var parameters: PatientParameters {
        var p = PatientParameters()
        switch self {
        case .reference: break
        case .dilated:
            p.lv.edvML = 250
            p.lv.ejectionFraction = 0.28
            p.lv.massG = 150
            p.lv.longitudinalShortening = 0.035
            p.lv.apexRotationDeg = 4
            p.lv.baseRotationDeg = -1
            p.la = .init(maxML: 95, emptyingFraction: 0.4)
        case .infarcted:
            p.lv.edvML = 195
            p.lv.ejectionFraction = 0.36
            p.lv.massG = 120
            p.lv.longitudinalShortening = 0.05
            for segment in Heart.infarct {
                p.lv.contraction[segment - 1] = 0
                p.lv.scarTransmurality[segment - 1] = 0.75
                p.lv.wallPattern[segment - 1] *= 0.7
            }
        case .hypertrophic:
            p.lv.edvML = 140
            p.lv.ejectionFraction = 0.66
            p.lv.massG = 180
            p.lv.wallPattern = zip(p.lv.wallPattern, Hypertrophy.asymmetric.factors(ratio: 1.7)).map { $0 * $1 }
        case .dysplastic:
            p.rv.edvML = 240
            p.rv.dyskinesiaMM = 4
            p.rv.tapseMM = 15
        }
        return p
    }

    /// Segments that do not contract in the infarcted heart: the territory of the anterior descending artery.
    static let infarct = CoronaryTerritory.lad.segments
}

/// Prints a measured figure when `CINEFORGE_FULL=1`.
func report(_ text: @autoclosure () -> String) {
    if ProcessInfo.processInfo.environment["CINEFORGE_FULL"] != nil { print("measured:", text()) }
}

extension Patient {
    /// A grid of cubic voxels around the heart.
    func heartGrid(spacingMM: Double, marginMM: Double = 15) -> Grid {
        let box = landmarks.heartBox
        let extent = (box.high - box.low + 2 * marginMM) / spacingMM
        return Grid(
            center: (box.low + box.high) * 0.5, spacingMM: Vector3(repeating: spacingMM),
            size: [Int(extent.x), Int(extent.y), Int(extent.z)])
    }

    /// Image of one signal per tissue, and labels, at one moment.
    func sampled(
        _ grid: Grid, _ moment: Moment, signal: [Float] = distinctSignal, scaleMM: Double? = nil, threads: Int = 2
    )
        -> (image: [Float], label: [UInt8])
    {
        var image = [Float](repeating: 0, count: grid.count)
        var label = [UInt8](repeating: 0, count: grid.count)
        let request = RenderRequest(grid: grid, layers: [SampleLayer(signal: signal)], scaleMM: scaleMM)
        image.withUnsafeMutableBufferPointer { image in
            label.withUnsafeMutableBufferPointer { label in
                render(request, moments: [moment], threads: threads, image: image, label: label)
            }
        }
        return (image, label)
    }
}

/// A signal for each tissue, from 0.05 to 1 and all different.
let distinctSignal: [Float] = Tissue.allCases.indices.map { index in
    0.05 + 0.95 * Float(index * 7 % Tissue.allCases.count) / Float(Tissue.allCases.count - 1)
}

/// Points all over the chest, from low to high, jittered within their cells.
func chestPoints(spacingMM: Double, seed: UInt64 = 5) -> [Vector3] {
    var random = Philox(seed: seed, patient: 0, stage: .texture)
    var points: [Vector3] = []
    for z in stride(from: -150.0, to: 150, by: spacingMM) {
        for y in stride(from: -115.0, to: 115, by: spacingMM) {
            for x in stride(from: -170.0, to: 170, by: spacingMM) {
                points.append(
                    Vector3(x, y, z) + Vector3(random.uniform(), random.uniform(), random.uniform()) * spacingMM)
            }
        }
    }
    return points
}
