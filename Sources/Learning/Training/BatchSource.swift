import Core

/// Where the batches of training come from.
///
/// A batch depends on its step alone, so that it can be made early, on any thread, and again after training was
/// stopped. It is plain Swift values; the loss makes tensors of it.
///
/// ```swift
/// func batch(at step: Int) throws -> Batch {
///     var random = Philox.batch(seed: seed, step: step)
///     return try Batch(order.samples(at: step).map { try masked(slices[$0], using: &random) })
/// }
/// ```
public protocol BatchSource: Sendable {
    /// What a step learns from.
    associatedtype Batch: Sendable
    /// Makes the batch of a step, counted from 0.
    ///
    /// - Throws: what reading it throws; training then stops.
    func batch(at step: Int) throws -> Batch
    /// What the batch of a step consists of, for messages, as "slice 4 of p000003".
    func description(at step: Int) -> String
}

extension BatchSource {
    /// The batch by its number.
    public func description(at step: Int) -> String { "number \(step)" }
}

extension Philox {
    /// The stream of a step's batch.
    ///
    /// - Parameter use: tells streams of one step apart, as those of its samples.
    public static func batch(seed: UInt64, step: Int, use: UInt32 = 0) -> Philox {
        Philox(seed: seed, patient: step, stage: .batches, substream: use)
    }
}

/// Which samples the batch of a step holds: all in a random order, then all in another, and so on.
///
/// Batches go on from one round to the next, so that none is smaller and each sample comes equally often.
public struct SampleOrder: Sendable {
    /// Number of samples.
    public let count: Int
    /// Samples in a batch.
    public let batchSize: Int
    private let seed: UInt64
    /// Not one of those that `Philox.batch` is opened with for a step's samples.
    private static let use = UInt32.max

    /// Prepares batches of samples.
    ///
    /// - Throws: `CineError(.badData)` when there are too few samples for one batch.
    public init(count: Int, batchSize: Int, seed: UInt64) throws {
        guard batchSize >= 1, count >= batchSize else {
            throw CineError(
                .badData,
                """
                Training was expected to find at least \(max(1, batchSize)) samples, one batch, found \(count). \
                Choose a smaller batch, or generate more patients.
                """)
        }
        self.count = count
        self.batchSize = batchSize
        self.seed = seed
    }

    /// The samples of a step, counted from 0.
    ///
    /// - Cost: a permutation of all samples, some 20 ns for each.
    public func samples(at step: Int) -> [Int] {
        let first = step * batchSize
        let rounds = first / count...(first + batchSize - 1) / count
        let order = rounds.flatMap { permutation(ofRound: $0) }
        let start = first % count
        return Array(order[start..<start + batchSize])
    }

    private func permutation(ofRound round: Int) -> [Int] {
        var random = Philox.batch(seed: seed, step: round, use: Self.use)
        return random.permutation(count)
    }
}
