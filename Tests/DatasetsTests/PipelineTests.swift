import Core
import Synchronization
import Testing

@testable import Datasets

@Suite("Pipelines") struct PipelineTests {
    @Test("Values are put away in order, and never more than two are on the way", arguments: [1, 2])
    func order(threads: Int) throws {
        let away = Mutex<[Int]>([])
        var lead = 0
        try Workers.pipeline(40, threads: threads) { index in
            lead = max(lead, index - away.withLock { $0.count })
            return index * 3
        } putAway: { index, value in
            away.withLock { $0.append(value) }
            #expect(value == index * 3)
        }
        #expect(away.withLock { $0 } == (0..<40).map { $0 * 3 })
        #expect(lead <= 1)
    }

    @Test("An error on either side ends it, and nothing is under way afterwards", arguments: [1, 2])
    func errors(threads: Int) {
        struct Failure: Error {}
        let away = Mutex(0)
        #expect(throws: Failure.self) {
            try Workers.pipeline(1000, threads: threads) {
                $0
            } putAway: { index, _ in
                if index == 3 { throw Failure() }
                away.withLock { $0 += 1 }
            }
        }
        #expect(away.withLock { $0 } == 3)
        #expect(throws: Failure.self) {
            try Workers.pipeline(1000, threads: threads) {
                if $0 == 5 { throw Failure() }
            } putAway: { _, _ in
                away.withLock { $0 += 1 }
            }
        }
        #expect(away.withLock { $0 } == 8)
    }
}
