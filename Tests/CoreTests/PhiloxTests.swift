import Testing

@testable import Core

@Suite("Philox") struct PhiloxTests {
    /// The known answers of Random123 1.09 (kat_vectors, philox4x32-10): counter, key, result.
    static let knownAnswers: [(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, result: SIMD4<UInt32>)] = [
        (
            SIMD4(repeating: 0), SIMD2(repeating: 0), SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)
        ),
        (
            SIMD4(repeating: .max), SIMD2(repeating: .max),
            SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
        ),
        (
            SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), SIMD2(0xA409_3822, 0x299F_31D0),
            SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
        ),
    ]

    @Test("Ten rounds give the published known answers", arguments: knownAnswers.indices)
    func knownAnswer(_ index: Int) {
        let known = Self.knownAnswers[index]
        #expect(Philox.block(counter: known.counter, key: known.key) == known.result)
    }

    @Test("Streams of other seeds, patients, stages and substreams differ; the same stream repeats")
    func streamsDiffer() {
        func first(_ seed: UInt64, _ patient: Int, _ stage: Philox.Stage, _ substream: UInt32) -> UInt64 {
            var random = Philox(seed: seed, patient: patient, stage: stage, substream: substream)
            return random.next()
        }
        let values = [
            first(1, 0, .cohort, 0), first(2, 0, .cohort, 0), first(1 << 32, 0, .cohort, 0), first(1, 1, .cohort, 0),
            first(1, 0, .rhythm, 0), first(1, 0, .cohort, 1),
        ]
        #expect(Set(values).count == values.count)
        #expect(first(1, 0, .cohort, 0) == values[0])
    }

    @Test("Sixteen values at a time are the same as one after the other")
    func sixteen() {
        var one = Philox(seed: 0x1234_5678_9ABC, patient: 3, stage: .imageNoise, substream: 7)
        var many = one
        for _ in 0..<20 {
            let values = many.nextSixteen()
            for lane in 0..<16 { #expect(values[lane] == one.next()) }
        }
        #expect(many.next() == one.next())
    }

    @Test("Uniform values have mean 1/2 and variance 1/12, normal values 0 and 1")
    func moments() {
        var random = Philox(seed: 9, patient: 0, stage: .recipe)
        let count = 100_000
        let uniform = (0..<count).map { _ in random.uniform() }
        let normal = (0..<count).map { _ in random.normal() }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(count) }
        func variance(_ values: [Double]) -> Double {
            let center = mean(values)
            return mean(values.map { ($0 - center) * ($0 - center) })
        }
        // Five standard errors of each estimate.
        #expect(uniform.allSatisfy { (0..<1).contains($0) })
        #expect(abs(mean(uniform) - 0.5) < 0.0046)
        #expect(abs(variance(uniform) - 1.0 / 12) < 0.0012)
        #expect(abs(mean(normal)) < 0.016)
        #expect(abs(variance(normal) - 1) < 0.023)
    }

    @Test("A permutation holds each number once, and each is as often at each place")
    func permutations() {
        var random = Philox(seed: 1, patient: 0, stage: .recipe)
        #expect(random.permutation(0).isEmpty && random.permutation(1) == [0])
        var counts = [[Int]](repeating: [0, 0, 0, 0], count: 4)
        for _ in 0..<4000 {
            let order = random.permutation(4)
            #expect(order.sorted() == [0, 1, 2, 3])
            for (place, number) in order.enumerated() { counts[place][number] += 1 }
        }
        // Expected 1000 each, with a standard deviation of 27; five of them.
        #expect(counts.joined().allSatisfy { abs($0 - 1000) < 137 })
    }
}
