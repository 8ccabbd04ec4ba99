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

    @Test("Panels with different numbers of frames are refused")
    func refusals() {
        #expect(throws: CineError.self) { try Preview(title: "", panels: []) }
        #expect(throws: CineError.self) {
            try Preview(title: "", panels: [Self.panel("a", frames: 2), Self.panel("b", frames: 3)])
        }
    }
}
