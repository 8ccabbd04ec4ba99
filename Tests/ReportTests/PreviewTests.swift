import Core
import Foundation
import Storage
import Testing

@testable import Report

@Suite("Previews")
struct PreviewTests {
    /// A ring that contracts, with labels, in a panel of that many rows.
    static func panel(_ title: String, height: Int = 64, spacingMM: SIMD2<Double> = [2, 2], frames: Int = 6) -> Panel {
        var images: [[Float]] = []
        var labels: [[UInt8]] = []
        for frame in 0..<frames {
            let squeeze = 1 - 0.25 * sin(Float(frame) / Float(frames) * .pi)
            var image: [Float] = []
            var map: [UInt8] = []
            for index in 0..<(64 * height) {
                let x = (Float(index % 64) - 31.5) * Float(spacingMM.x)
                let y = (Float(index / 64) - Float(height - 1) / 2) * Float(spacingMM.y)
                let radius = (x * x + y * y).squareRoot()
                let crescent = ((x + 34) * (x + 34) + y * y).squareRoot() < 34 * squeeze && radius > 34
                let label: UInt8 = radius < 22 * squeeze ? 1 : radius < 32 ? 2 : crescent ? 3 : 0
                map.append(label)
                image.append([0.25 + 0.002 * y, 0.9, 0.35, 0.8][Int(label)])
            }
            images.append(image)
            labels.append(map)
        }
        return Panel(title: title, width: 64, height: height, spacingMM: spacingMM, frames: images, labels: labels)
    }

    @Test("A panel keeps its physical proportions")
    func aspect() {
        let picture = Self.panel("a", height: 16, spacingMM: [2, 8]).picture(frame: 0, pixelsPerMM: 1.5)
        #expect(picture.width == 192 && picture.height == 192)
    }

    @Test("Outlines have the label's colour, and other labels are not drawn")
    func overlay() {
        var picture = Picture(width: 5, height: 5, fill: Color(0x000000))
        let map: [UInt8] = (0..<25).map { [6, 7, 8, 11, 12, 13, 16, 17, 18].contains($0) ? 1 : 24 }
        Overlay(fill: 0, outline: 1).draw(map, on: &picture)
        #expect(picture[1, 1] == Palette.color(label: 1) && picture[2, 2] == Color(0x000000))
        #expect(picture[0, 0] == Color(0x000000))
        let before = picture
        Overlay.none.draw(map, on: &picture)
        #expect(picture == before)
    }

    @Test("Previews are written whole, and twice the same")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let panels = [
            Self.panel("SAX 1"), Self.panel("2CH", height: 80), Self.panel("4CH", height: 20, spacingMM: [2, 6]),
        ]
        let preview = try Preview(title: "p000000", note: "NOR  EF 61%", panels: panels, tileSize: 160)
        for name in ["a", "b"] {
            try preview.writeMontage(edFrame: 0, esFrame: 3, to: folder.appendingPathComponent("\(name).png").path)
            try preview.writeAnimation(frameTimeMS: 33.3, to: folder.appendingPathComponent("\(name).apng").path)
        }
        for suffix in ["png", "apng"] {
            let first = try Data(contentsOf: folder.appendingPathComponent("a.\(suffix)"))
            #expect(try first == Data(contentsOf: folder.appendingPathComponent("b.\(suffix)")))
        }
        let still = try PNG.read(folder.appendingPathComponent("a.png").path)
        let moving = try PNG.read(folder.appendingPathComponent("a.apng").path)
        #expect(still.width == moving.width && still.height > moving.height)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
    }

    @Test("A row that is not full does not mix end diastole with end systole")
    func shortRows() throws {
        let panels = (1...7).map { Self.panel("SAX \($0)", frames: 2) }
        let preview = try Preview(title: "", panels: panels, tileSize: 40)
        let one = preview.picture(frame: 0)
        let both = preview.montage(of: [(0, "ED"), (1, "ES")])
        #expect(one.width == both.width && both.height > 2 * one.height - 20)
    }

    @Test("Focused on the heart, a stack is cut at one place, and what lies at the edge stays whole")
    func focus() throws {
        // The same ring in a stack, once shifted by 20 mm, as a bad breath-hold would do, and once without labels.
        let ring = Self.panel("SAX 1", height: 80)
        let shifted = Panel(
            title: "SAX 2", stack: "SAX", width: 64, height: 80, spacingMM: ring.spacingMM,
            frames: ring.frames.map { Array($0.dropFirst(10) + $0.prefix(10)) },
            labels: ring.labels.map { Array($0.dropFirst(10) + $0.prefix(10)) })
        var (first, empty) = (ring, ring)
        (first.stack, empty.stack) = ("SAX", "SAX")
        empty.labels = ring.labels.map { $0.map { _ in 0 } }
        let focused = try Preview(title: "", panels: [first, shifted, empty]).focused(on: 1...2, marginMM: 4)
        // The ring is 63 mm wide and strays by 20; four columns of margin in all.
        #expect(focused.panels.map(\.width) == [46, 46, 46] && focused.panels.map(\.height) == [46, 46, 46])
        for (before, after) in zip([first, shifted], focused.panels) {
            for frame in 0..<6 {
                for label in [UInt8(1), 2] {
                    #expect(after.labels[frame].count { $0 == label } == before.labels[frame].count { $0 == label })
                }
            }
        }
        func middle(_ panel: Panel) -> Int {
            panel.labels[0].indices.filter { panel.labels[0][$0] == 1 }.map { $0 % panel.width }.min() ?? 0
        }
        #expect(middle(focused.panels[0]) - middle(focused.panels[1]) == 10, "the shift still shows")
        let whole = try Preview(title: "", panels: [empty])
        #expect(whole.focused().panels[0].width == 64)
    }

    @Test("A palette keeps greys within half a step, and every label's colour")
    func colors() throws {
        var picture = Picture(width: 256, height: 11)
        for x in 0..<256 {
            picture[x, 0] = Color(grey: UInt8(x))
            for label in UInt8(1)...9 {
                guard let color = Palette.color(label: label) else { continue }
                picture[x, Int(label)] = Color(grey: UInt8(x)).mixed(with: color, alpha: Overlay.outlines.fill)
            }
        }
        picture[0, 10] = Palette.text
        var table = ColorTable(overlay: .outlines)
        let raster = table.raster(of: picture)
        func far(_ x: Int, _ y: Int) -> Int {
            let number = Int(raster.bytes[y * 256 + x])
            let found = raster.palette[(3 * number)..<(3 * number + 3)]
            let color = picture[x, y]
            return zip(found, [color.red, color.green, color.blue]).map { abs(Int($0) - Int($1)) }.max() ?? 0
        }
        // Half a step of 15 for greys; half a step of 20 and the size of a cell for others.
        #expect((0..<256).map { far($0, 0) }.max() ?? 255 <= 8)
        for label in 1...9 { #expect((0..<256).map { far($0, label) }.max() ?? 255 <= 14, "label \(label)") }
        #expect(far(0, 10) <= 2)
        #expect(table.raster(of: picture) == raster)
    }

    @Test("Panels with different numbers of frames are refused")
    func refusals() {
        #expect(throws: CineError.self) { try Preview(title: "", panels: []) }
        #expect(throws: CineError.self) {
            try Preview(title: "", panels: [Self.panel("a", frames: 2), Self.panel("b", frames: 3)])
        }
    }
}
