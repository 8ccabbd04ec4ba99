import Core
import Foundation
import Storage
import Testing

@testable import Report

@Suite("Pictures")
struct PictureTests {
    @Test("What is drawn outside is cut off")
    func clipping() {
        var picture = Picture(width: 8, height: 6, fill: Color(0x000000))
        picture.fill(x: -5, y: -5, width: 7, height: 6, Color(0xFFFFFF))
        picture.fill(x: 20, y: 2, width: 5, height: 5, Color(0xFF0000))
        picture.fill(x: 2, y: 20, width: 5, height: 5, Color(0xFF0000))
        picture.draw(Picture(width: 4, height: 4, fill: Color(0x00FF00)), x: 6, y: 4)
        picture.draw(Picture(width: 4, height: 4, fill: Color(0x0000FF)), x: -3, y: 3)
        picture.draw(Picture(width: 4, height: 4), x: 100, y: -100)
        picture.line(from: [-50, 2], to: [-20, 90], thickness: 3, Color(0xFF0000))
        #expect(picture[0, 0] == Color(0xFFFFFF) && picture[1, 0] == Color(0xFFFFFF))
        #expect(picture[2, 0] == Color(0x000000) && picture[0, 1] == Color(0x000000))
        #expect(picture[7, 5] == Color(0x00FF00) && picture[5, 5] == Color(0x000000))
        #expect(picture[0, 3] == Color(0x0000FF) && picture[1, 3] == Color(0x000000))
    }

    @Test("A line covers its thickness")
    func lines() {
        var picture = Picture(width: 30, height: 30, fill: Color(0x000000))
        picture.line(from: [5, 15], to: [25, 15], thickness: 3, Color(0xFFFFFF))
        let column = (0..<30).reduce(0) { $0 + Int(picture[15, $1].red) }
        #expect(column == 3 * 255)
        #expect(picture[2, 15] == Color(0x000000) && picture[25, 15] == Color(0xFFFFFF))
    }

    @Test("Every character of captions has strokes of its own, and an unknown one is a box")
    func characters() {
        let set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:%/-+()=_"
        var seen: [Picture: Character] = [:]
        for character in set + "~" {
            var picture = Picture(width: 12, height: 14)
            Text.draw(String(character), on: &picture, x: 2, y: 2, size: 7)
            #expect(picture != Picture(width: 12, height: 14), "\(character) is empty")
            #expect(seen[picture] == nil, "\(character) looks like \(seen[picture] ?? " ")")
            seen[picture] = character
        }
        #expect(Text.width("ABC", size: 7) == 17 && Text.width("", size: 7) == 0)
    }

    @Test("Labels of the canonical map have colours of their own; background has none")
    func palette() {
        let labels = Array(UInt8(1)...9) + Array(16...27)
        #expect(Set(labels.compactMap { Palette.color(label: $0) }).count == labels.count)
        #expect(Palette.color(label: 0) == nil)
    }
}

@Suite("Resampling")
struct ResamplingTests {
    /// Both kernels sum to one and reproduce a straight line, away from the edges where it is cut off.
    @Test(
        "Constants and slopes keep their values", arguments: [Interpolation.linear, .cubic],
        [(20, 60), (20, 47), (60, 20), (20, 20)])
    func polynomials(interpolation: Interpolation, size: (Int, Int)) {
        let (old, new) = size
        let slope = (0..<(old * old)).map { Float($0 % old) * 2 + Float($0 / old) }
        let result = resample(slope, width: old, height: old, toWidth: new, toHeight: new, by: interpolation)
        let ratio = Float(old) / Float(new)
        let edge = Int((3 * max(1, ratio) / ratio).rounded(.up))
        for y in edge..<(new - edge) {
            for x in edge..<(new - edge) {
                let expected = ((Float(x) + 0.5) * ratio - 0.5) * 2 + (Float(y) + 0.5) * ratio - 0.5
                #expect(abs(result[y * new + x] - expected) < 1e-3)
            }
        }
        let constant = resample(
            [Float](repeating: 3, count: 35), width: 7, height: 5, toWidth: new, toHeight: 9, by: interpolation)
        #expect(constant.allSatisfy { abs($0 - 3) < 1e-5 })
    }

    @Test("The same size changes nothing")
    func identity() {
        let values = (0..<35).map { sin(Float($0)) }
        #expect(resample(values, width: 7, height: 5, toWidth: 7, toHeight: 5) == values)
        let labels = (0..<35).map { UInt8($0 % 4) }
        #expect(resample(labels: labels, width: 7, height: 5, toWidth: 7, toHeight: 5) == labels)
    }

    @Test("Labels keep their areas and no label is made up")
    func labels() {
        let map = (0..<400).map {
            UInt8(($0 % 20 - 10) * ($0 % 20 - 10) + ($0 / 20 - 10) * ($0 / 20 - 10) < 49 ? 2 : 9)
        }
        let large = resample(labels: map, width: 20, height: 20, toWidth: 100, toHeight: 100)
        #expect(Set(large) == [2, 9])
        let before = map.count { $0 == 2 } * 25
        // The outline of 40 pixels' length moves by less than a tenth of a pixel.
        #expect(abs(large.count { $0 == 2 } - before) < before / 25)
    }
}

@Suite("Windows")
struct WindowTests {
    @Test("A window maps its ends to black and white and survives what is not a number")
    func mapping() {
        let window = Window(level: 50, width: 100)
        #expect(window == Window(low: 0, high: 100))
        #expect([-5, 0, 50, 100, 500].map { window.grey($0) } == [0, 0, 128, 255, 255])
        #expect(window.grey(.nan) == 0 && window.grey(.infinity) == 255)
        #expect(Window(low: 3, high: 3).grey(4) == 255)
    }

    @Test("A fitted window leaves out half a percent at either end")
    func fitting() {
        let window = Window(fitting: [(0..<1000).map { Float($0) }, [.nan, .infinity]])
        #expect(abs(window.low - 5) <= 1 && abs(window.high - 994) <= 1)
        #expect(Window(fitting: [[7, 7, 7]]) == Window(low: 7, high: 8))
        #expect(Window(fitting: []) == Window(low: 0, high: 1))
        // One bright pixel in an empty image still shows.
        #expect(Window(fitting: [[Float](repeating: 0, count: 1000) + [9]]) == Window(low: 0, high: 9))
    }
}
