import Core
import Dispatch
import Synchronization

extension Workers {
    /// Makes values one after the other, each while the one before it is put away on another thread.
    ///
    /// - Convention: they are put away in order, and no more than two exist at a time; with one thread, none overlap.
    static func pipeline<Value: Sendable>(
        _ count: Int, threads: Int, make: (Int) throws -> Value, putAway: @Sendable (Int, Value) throws -> Void
    ) throws {
        guard threads > 1 else {
            for index in 0..<count { try putAway(index, try make(index)) }
            return
        }
        let queue = DispatchQueue(label: "pipeline")
        let failure = Failure()
        try withoutActuallyEscaping(putAway) { putAway in
            // Nothing may be under way when this returns, or throws.
            defer { queue.sync {} }
            for index in 0..<count {
                let value = try make(index)
                queue.sync {}
                try failure.check()
                queue.async { failure.keep { try putAway(index, value) } }
            }
        }
        try failure.check()
    }
}

/// The first error of what runs on another thread.
private final class Failure: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    func keep(_ body: () throws -> Void) {
        do { try body() } catch { self.error.withLock { $0 = $0 ?? error } }
    }

    func check() throws {
        if let error = error.withLock({ $0 }) { throw error }
    }
}
