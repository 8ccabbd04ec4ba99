import Dispatch
import Synchronization

/// Makes the batches of the next steps on background threads, and gives them out in order.
///
/// Neither threads nor timing change what a batch is. Memory is that of `ahead` batches.
public final class BatchQueue<Source: BatchSource> {
    private let source: Source
    private let ahead: Int
    /// Serial queues, since those have threads of their own: a batch may wait for the disk.
    private let lanes: [DispatchQueue]
    private let isClosed = Flag()
    private var remaining: Range<Int>
    private var pending: [Promise<Source.Batch>] = []
    private var begin: ContinuousClock.Instant?
    private var waited = Duration.zero

    /// Begins to make batches.
    ///
    /// - Parameters:
    ///   - steps: of which batches are made.
    ///   - threads: that make batches, one each.
    ///   - ahead: how many batches may be under way or ready at a time.
    public init(_ source: Source, steps: Range<Int>, threads: Int = 1, ahead: Int = 4) {
        self.source = source
        self.ahead = max(1, ahead)
        remaining = steps
        lanes = (0..<max(1, threads)).map { DispatchQueue(label: "batches \($0)") }
        fill()
    }

    /// Waits for what is under way, so that nothing is read after.
    deinit {
        isClosed.raise()
        for lane in lanes { lane.sync {} }
    }

    /// The batch of the next step; nil after the last.
    ///
    /// - Throws: what making this batch threw.
    public func next() throws -> Source.Batch? {
        guard !pending.isEmpty else { return nil }
        let promise = pending.removeFirst()
        let asked = ContinuousClock.now
        let result = promise.wait()
        let now = ContinuousClock.now
        if begin == nil { begin = now } else { waited += now - asked }
        fill()
        return try result.get()
    }

    /// How much of the time since the first batch `next` has waited, 0 to 1; the first could not have been ready.
    public var stall: Double {
        guard let begin else { return 0 }
        let total = ContinuousClock.now - begin
        return total > .zero ? waited / total : 0
    }

    private func fill() {
        while pending.count < ahead, let step = remaining.popFirst() {
            let promise = Promise<Source.Batch>()
            pending.append(promise)
            lanes[step % lanes.count].async { [source, isClosed] in
                if !isClosed.isRaised { promise.keep(Result { try source.batch(at: step) }) }
            }
        }
    }
}

/// Whether nobody waits any more.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .relaxed) }

    func raise() { value.store(true, ordering: .relaxed) }
}

/// A value that another thread makes.
private final class Promise<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isKept = DispatchSemaphore(value: 0)

    func keep(_ result: sending Result<Value, any Error>) {
        self.result.withLock { $0 = result }
        isKept.signal()
    }

    /// Waits for the value, once.
    func wait() -> Result<Value, any Error> {
        while true {
            isKept.wait()
            if let result = result.withLock({ $0 }) { return result }
        }
    }
}
