import Foundation

/// Philox4x32-10: a counter-based generator, so that a draw depends on its key and place alone.
///
/// A stream is keyed by (seed, patient, stage); its counter is the draw. Neither threads, nor order, nor the
/// other patients can change a value.
///
/// - Reference: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405.
public struct Philox: RandomNumberGenerator, Sendable {
    private let key: SIMD2<UInt32>
    private var counter: SIMD4<UInt32>
    private var block = SIMD4<UInt32>()
    private var used = 4

    /// What a stream is for.
    ///
    /// The raw values enter every patient's bytes: never renumber them.
    public enum Stage: UInt32, Sendable {
        /// Parameters drawn from the cohort.
        case cohort = 1
        /// Beat-to-beat variation.
        case rhythm = 2
        /// Breath-hold positions.
        case breathHold = 3
        /// Thermal noise of the images.
        case imageNoise = 4
        /// Material texture.
        case texture = 5
        /// Which patients go to which split, and other choices of the recipe.
        case recipe = 6
        /// Slice planning.
        case planning = 7
        /// Thermal noise of the receive channels.
        case coilNoise = 8
        /// Off-resonance and transmit field.
        case field = 9
        /// Which lines of k-space a slice reads.
        case sampling = 10
        /// Triggers of the scanner, and breathing while it scans.
        case gating = 11
        /// Batches of training: which samples, masks and augmentation; the step takes the patient's place.
        case batches = 12
        /// The tensor engine's own draws, as dropout's; the step takes the patient's place.
        case engine = 13
        /// Resamples of patients, for intervals of scores.
        case bootstrap = 14
    }

    /// Opens the stream of a patient's stage.
    public init(seed: UInt64, patient: Int, stage: Stage, substream: UInt32 = 0) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        counter = SIMD4(0, substream, stage.rawValue, UInt32(truncatingIfNeeded: patient))
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        if used == 4 {
            block = Philox.block(counter: counter, key: key)
            counter.x &+= 1
            used = 0
        }
        defer { used += 2 }
        return UInt64(block[used]) | UInt64(block[used + 1]) << 32
    }

    /// The next sixteen values of `next`, eight blocks at a time.
    ///
    /// - Precondition: an even number of values has been taken.
    public mutating func nextSixteen() -> SIMD16<UInt64> {
        precondition(used == 4, "sixteen values start with a block")
        let steps = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7)
        var c0 = steps &+ counter.x
        var c1 = SIMD8<UInt32>(repeating: counter.y)
        var c2 = SIMD8<UInt32>(repeating: counter.z)
        var c3 = SIMD8<UInt32>(repeating: counter.w)
        counter.x &+= 8
        var k = key
        for _ in 0..<10 {
            let product0 = SIMD8<UInt64>(truncatingIfNeeded: c0) &* 0xD251_1F53
            let product1 = SIMD8<UInt64>(truncatingIfNeeded: c2) &* 0xCD9E_8D57
            c0 = SIMD8<UInt32>(truncatingIfNeeded: product1 &>> 32) ^ c1 ^ k.x
            c2 = SIMD8<UInt32>(truncatingIfNeeded: product0 &>> 32) ^ c3 ^ k.y
            c1 = SIMD8<UInt32>(truncatingIfNeeded: product1)
            c3 = SIMD8<UInt32>(truncatingIfNeeded: product0)
            k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        func pair(_ low: SIMD8<UInt32>, _ high: SIMD8<UInt32>) -> SIMD8<UInt64> {
            SIMD8<UInt64>(truncatingIfNeeded: low) | SIMD8<UInt64>(truncatingIfNeeded: high) &<< 32
        }
        var result = SIMD16<UInt64>()
        result.evenHalf = pair(c0, c1)
        result.oddHalf = pair(c2, c3)
        return result
    }

    /// Uniform in [0, 1), with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Standard normal (Box-Muller, one of the pair: two draws a value keeps every place fixed).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// 0 ..< count in a random order; one draw for each but the first.
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in order.indices.dropFirst().reversed() {
            order.swapAt(last, Int(uniform() * Double(last + 1)))
        }
        return order
    }

    /// Ten rounds on one counter.
    static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let (high0, low0) = multiplyWide(0xD251_1F53, c.x)
            let (high1, low1) = multiplyWide(0xCD9E_8D57, c.z)
            c = SIMD4(high1 ^ c.y ^ k.x, low1, high0 ^ c.w ^ k.y, low0)
            k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return c
    }

    private static func multiplyWide(_ a: UInt32, _ b: UInt32) -> (high: UInt32, low: UInt32) {
        let product = UInt64(a) * UInt64(b)
        return (UInt32(truncatingIfNeeded: product >> 32), UInt32(truncatingIfNeeded: product))
    }
}
