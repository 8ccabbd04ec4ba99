/// Finds the word that a user probably meant.
public enum Nearest {
    /// The candidate with the fewest typing errors, when they are few for its length.
    public static func match(for word: String, among candidates: [String]) -> String? {
        let ranked = candidates.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, (max(word.count, best.word.count) + 1) / 3) ? best.word : nil
    }

    /// What to say after "unknown `x`": "; did you mean `y`? Expected one of y, z" when something is near, and
    /// "; expected one of y, z" when nothing is.
    ///
    /// - Parameter word: what the user wrote.
    /// - Parameter candidates: what could have been written.
    /// - Parameter other: what else could have been.
    public static func advice(for word: String, among candidates: [String], other: String = "") -> String {
        let names = (candidates.count > 1 ? "one of " : "") + candidates.joined(separator: ", ")
        let expected = [names, other].filter { !$0.isEmpty }.joined(separator: ", or ")
        guard let match = match(for: word, among: candidates) else { return "; expected \(expected)" }
        return "; did you mean `\(match)`?" + (expected == match ? "" : " Expected \(expected)")
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`
    /// (Damerau-Levenshtein, optimal string alignment).
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.utf8.prefix(64))
        let b = Array(b.utf8.prefix(64))
        var older = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in 0..<b.count {
                current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    current[j + 1] = min(current[j + 1], older[j - 1] + 1)
                }
            }
            (older, previous) = (previous, current)
        }
        return previous[b.count]
    }
}
