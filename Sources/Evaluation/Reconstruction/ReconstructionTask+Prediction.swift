import Core
import Datasets
import Fourier
import Models
import Reconstruction
import Storage

extension ReconstructionTask {
    /// Images of every slice, in a file as `cineforge reconstruct` writes it.
    ///
    /// A network of many coils is given the scan's own samples; one of one coil, lines of the perfect scan, at the first
    /// acceleration.
    func predict(
        _ settings: NetworkSettings, _ network: TaskNetwork<MeasuredSlices>?, from input: String, to output: String
    ) throws {
        let series: [MeasuredSeries]
        if self.settings.multiCoil {
            let source = try RawSource(input)
            series = try (0..<source.slices).map { try scanned(source.slice($0), input) }
        } else {
            series = try self.series(of: DatasetFolder.patient(at: input), self.settings.accelerations[0])
        }
        let images = try series.map { slice in
            try reconstructed(slice, by: settings, network).map { $0.multiplied(by: slice.scale) }
        }
        guard let maps = series.first?.maps else { return }
        try ReconstructionFile.write(
            to: output, slices: images, size: SIMD2(maps.width, maps.height), method: settings.kind, source: input)
    }

    /// The scan's own samples of a slice, with white noise.
    private func scanned(_ raw: RawSlice, _ input: String) throws -> MeasuredSeries {
        guard case .cartesian(let lines) = raw.encoding else {
            throw CineError(
                .badData, "\(input): expected lines of k-space, found a trajectory; use cineforge reconstruct.")
        }
        let rows = (0..<raw.frames).map { lines[$0 * raw.lines..<($0 + 1) * raw.lines].map(Int.init) }
        let (height, width) = (raw.imageSize.y, raw.imageSize.x)
        func encoding(_ maps: CoilMaps) throws -> CartesianSENSE {
            try CartesianSENSE(maps: maps, lines: rows, samples: raw.readout)
        }
        func maps(_ values: [ComplexFloat]) -> CoilMaps {
            CoilMaps(coils: raw.coils, height: height, width: width, values: values)
        }
        if let values = raw.coilMaps {
            return try MeasuredSeries(raw.samples, encoding: encoding(maps(values).normalised))
        }
        let blank = maps([ComplexFloat](repeating: ComplexFloat(1), count: raw.coils * height * width))
        let images = try encoding(blank).averageCoilImages(raw.samples)
        let found = try CoilMaps.espirit(coilImages: images, coils: raw.coils, height: height, width: width)
        return try MeasuredSeries(raw.samples, encoding: encoding(found.normalised))
    }
}
