import Foundation

/// Foretells how long work will still take.
///
/// The pace is that of the second half of what is done: planning a patient and the slower parts of the first one tell
/// little about the rest. Nothing is told before 5 % or a first patient are done, and 2 s have passed. From then on the
/// end moves smoothly.
public struct TimeLeft: Sendable {
    private static let shortestSeconds = 2.0
    private static let smallestShare = 0.05
    /// Time in which the foretold end follows a new pace.
    private static let smoothingSeconds = 5.0

    /// How far the work had come when, from half of what is done.
    private var past: [(share: Double, seconds: Double)] = []
    private var begin: Double?
    private var end: Double?

    /// Knows nothing yet.
    public init() {}

    /// Takes how far the work has come.
    ///
    /// - Parameter share: done, 0 to 1.
    /// - Parameter finished: number of patients that are finished.
    /// - Parameter seconds: since the start.
    /// - Returns: the time left in s; nil while nothing can be told, and when all is done.
    public mutating func take(share: Double, finished: Int, seconds: Double) -> Double? {
        guard share > 0, share < 1 else { return nil }
        let previous = past.last?.seconds ?? seconds
        past.append((share, seconds))
        past.removeFirst(past.prefix { $0.share <= share / 2 }.dropLast().count)
        let begin = begin ?? seconds
        self.begin = begin
        guard let half = past.first, share > half.share, seconds - begin >= Self.shortestSeconds,
            finished > 0 || share >= Self.smallestShare
        else { return nil }
        let found = seconds + (1 - share) * (seconds - half.seconds) / (share - half.share)
        let weight = end == nil ? 1 : 1 - exp(-(seconds - previous) / Self.smoothingSeconds)
        let told = (end ?? 0) * (1 - weight) + found * weight
        end = told
        return max(0, told - seconds)
    }
}
