import CFFTW
import ComplexModule
import Core

/// Multi-coil Cartesian encoding of the frames of one slice; each frame may read other lines.
///
/// - Shape: [T, Y, X] → [T, C, L, N]. Lines run along x; N ≥ X samples, of which the image's field of view is the centre.
/// - Convention: k_tc = lines of F (S_c x_t), centred and orthonormal; frequency 0 is line ⌊Y/2⌋, sample ⌊N/2⌋.
/// - Cost: `normal` needs transforms along y alone, as those along x undo each other: C·T·X forward and as many back,
///   sixteen columns at a time in the cache. Results do not depend on `threads`.
/// - Reference: Pruessmann et al. 1999, doi:10.1002/(SICI)1522-2594(199911)42:5<952::AID-MRM16>3.0.CO;2-S.
public struct CartesianSENSE: DynamicEncoding {
    /// The sensitivities that it believes in.
    public let maps: CoilMaps
    /// The lines of each frame, 0..<Y: [T][L].
    public let lines: [[Int]]
    /// Samples of a line.
    public let samples: Int
    /// Shape of what it takes.
    public var domain: [Int] { [lines.count, maps.height, maps.width] }
    /// Shape of what it gives.
    public var range: [Int] { [lines.count, maps.coils, lines[0].count, samples] }

    private let planning: Fourier.Planning
    private let threads: Int
    private let readout: Readout
    private let forwardPlan: Plan
    private let inversePlan: Plan
    /// Phase of each line after the transform along y.
    private let after: [ComplexFloat]
    /// How often each line of each frame was read, [T, Y].
    private let reads: [Float]
    /// Maps with the phases before the transform along y, and its scale.
    private let blocks: BlockedMaps

    /// Frames of one piece of work.
    private static let framesAtOnce = 8

    /// Describes a slice's encoding.
    ///
    /// - Parameters:
    ///   - lines: the lines read in each frame, [T][L], 0..<Y.
    ///   - samples: samples of a line, N ≥ X; nil for X.
    /// - Throws: `CineError` when a line does not exist, frames differ in their number, or FFTW has no plan.
    public init(
        maps: CoilMaps, lines: [[Int]], samples: Int? = nil, planning: Fourier.Planning = .estimated, threads: Int = 1
    ) throws {
        let samples = samples ?? maps.width
        guard let count = lines.first?.count, count > 0, lines.allSatisfy({ $0.count == count }) else {
            throw CineError(.badData, "Expected the same number of lines in each frame, found \(lines.map(\.count)).")
        }
        for line in lines.joined() where line < 0 || line >= maps.height {
            throw CineError(.badData, "Expected lines from 0 to \(maps.height - 1), found \(line).")
        }
        guard samples >= maps.width else {
            throw CineError(.badData, "Expected at least \(maps.width) samples a line, found \(samples).")
        }
        self.maps = maps
        self.lines = lines
        self.samples = samples
        self.planning = planning
        self.threads = threads
        readout = try Readout(pixels: maps.width, samples: samples, planning: planning)
        forwardPlan = try ColumnBlock.plan(rows: maps.height, sign: FFTW_FORWARD, planning: planning)
        inversePlan = try ColumnBlock.plan(rows: maps.height, sign: FFTW_BACKWARD, planning: planning)
        let phase = CenteredPhase(maps.height)
        after = phase.after
        var reads = [Float](repeating: 0, count: lines.count * maps.height)
        for (frame, lines) in lines.enumerated() {
            for line in lines { reads[frame * maps.height + line] += 1 }
        }
        self.reads = reads
        let scale = 1 / Float(maps.height).squareRoot()
        blocks = BlockedMaps(
            maps.values, coils: maps.coils, height: maps.height, width: maps.width,
            rowFactors: phase.before.map { $0.multiplied(by: scale) })
    }

    /// The largest Σ|S|² times the most readings of a line: the transforms keep lengths.
    public var squaredNormBound: Float? { (maps.sumOfSquares.max() ?? 0) * (reads.max() ?? 0) }

    /// The same reading with other sensitivities.
    public func replacing(maps: CoilMaps) throws -> CartesianSENSE {
        try CartesianSENSE(maps: maps, lines: lines, samples: samples, planning: planning, threads: threads)
    }

    /// Output = AᴴA · input.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        guard let source = Shared(input) else { return }
        let target = SharedBuffer(output)
        let (height, width, blockCount) = (maps.height, maps.width, ColumnBlock.count(columns: maps.width))
        let groups = (lines.count + Self.framesAtOnce - 1) / Self.framesAtOnce
        let count = height * ColumnBlock.lanes
        Workers.forEach(blockCount * groups, threads: threads) { work in
            let (block, group) = (work % blockCount, work / blockCount)
            withScratch(3 * count) { image in
                let (coil, sum) = (image + count, image + 2 * count)
                for frame in group * Self.framesAtOnce..<min((group + 1) * Self.framesAtOnce, lines.count) {
                    let first = frame * height * width
                    ColumnBlock.load(block, of: source.start + first, rows: height, columns: width, into: image)
                    sum.update(repeating: Lanes(0), count: count)
                    for index in 0..<maps.coils {
                        blocks.weight(image, block: block, coil: index, into: coil)
                        forwardPlan.execute(coil)
                        keepRead(coil, frame: frame)
                        inversePlan.execute(coil)
                        blocks.addConjugate(coil, block: block, coil: index, to: sum)
                    }
                    ColumnBlock.store(sum, to: block, of: target.start + first, rows: height, columns: width)
                }
            }
        }
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        guard let source = Shared(input) else { return }
        let target = SharedBuffer(output)
        let (height, width, lineCount) = (maps.height, maps.width, lines[0].count)
        let count = height * ColumnBlock.lanes
        Workers.forEach(lines.count, threads: threads) { frame in
            let image = source.start + frame * height * width
            let samplesOfFrame = target.start + frame * maps.coils * lineCount * samples
            // [C, L, X]: k-space along y, still pixels along x.
            withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: maps.coils * lineCount * width) { rows in
                guard let rows = rows.baseAddress else { return }
                withScratch(2 * count) { scratch in
                    for block in 0..<ColumnBlock.count(columns: width) {
                        ColumnBlock.load(block, of: image, rows: height, columns: width, into: scratch)
                        for coil in 0..<maps.coils {
                            blocks.weight(scratch, block: block, coil: coil, into: scratch + count)
                            forwardPlan.execute(scratch + count)
                            pick(scratch + count, frame: frame, block: block, to: rows + coil * lineCount * width)
                        }
                    }
                }
                withScratch(readout.scratchCount) { scratch in
                    for row in 0..<maps.coils * lineCount {
                        readout.forward(rows + row * width, to: samplesOfFrame + row * samples, scratch: scratch)
                    }
                }
            }
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        guard let source = Shared(input) else { return }
        let target = SharedBuffer(output)
        let (height, width, lineCount) = (maps.height, maps.width, lines[0].count)
        let count = height * ColumnBlock.lanes
        Workers.forEach(lines.count, threads: threads) { frame in
            let image = target.start + frame * height * width
            let samplesOfFrame = source.start + frame * maps.coils * lineCount * samples
            withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: maps.coils * lineCount * width) { rows in
                guard let rows = rows.baseAddress else { return }
                withScratch(readout.scratchCount) { scratch in
                    for row in 0..<maps.coils * lineCount {
                        readout.adjoint(samplesOfFrame + row * samples, to: rows + row * width, scratch: scratch)
                    }
                }
                withScratch(2 * count) { scratch in
                    for block in 0..<ColumnBlock.count(columns: width) {
                        scratch.update(repeating: Lanes(0), count: count)
                        for coil in 0..<maps.coils {
                            place(rows + coil * lineCount * width, frame: frame, block: block, into: scratch + count)
                            inversePlan.execute(scratch + count)
                            blocks.addConjugate(scratch + count, block: block, coil: coil, to: scratch)
                        }
                        ColumnBlock.store(scratch, to: block, of: image, rows: height, columns: width)
                    }
                }
            }
        }
    }

    /// Images of each coil and frame, for samples as they are (weights of 1).
    public func coilImages(_ samples: [ComplexFloat]) throws -> [ComplexFloat] {
        let perCoil = lines.flatMap { Array(repeating: $0, count: maps.coils) }
        return try withoutMaps(lines: perCoil).adjoint(samples)
    }

    /// Images of each coil from all frames: each line that was read is the mean of its readings.
    public func averageCoilImages(_ samples: [ComplexFloat]) throws -> [ComplexFloat] {
        let readLines = Set(lines.joined()).sorted()
        var place = [Int](repeating: 0, count: maps.height)
        for (index, line) in readLines.enumerated() { place[line] = index }
        let (count, width) = (lines[0].count, self.samples)
        var means = [ComplexFloat](repeating: .zero, count: maps.coils * readLines.count * width)
        var readings = [Float](repeating: 0, count: readLines.count)
        for line in lines.joined() { readings[place[line]] += 1 }
        for (frame, lines) in lines.enumerated() {
            for coil in 0..<maps.coils {
                for (index, line) in lines.enumerated() {
                    let from = ((frame * maps.coils + coil) * count + index) * width
                    let to = (coil * readLines.count + place[line]) * width
                    let weight = 1 / readings[place[line]]
                    for sample in 0..<width { means[to + sample] += samples[from + sample].multiplied(by: weight) }
                }
            }
        }
        return try withoutMaps(lines: Array(repeating: readLines, count: maps.coils)).adjoint(means)
    }

    /// Each coil's image as a frame of its own, seen by one uniform coil.
    private func withoutMaps(lines: [[Int]]) throws -> CartesianSENSE {
        try CartesianSENSE(
            maps: .uniform(height: maps.height, width: maps.width), lines: lines, samples: samples, planning: planning,
            threads: threads)
    }
}

// MARK: - Blocks of sixteen columns

extension CartesianSENSE {
    /// Weights each line by how often it was read; lines that were not are zero.
    private func keepRead(_ coil: UnsafeMutablePointer<Lanes>, frame: Int) {
        for row in 0..<maps.height {
            let reads = Lanes(repeating: reads[frame * maps.height + row])
            coil[2 * row] = coil[2 * row] * reads
            coil[2 * row + 1] = coil[2 * row + 1] * reads
        }
    }

    /// Copies the lines that were read out of a transformed block: [Y, 16] → [L, X].
    private func pick(
        _ coil: UnsafePointer<Lanes>, frame: Int, block: Int, to rows: UnsafeMutablePointer<ComplexFloat>
    ) {
        let source = UnsafeRawPointer(coil).assumingMemoryBound(to: ComplexFloat.self)
        let first = block * ColumnBlock.width
        for (index, line) in lines[frame].enumerated() {
            for column in 0..<min(ColumnBlock.width, maps.width - first) {
                rows[index * maps.width + first + column] = source[line * ColumnBlock.width + column] * after[line]
            }
        }
    }

    /// Puts lines where `pick` took them from, and zero elsewhere: [L, X] → [Y, 16].
    private func place(
        _ rows: UnsafePointer<ComplexFloat>, frame: Int, block: Int, into coil: UnsafeMutablePointer<Lanes>
    ) {
        coil.update(repeating: Lanes(0), count: maps.height * ColumnBlock.lanes)
        let target = UnsafeMutableRawPointer(coil).assumingMemoryBound(to: ComplexFloat.self)
        let first = block * ColumnBlock.width
        for (index, line) in lines[frame].enumerated() {
            for column in 0..<min(ColumnBlock.width, maps.width - first) {
                target[line * ColumnBlock.width + column] +=
                    rows[index * maps.width + first + column] * after[line].conjugate
            }
        }
    }
}
