/// How the lines of a frame are dealt to its segments, each of which one beat reads.
public enum LineOrder: String, Sendable, Codable, CaseIterable {
    /// Neighbouring lines in a segment, from the lowest up.
    case linear
    /// Every n-th line in a segment, n segments.
    case interleaved
    /// From the centre outwards: the first segment holds the centre. Readouts that all pass the centre keep their order.
    case centric

    /// The readouts of a frame by segment, in the order in which they are played.
    ///
    /// - Shape: [segment, place]: numbers from 0 ..< count. Sizes differ by at most one and do not depend on the lines.
    /// - Parameters:
    ///   - count: readouts of the frame.
    ///   - views: most readouts of a segment.
    ///   - lines: the line of each readout; nil when there are none.
    ///   - centre: the line at the centre of k-space.
    func segments(of count: Int, views: Int, lines: [Int]?, centre: Int) -> [[Int]] {
        let number = (count + views - 1) / views
        var places = Array(0..<count)
        switch self {
        case .interleaved: return (0..<number).map { Array(stride(from: $0, to: count, by: number)) }
        case .centric:
            if let lines { places.sort { (abs(lines[$0] - centre), $0) < (abs(lines[$1] - centre), $1) } }
        case .linear: break
        }
        return (0..<number).map { Array(places[$0 * count / number..<($0 + 1) * count / number]) }
    }
}
