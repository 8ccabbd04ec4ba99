import Testing

@testable import Report

@Suite("Sampling sheet")
struct SamplingSheetTests {
    private static let matrix = 128

    /// A point, and half of it beside it at the same f and at the next.
    private func row(_ readouts: SamplingSheet.Readouts = .lines([0, 64])) -> SamplingSheet.Row {
        let matrix = Self.matrix
        var inPlane = [Float](repeating: 0, count: matrix * matrix)
        inPlane[64 * matrix + 64] = 1
        var inTime = [Float](repeating: 0, count: matrix * 4)
        inTime[64 * 4 + 2] = 1
        return SamplingSheet.Row(
            title: "lines", note: "none", readouts: readouts, places: [[0.001, 0.5], [0.001], [0.001], [0.999]],
            inPlane: inPlane, inTime: inTime)
    }

    /// The four pictures of the first scan: where they start.
    private func corner(_ column: Int) -> SIMD2<Int> { [14 + column * (Self.matrix + 8), 63 + 26] }

    @Test("Shows readouts, their times, and spreads where they lie")
    func content() {
        let picture = SamplingSheet(title: "x", matrix: Self.matrix, rows: [row()]).picture
        func color(_ column: Int, _ x: Int, _ y: Int) -> Color {
            picture[corner(column).x + x, corner(column).y + y]
        }
        let (first, other) = (Color(0xE69F00), Color(0x56B4E9))
        #expect(color(0, 5, 0) == first && color(0, 127, 64) == first && color(0, 5, 30) == Palette.tile)
        #expect(color(1, 0, 0) == first && color(1, 0, 64) == first && color(1, 40, 64) == Palette.tile)
        #expect(color(1, 32, 0) == other && color(1, 96, 127) == other && color(1, 96, 0) == Palette.tile)
        let (black, peak) = (ColorMap.magma.color(0), ColorMap.magma.color(1))
        #expect(color(2, 64, 64) == peak && color(2, 65, 64) == black && color(2, 64, 65) == black)
        #expect((64..<96).allSatisfy { color(3, $0, 64) == peak })
        #expect(color(3, 63, 64) == black && color(3, 96, 64) == black && color(3, 64, 63) == black)
    }

    @Test("A spoke through the centre crosses the plane, with k-space 0 between the middle pixels")
    func spoke() {
        let spoke = (-64...64).map { SIMD2<Float>(Float($0), 0) }
        let picture = SamplingSheet(title: "x", matrix: Self.matrix, rows: [row(.curves([spoke]))]).picture
        for x in [1, 63, 100, 126] {
            let (above, below) = (
                picture[corner(0).x + x, corner(0).y + 63], picture[corner(0).x + x, corner(0).y + 64]
            )
            #expect(above == below && above != Palette.tile)
            #expect(picture[corner(0).x + x, corner(0).y + 66] == Palette.tile)
        }
    }

    @Test("More than five scans go side by side, and each is drawn")
    func blocks() {
        func sheet(_ count: Int) -> Picture {
            SamplingSheet(title: "x", matrix: Self.matrix, rows: [SamplingSheet.Row](repeating: row(), count: count))
                .picture
        }
        let (five, six) = (sheet(5), sheet(6))
        #expect(six.width == 2 * five.width)
        #expect(sheet(1).height < sheet(2).height && six.height == sheet(3).height)
        let right = six.width / 2 + 14
        #expect(six[right + 5, corner(0).y] == Color(0xE69F00))
    }

    @Test("Colours brighten from end to end, and stay at the ends beyond")
    func colorMap() {
        func brightness(_ share: Float) -> Double {
            let color = ColorMap.magma.color(share)
            return 0.2126 * Double(color.red) + 0.7152 * Double(color.green) + 0.0722 * Double(color.blue)
        }
        for step in 0..<100 { #expect(brightness(Float(step) / 100) < brightness(Float(step + 1) / 100)) }
        #expect(ColorMap.magma.color(-1) == Color(0x000004) && ColorMap.magma.color(.nan) == Color(0x000004))
        #expect(ColorMap.magma.color(7) == Color(0xFCFDBF))
    }
}
