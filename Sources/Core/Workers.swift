import Dispatch
import Synchronization

/// The one place where the program runs things at the same time.
public enum Workers {
    /// Calls `body` once for each index, on at most `threads` threads, and waits for all.
    ///
    /// - Convention: indices are handed out in blocks; `body` must write only what belongs to its index.
    /// - Cost: no thread is made for `threads` = 1.
    public static func forEach(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
        guard count > 0 else { return }
        if threads <= 1 || count == 1 {
            for index in 0..<count { body(index) }
            return
        }
        let lanes = min(threads, count)
        let next = Counter()
        DispatchQueue.concurrentPerform(iterations: lanes) { _ in
            while let index = next.take(below: count) { body(index) }
        }
    }
}

/// Hands out 0, 1, 2 … to whoever asks.
private final class Counter: Sendable {
    private let value = Mutex(0)

    func take(below limit: Int) -> Int? {
        value.withLock { value in
            guard value < limit else { return nil }
            defer { value += 1 }
            return value
        }
    }
}
