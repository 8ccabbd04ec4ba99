import Core

/// Spreads shares evenly over patients, so that a small cohort already has its population's means.
///
/// Of every 25 patients in a row, each share has one in each 25th of 0 to 1, in an order shuffled for each share (Latin
/// hypercube sampling): means of 200 patients vary several times less than those of independent draws, correlations
/// as much as those. A place follows from seed and number alone.
///
/// - Reference: McKay, Beckman, Conover 1979, doi:10.2307/1268522.
struct EvenSpread: Sendable {
    private static let blockSize = 25
    private let seed: UInt64
    private let block: Int
    private let place: Int

    /// The spread at a patient's number among those of its cohort, from 0.
    init(seed: UInt64, rank: Int) {
        self.seed = seed
        block = rank / Self.blockSize
        place = rank % Self.blockSize
    }

    /// Puts a share, uniform in 0 to 1, into the part of 0 to 1 that is this patient's.
    func callAsFunction(_ share: Double, index: Int) -> Double {
        // Numbers below 0 are no patient's: the streams of the blocks.
        var random = Philox(seed: seed, patient: -1 - block, stage: .cohort, substream: UInt32(index))
        return (Double(random.permutation(Self.blockSize)[place]) + share) / Double(Self.blockSize)
    }
}
