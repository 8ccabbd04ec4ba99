import Core
import Foundation
import Synchronization
import Testing

@testable import Learning

/// Numbers that take their time, and how many were made.
private final class SlowSource: BatchSource {
    private let counts = Mutex((made: 0, underWay: 0, most: 0))
    private let delay: @Sendable (Int) -> Double
    private let brokenStep: Int?
    private let awaited: Int

    /// Every batch waits until so many have been under way at a time, or a second.
    init(brokenStep: Int? = nil, awaited: Int = 1, delay: @escaping @Sendable (Int) -> Double = { _ in 0 }) {
        self.delay = delay
        self.brokenStep = brokenStep
        self.awaited = awaited
    }

    func batch(at step: Int) throws -> [UInt64] {
        counts.withLock { counts in
            counts.underWay += 1
            counts.most = max(counts.most, counts.underWay)
        }
        Thread.sleep(forTimeInterval: delay(step))
        for _ in 0..<1000 where most < awaited { Thread.sleep(forTimeInterval: 0.001) }
        counts.withLock { counts in
            counts.underWay -= 1
            counts.made += 1
        }
        if step == brokenStep { throw CineError(.badData, "step \(step)") }
        var random = Philox.batch(seed: 1, step: step)
        return [UInt64(step), random.next()]
    }

    var made: Int { counts.withLock { $0.made } }
    var underWay: Int { counts.withLock { $0.underWay } }
    var most: Int { counts.withLock { $0.most } }
}

@Suite("Batches")
struct BatchQueueTests {
    @Test("Batches come in order and are the same with any number of threads", arguments: [1, 3])
    func order(threads: Int) throws {
        // Later ones are faster than those before.
        let source = SlowSource { Double(3 - $0 % 4) * 0.002 }
        let queue = BatchQueue(source, steps: 5..<25, threads: threads, ahead: 6)
        for step in 5..<25 { #expect(try queue.next() == SlowSource().batch(at: step)) }
        #expect(try queue.next() == nil)
        #expect(source.made == 20 && source.most <= threads)
    }

    @Test("Batches are made at the same time")
    func together() throws {
        let source = SlowSource(awaited: 3)
        let queue = BatchQueue(source, steps: 0..<3, threads: 3)
        while try queue.next() != nil {}
        #expect(source.most == 3)
    }

    @Test("No more are made than asked for ahead, and none after the queue is gone")
    func bounds() throws {
        let source = SlowSource { _ in 0.001 }
        var queue: BatchQueue? = BatchQueue(source, steps: 0..<1000, threads: 2, ahead: 3)
        for taken in 1...4 {
            _ = try queue?.next()
            Thread.sleep(forTimeInterval: 0.02)
            #expect(source.made <= taken + 3)
        }
        queue = nil
        #expect(source.underWay == 0)
        let made = source.made
        Thread.sleep(forTimeInterval: 0.02)
        #expect(source.made == made)
    }

    @Test("An error comes in its place", arguments: [1, 3])
    func error(threads: Int) throws {
        let queue = BatchQueue(SlowSource(brokenStep: 3), steps: 0..<9, threads: threads)
        for _ in 0..<3 { #expect(try queue.next() != nil) }
        expectError(mentions: "step 3") { _ = try queue.next() }
    }

    @Test("Waiting is measured")
    func stall() throws {
        func stall(source delay: Double, user pause: Double) throws -> Double {
            let queue = BatchQueue(SlowSource { _ in delay }, steps: 0..<10)
            while try queue.next() != nil { Thread.sleep(forTimeInterval: pause) }
            return queue.stall
        }
        // 1 and 0 but for the time that threads take to wake.
        #expect(try stall(source: 0.01, user: 0) > 0.8)
        #expect(try stall(source: 0, user: 0.01) < 0.2)
        #expect(BatchQueue(SlowSource(), steps: 0..<1).stall == 0)
    }
}

@Suite("Sample order")
struct SampleOrderTests {
    @Test("Each round holds every sample once, in an order of its own", arguments: [(7, 3), (6, 3), (5, 5), (1, 1)])
    func rounds(count: Int, batchSize: Int) throws {
        func samples(seed: UInt64) throws -> [Int] {
            let order = try SampleOrder(count: count, batchSize: batchSize, seed: seed)
            return (0..<3 * count).flatMap { order.samples(at: $0) }
        }
        let found = try samples(seed: 1)
        let rounds = stride(from: 0, to: found.count, by: count).map { Array(found[$0..<$0 + count]) }
        #expect(rounds.allSatisfy { $0.sorted() == Array(0..<count) })
        #expect(try samples(seed: 1) == found)
        guard count >= 5 else { return }
        #expect(Set(rounds).count > 1)
        #expect(try samples(seed: 2) != found)
    }

    @Test("Too few samples are an error that says what to do")
    func tooFew() {
        expectError(mentions: "at least 8 samples", "found 5", "generate more patients") {
            _ = try SampleOrder(count: 5, batchSize: 8, seed: 0)
        }
        expectError(mentions: "at least 1 samples", "found 0") { _ = try SampleOrder(count: 0, batchSize: 0, seed: 0) }
    }
}
