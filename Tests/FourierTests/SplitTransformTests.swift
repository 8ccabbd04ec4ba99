import Core
import Testing

@testable import Fourier

@Suite("A long row in parts")
struct SplitTransformTests {
    /// One part, two and three; 560 has no fast part and stays whole.
    @Test("Its frequencies are those of one transform", arguments: [240, 432, 480, 560, 576, 768])
    func agreesWithOneTransform(length: Int) throws {
        let split = try SplitTransform(length: length)
        let whole = try RowTransform(length: length)
        var draws = Philox(seed: 1, patient: 0, stage: .imageNoise)
        let (row, copy) = (ComplexBuffer(count: length), ComplexBuffer(count: length))
        for place in 0..<length {
            row.start[place] = ComplexFloat(Float(draws.uniform()) - 0.5, Float(draws.uniform()) - 0.5)
            copy.start[place] = row.start[place]
        }
        let (expected, found) = (ComplexBuffer(count: length), ComplexBuffer(count: length))
        whole.forward(row.start, into: expected.start)
        split.forward(copy.start, into: found.start)
        #expect(Set((0..<length).map(split.place)) == Set(0..<length))
        let difference = (0..<length).map {
            (found.start[split.place(of: $0)] - expected.start[$0]).length
        }.max()
        // Values of some √N / 2.4 ≈ 11, each with a few roundings of 6e-8.
        #expect(try #require(difference) < 1e-5)
    }

    @Test("Sizes for rows are multiples of 16, fast, and large enough")
    func sizes() {
        #expect([1, 16, 17, 176, 208, 224, 240].map(FastSize.twoPassMultipleOf16) == [16, 16, 32, 192, 240, 240, 240])
        #expect(FastSize.twoPassMultipleOf16(atLeast: 1025) == 1120)
        for size in 1...1024 {
            let fast = FastSize.twoPassMultipleOf16(atLeast: size)
            #expect(fast >= size && fast.isMultiple(of: 16) && FastSize.isTwoPass(fast))
        }
    }
}
