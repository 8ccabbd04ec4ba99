import ComplexModule
import Core
import RealModule

/// What was read of an image.
///
/// - Shape: C coils, L readouts in the order of the file, N samples.
public struct MRDImageData: Sendable {
    /// Coils, C.
    public var coils: Int
    /// Samples of a readout, N; of Cartesian data, columns of the encoded matrix: oversampling is still there.
    public var readout: Int
    /// What was received, [C, L, N]; Cartesian samples that were not read are zero, and N / 2 is k = 0.
    public var samples: [Complex<Float>]
    /// Row of each readout in the encoded matrix, whose half is k = 0, [L]; empty unless Cartesian.
    public var lines: [Int32]
    /// Each sample in cycles per field of view of the image, [L, N, 2]; empty when Cartesian.
    public var trajectory: [Float]
    /// The headers of the readouts.
    public var headers: [MRDAcquisitionHeader]
    /// Where the image lies, pixel (x, y, 0) to mm RAS+; nil when the file does not say.
    public var affine: Affine?
}

extension MRDScan {
    /// Reads the samples of an image.
    ///
    /// - Convention: trajectories of others are taken to be in units of the encoded matrix over its field of view
    ///   when all lie within ±0.51, as Gadgetron and libismrmrd have them, and in cycles per encoded field of view
    ///   otherwise, as BART has them.
    /// - Throws: `CineError(.badData)` when a readout is damaged, or does not fit the encoding or the other readouts.
    public func read(_ image: Image) throws -> MRDImageData {
        let readouts = try file.acquisitions(image.readouts)
        let coils = Int(readouts[0].header.activeChannels)
        let length = try isCartesian ? encoding.encodedSpace.matrix.x : kept(readouts[0], image.readouts[0]).count
        var data = MRDImageData(
            coils: coils, readout: length, samples: [], lines: [], trajectory: [], headers: readouts.map(\.header),
            affine: affine(readouts[0].header))
        for (number, readout) in zip(image.readouts, readouts) {
            try check(readout, number: number, coils: coils)
            if isCartesian {
                data.lines.append(try row(readout.header, number: number))
            } else {
                data.trajectory += try points(readout, number: number)
            }
        }
        data.samples = try gathered(readouts, numbers: image.readouts, coils: coils, length: length)
        if !isCartesian { scale(&data.trajectory) }
        return data
    }

    private var isCartesian: Bool { encoding.trajectory == .cartesian || encoding.trajectory == .epi }

    /// [L][C, N] of the readouts to [C, L, N].
    private func gathered(
        _ readouts: [MRDAcquisition], numbers: [Int], coils: Int, length: Int
    ) throws -> [Complex<Float>] {
        let places = try zip(readouts, numbers).map { readout, number in
            let kept = try kept(readout, number)
            let start = isCartesian ? length / 2 - Int(readout.header.centerSample) : -kept.lowerBound
            let lands = (kept.lowerBound + start)..<(kept.upperBound + start)
            guard lands.lowerBound >= 0, lands.upperBound <= length, isCartesian || lands.count == length else {
                throw wrong(
                    number, "samples that fit into \(length)", "\(kept.count) that begin at \(lands.lowerBound)")
            }
            return (kept: kept, start: lands.lowerBound)
        }
        var samples = [Complex<Float>](repeating: .zero, count: coils * readouts.count * length)
        for coil in 0..<coils {
            for (line, readout) in readouts.enumerated() {
                let source = coil * Int(readout.header.sampleCount)
                let target = (coil * readouts.count + line) * length + places[line].start
                for (offset, sample) in places[line].kept.enumerated() {
                    samples[target + offset] = readout.samples[source + sample]
                }
            }
        }
        return samples
    }

    private func check(_ readout: MRDAcquisition, number: Int, coils: Int) throws {
        guard readout.header.activeChannels == coils, coils > 0 else {
            throw wrong(number, "\(max(coils, 1)) coils as in the first readout", "\(readout.header.activeChannels)")
        }
        guard !readout.header.flags.contains(.reversed) else {
            throw wrong(number, "readouts in one direction", "one that runs backwards")
        }
        guard readout.header.encodingSpace == 0 else {
            throw wrong(number, "the only encoding, 0", "\(readout.header.encodingSpace)")
        }
        // Or a small file would ask for much memory.
        guard !isCartesian || encoding.encodedSpace.matrix.x <= 4 * Int(readout.header.sampleCount) else {
            throw wrong(
                number, "at least a quarter of \(encoding.encodedSpace.matrix.x) samples",
                "\(readout.header.sampleCount)")
        }
    }

    /// The samples that are not to be discarded.
    private func kept(_ readout: MRDAcquisition, _ number: Int) throws -> Range<Int> {
        let (first, last) = (
            Int(readout.header.discardPre), Int(readout.header.sampleCount) - Int(readout.header.discardPost)
        )
        guard first < last else {
            throw wrong(number, "samples to keep", "\(readout.header.sampleCount), all discarded")
        }
        return first..<last
    }

    private func row(_ header: MRDAcquisitionHeader, number: Int) throws -> Int32 {
        let rows = encoding.encodedSpace.matrix.y
        let row = Int(header.counters.step1) - (encoding.limits[.step1]?.center ?? rows / 2) + rows / 2
        guard (0..<rows).contains(row) else {
            throw wrong(number, "a line within the \(rows) of the encoded space", "line \(row)")
        }
        return Int32(row)
    }

    private func points(_ readout: MRDAcquisition, number: Int) throws -> [Float] {
        let dimensions = Int(readout.header.trajectoryDimensions)
        // Gadgetron's third number is a weight.
        guard dimensions == 2 || dimensions == 3 else {
            throw wrong(
                number, "a trajectory of 2 dimensions for \(encoding.trajectory.rawValue) data", "\(dimensions)")
        }
        let points = try kept(readout, number).flatMap {
            readout.trajectory[($0 * dimensions)..<($0 * dimensions + 2)]
        }
        guard points.allSatisfy(\.isFinite) else { throw wrong(number, "a finite trajectory", "NaN or infinity") }
        return points
    }

    /// To cycles per field of view of the image.
    private func scale(_ trajectory: inout [Float]) {
        let encoded = encoding.encodedSpace
        let isNormalised = trajectory.allSatisfy { abs($0) <= 0.51 }
        for axis in 0..<2 {
            let unit = isNormalised ? Double(encoded.matrix[axis]) : 1
            let factor = Float(unit * encoding.reconSpace.fovMM[axis] / encoded.fovMM[axis])
            for index in stride(from: axis, to: trajectory.count, by: 2) { trajectory[index] *= factor }
        }
    }

    /// Turns LPS to RAS+ and the centre to the first pixel.
    private func affine(_ header: MRDAcquisitionHeader) -> Affine? {
        func ras(_ vector: SIMD3<Float>) -> Vector3 { Vector3(vector) * [-1, -1, 1] }
        let directions = [header.readDirection, header.phaseDirection, header.sliceDirection].map(ras)
        let isUnit = directions.allSatisfy { abs(length($0) - 1) < 1e-3 }
        guard isUnit, abs(dot(directions[0], directions[1])) < 1e-3 else { return nil }
        let (matrix, fov) = (encoding.reconSpace.matrix, encoding.reconSpace.fovMM)
        var affine = Affine(
            x: directions[0] * (fov.x / Double(matrix.x)), y: directions[1] * (fov.y / Double(matrix.y)),
            z: directions[2] * fov.z)
        affine.translation =
            ras(header.position) - affine.rotate([Double(matrix.x - 1) / 2, Double(matrix.y - 1) / 2, 0])
        return affine
    }

    private func wrong(_ number: Int, _ expected: String, _ found: String) -> CineError {
        CineError(
            .badData,
            "\(file.path): readout \(number): expected \(expected), found \(found). Check how the file was made.")
    }
}
