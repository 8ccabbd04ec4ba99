import ComplexModule
import Core
import Fourier
import Scanner
import Storage

extension PatientCheck {
    /// Checks the k-space of every view.
    func checkKSpace(_ findings: inout Findings) throws {
        let request = plan.flatMap(recipe.kspace)
        for view in View.allCases {
            let isAsked = request?.views.contains(view) ?? false
            let place = "kspace/\(view.rawValue)"
            findings.expect(place, isAsked, file.root.holdsGroup(place), "k-space")
            guard isAsked, let request, let data = try file.kspace(view) else { continue }
            try check(data, request.settings, place, &findings)
        }
    }

    private func check(
        _ data: KSpaceView, _ settings: KSpaceSettings, _ place: String, _ findings: inout Findings
    ) throws {
        let scan = recipe.scan
        let expected = [
            data.slices, recipe.frames, settings.coils.channels,
            try settings.sampling.linesPerFrame(matrix: scan.matrix),
            settings.sampling.samplesPerLine(matrix: scan.matrix),
        ]
        if data.shape != expected {
            findings.note(
                "\(place)/samples", "expected \(Words.size(expected)), found \(Words.size(data.shape))")
        }
        if data.matrix != scan.matrix {
            findings.note("\(place)/reference", "expected \(scan.matrix)² pixels, found \(data.matrix)²")
        }
        checkCovariance(data, settings, place, &findings)
        for index in 0..<data.slices {
            let slice = try data.slice(index)
            let what = "slice \(index)"
            let (maps, reference) = try (data.coilMaps(index), data.reference(index))
            for (name, values) in [("samples", slice.samples), ("coil_maps", maps), ("reference", reference)]
            where !values.allSatisfy(\.isFinite) {
                findings.note("\(place)/\(name)", "\(what): expected finite values")
            }
            checkTimes(slice, place, what, &findings)
            try checkLines(slice, data, place, what, &findings)
        }
    }

    private func checkCovariance(
        _ data: KSpaceView, _ settings: KSpaceSettings, _ place: String, _ findings: inout Findings
    ) {
        let coils = data.shape[2]
        let hasNoise = (settings.snr ?? recipe.scan.snr) > 0
        for row in 0..<coils {
            for column in 0...row {
                let value = data.noiseCovariance[row * coils + column]
                let mirrored = data.noiseCovariance[column * coils + row].conjugate
                if value != mirrored || (row == column && (value.real > 0) != hasNoise) {
                    return findings.note(
                        "\(place)/noise_covariance",
                        "expected a Hermitian matrix with a diagonal above 0"
                            + (hasNoise ? "" : " only where there is noise"))
                }
            }
        }
    }

    private func checkTimes(_ slice: KSpaceSlice, _ place: String, _ what: String, _ findings: inout Findings) {
        if !slice.timesMS.allSatisfy({ $0.isFinite && $0 >= 0 }) {
            findings.note("\(place)/time_ms", "\(what): expected finite times, none negative")
        }
        if !slice.phases.allSatisfy({ $0 >= 0 && $0 < 1 }) {
            findings.note("\(place)/cardiac_phase", "\(what): expected phases from 0 to below 1")
        }
        if !slice.beats.allSatisfy({ $0 >= 0 }) {
            findings.note("\(place)/beat", "\(what): expected beats from 0")
        }
        if !slice.breathMM.allSatisfy({ abs($0) < 100 }) {
            findings.note("\(place)/breath_mm", "\(what): expected positions within 100 mm")
        }
        if Set(zip(slice.timesMS, slice.sinceRMS).map { $0 < $1 - 1e-6 }).contains(true) {
            findings.note("\(place)/since_r_ms", "\(what): expected times since an R wave within the scan")
        }
    }

    private func checkLines(
        _ slice: KSpaceSlice, _ data: KSpaceView, _ place: String, _ what: String, _ findings: inout Findings
    ) throws {
        switch slice.encoding {
        case .cartesian(let lines):
            for frame in 0..<slice.frames {
                let read = lines[frame * slice.lines..<(frame + 1) * slice.lines]
                if Set(read).count != read.count {
                    return findings.note("\(place)/lines", "\(what), frame \(frame): expected each line once")
                }
            }
        case .trajectory(let points):
            let limit = Float(data.matrix) / 2 + 1
            if !points.allSatisfy({ abs($0) <= limit }) {
                findings.note("\(place)/trajectory", "\(what): expected frequencies within ±\(data.matrix / 2)")
            }
        }
    }
}
