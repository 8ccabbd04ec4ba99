import Synchronization

extension Workers {
    /// Computes one value for each index, on at most `threads` threads.
    ///
    /// - Returns: the values in order.
    public static func map<Value: Sendable>(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
        let results = Mutex([Value?](repeating: nil, count: count))
        forEach(count, threads: threads) { index in
            let value = body(index)
            results.withLock { $0[index] = value }
        }
        return results.withLock { $0 }.compactMap { $0 }
    }
}
