import Core
import Testing

@Suite("Words") struct WordsTests {
    @Test(
        "Numbers have six digits at most, whole ones all of theirs",
        arguments: [
            (0.1 + 0.2, "0.3"), (1.0 / 3, "0.333333"), (166, "166"), (10_000_000, "10000000"), (-2.5, "-2.5"),
            (1e-9, "1e-09"), (1.5e18, "1.5e+18"), (123_456.789, "123457"), (.nan, "nan"), (.infinity, "inf"),
        ])
    func numbers(value: Double, text: String) { #expect(Words.number(value) == text) }

    @Test("Single precision does not show its last digits") func single() { #expect(Words.number(Float(1.8)) == "1.8") }

    @Test("Sizes, amounts and times read as people write them")
    func others() {
        #expect(Words.size([68, 60]) == "68×60" && Words.size([1.8, 8.0]) == "1.8×8")
        #expect([0, 999, 1000, 297_400_000].map(Words.bytes) == ["0 B", "999 B", "1.0 kB", "297 MB"])
        #expect([2.1, 61, 3725].map(Words.duration) == ["3 s", "1:01 min", "1:02:05 h"])
        #expect([280_000, 15_500_000, 2.25e9].map(Words.large) == ["280 k", "15.5 M", "2.2 G"])
        #expect(Words.count(1, "file") == "1 file" && Words.count(0, "file") == "0 files")
    }
}
