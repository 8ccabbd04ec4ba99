import Core
import Foundation

/// Chooses the phase-encoding lines of a Cartesian scan.
///
/// - Convention: line `matrix / 2` (rounded down) is the centre of k-space. Every frame has the same number of lines:
///   a frame with fewer than the others also reads the free lines nearest to the centre, and none is left out for it.
struct CartesianLines {
    let matrix: Int
    let settings: SamplingSettings

    /// The lowest line that is read; partial Fourier leaves out those below.
    var first: Int { Int(((1 - settings.partialFourier) * Double(matrix)).rounded(.down)) }

    /// The lines that every frame reads.
    var centre: Range<Int> {
        let count = settings.centreLines ?? (settings.kind == .lattice ? 4 : settings.kind == .gaussian ? 8 : 0)
        let start = matrix / 2 - count / 2
        return start..<start + count
    }

    /// Checks that the matrix has room for the pattern.
    ///
    /// - Throws: `CineError` that says which number to change.
    func validate() throws {
        guard first <= centre.lowerBound, centre.upperBound <= matrix else {
            throw CineError(
                .badData,
                "Expected `centre_lines` within the \(matrix - first) lines that are read, found \(centre.count);"
                    + " lower it or raise `partial_fourier`.")
        }
        guard settings.kind != .gaussian || drawn > 0 else {
            throw CineError(
                .badData,
                "Expected more than \(centre.count) lines a frame, found \(drawn + centre.count) of \(matrix) at"
                    + " acceleration \(Words.number(settings.acceleration)); lower `centre_lines` or `acceleration`.")
        }
        guard settings.kind != .goldenOffset || spread - dropped > 0 else {
            throw CineError(
                .badData,
                "Expected `acceleration` of at most \(matrix), found \(Words.number(settings.acceleration)).")
        }
    }

    /// Lines of every frame.
    var linesPerFrame: Int {
        switch settings.kind {
        case .lattice: (0..<stride).map { lattice(residue: $0).count }.max() ?? 0
        case .gaussian: centre.count + drawn
        case .goldenOffset: goldenOffset(frame: 0).count
        default: matrix - first
        }
    }

    /// The lines of each frame, in rising order.
    ///
    /// - Shape: [T, L].
    func frames(_ count: Int, random: inout Philox) -> [[Int]] {
        let size = linesPerFrame
        switch settings.kind {
        case .lattice:
            let start = Int(random.uniform() * Double(stride))
            return (0..<count).map { frame in padded(lattice(residue: (start + frame) % stride), to: size) }
        case .gaussian: return (0..<count).map { _ in gaussian(random: &random) }
        case .goldenOffset: return (0..<count).map(goldenOffset)
        default: return [[Int]](repeating: Array(first..<matrix), count: count)
        }
    }

    // MARK: Lattice

    private var stride: Int { Int(settings.acceleration) }

    /// Every R-th line and the centre, before frames are made equal.
    func lattice(residue: Int) -> [Int] {
        (first..<matrix).filter { $0 % stride == residue || centre.contains($0) }
    }

    // MARK: Gaussian density

    /// Lines of a frame beside the centre: the centre counts towards the acceleration.
    private var drawn: Int { Int(Double(matrix - first) / settings.acceleration) - centre.count }

    /// Draws without replacement, of density exp(−½((k − N/2)/(N/10))²) + 1/(2R) outside the centre.
    ///
    /// - Reference: Schlemper et al. 2018, doi:10.1109/TMI.2017.2760978, and its authors' code.
    private func gaussian(random: inout Philox) -> [Int] {
        var weights = (0..<matrix).map { line in
            let place = Double(line - matrix / 2) / (Double(matrix) / 10)
            return line < first || centre.contains(line) ? 0 : exp(-place * place / 2) + 0.5 / settings.acceleration
        }
        var lines = Array(centre)
        for _ in 0..<drawn {
            var left = random.uniform() * weights.reduce(0, +)
            // Rounding may leave a rest after the last line: then that line is taken.
            let line = weights.indices.first { place in
                left -= weights[place]
                return left < 0
            }
            let chosen = line ?? weights.lastIndex { $0 > 0 } ?? matrix - 1
            weights[chosen] = 0
            lines.append(chosen)
        }
        return lines.sorted()
    }

    // MARK: Golden-ratio offset

    /// Lines that are spread over the whole axis, and how many of the lowest partial Fourier drops.
    private var spread: Int { Int(Double(matrix) / settings.acceleration) }
    private var dropped: Int { Int(((1 - settings.partialFourier) * Double(spread)).rounded(.down)) }

    /// Evenly spread places on a smaller axis, shifted by a golden share of their distance from frame to frame, then
    /// stretched to the whole axis: dense at the centre, sparse outside.
    ///
    /// The pattern is patented (US 11,294,009).
    /// - Reference: Joshi et al. 2022, "Technical report (v1.0): pseudo-random Cartesian sampling for dynamic MRI",
    ///   arXiv:2206.03630. Here s = 2.2 and α = 3.
    private func goldenOffset(frame: Int) -> [Int] {
        let small = (Double(matrix) / 2.2).rounded(.up)
        let half = small / 2
        let stretch = (Double(matrix) / 2 - half) / (half * half * half)
        let gap = small / Double(spread)
        let shift = (Double(frame) * gap * settings.goldenAngleRad / .pi).truncatingRemainder(dividingBy: small)
        // The published pattern starts this little inside its axis, so that no place lies on the edge.
        let places = (0..<spread).map { place -> Int in
            let turned = (1e-10 + Double(place) * gap + shift).truncatingRemainder(dividingBy: small)
            let offset = turned - half
            // Both axes are centred on 0; an even axis has its centre half a line above its middle.
            let stretched = offset + stretch * offset * offset * offset + (matrix % 2 == 0 ? 0.5 : 0)
            let line = Int((stretched + Double(matrix - 1) / 2).rounded())
            return line >= matrix ? line - matrix : max(line, 0)
        }
        // Near the centre places may round to one line, and lines of the centre may be among them.
        let lines = padded(Set(places).union(centre).sorted(), to: min(spread + centre.count, matrix))
        return Array(lines.dropFirst(dropped))
    }

    /// Adds the free lines nearest to the centre; of two at the same distance, the lower.
    private func padded(_ lines: [Int], to count: Int) -> [Int] {
        guard lines.count < count else { return lines }
        let taken = Set(lines)
        let free = (first..<matrix).filter { !taken.contains($0) }
            .sorted { (abs($0 - matrix / 2), $0) < (abs($1 - matrix / 2), $1) }
        return (lines + free.prefix(count - lines.count)).sorted()
    }
}
