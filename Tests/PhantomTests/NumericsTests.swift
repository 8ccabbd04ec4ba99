import Core
import Foundation
import Testing

@testable import Phantom

@Suite("Building stones of the phantom") struct NumericsTests {
    @Test("Prolate coordinates give back the point, and K its spheroid")
    func prolate() {
        let d = 53.0
        for p in chestPoints(spacingMM: 23).map({ $0 * 0.6 }) {
            let at = Prolate(Point(p), focalMM: d)
            let radius = d * (at.sinh2 * at.s).squareRoot()
            let back = Vector3(radius * at.cosine, radius * at.sine, d * (1 + at.h) * at.q)
            #expect(length(back - p) < 1e-9 * d, "\(p)")
            #expect(abs(at.q * at.q + at.s - 1) < 1e-12 && abs(at.sinh2 - at.h * (at.h + 2)) < 1e-12 * (1 + at.sinh2))
            #expect(abs(Prolate.height(volume: at.volume, s: at.s) - at.h) < 1e-9)
        }
    }

    @Test("K is the volume: the spheroid's own, in closed form")
    func prolateVolume() {
        let (d, lambda) = (53.0, 0.481)
        let unit = Quadrature.gauss.reduce(0.0) { sum, node in
            sum + node.weight * Prolate<Double>.volume(h: cosh(lambda) - 1, s: 1 - node.node * node.node)
        }
        let spheroid = 4.0 / 3 * .pi * pow(d * sinh(lambda), 2) * d * cosh(lambda)
        // The focal segment has no volume: K from it to the spheroid is all there is.
        #expect(abs(unit * 2 * .pi * d * d * d / spheroid - 1) < 1e-12)
    }

    @Test(
        "A rational quadratic meets its ends and slopes, is monotone, and comes back",
        arguments: [(1.0, 1.0, 12.0), (0.5, 2, 12), (3, 0.2, 5), (1, 1, 25)])
    func rationalQuadratic(slope0: Double, slope1: Double, end: Double) {
        let map = RationalQuadratic(from: 2.0, 14, to: 1, 1 + end, slopes: slope0, slope1)
        #expect(abs(map.forward(2).value - 1) < 1e-12 && abs(map.forward(14).value - 1 - end) < 1e-12)
        #expect(abs(map.forward(2).slope - slope0) < 1e-12 && abs(map.forward(14).slope - slope1) < 1e-12)
        for step in 1..<400 {
            let x = 2 + 12 * Double(step) / 400
            let (value, slope) = map.forward(x)
            let difference = (map.forward(x + 1e-5).value - map.forward(x - 1e-5).value) / 2e-5
            #expect(slope > 0 && abs(difference - slope) < 1e-8)
            #expect(abs(map.inverse(value) - x) < 1e-10)
        }
    }

    @Test("A regional field takes its 17 values at the segments' centres, and its mean is the mean over the angle")
    func regionalField() {
        let values = (1...17).map { Double($0 * 5 % 17) }
        let field = RegionalField(segments: values)
        let ring = [270.0, 330, 30, 90, 150, 210]
        let levels = RegionalField.levels
        var centers: [(q: Double, degrees: Double)] = ring.map { (levels[0], $0) }
        centers += ring.map { (levels[1], $0) }
        centers += [270.0, 0, 90, 180].map { (levels[2], $0) }
        centers.append((levels[3], 77))
        for (value, center) in zip(values, centers) {
            let q = center.q
            let angle = center.degrees * .pi / 180
            #expect(abs(field(q: q, cosine: cos(angle), sine: sin(angle)) - value) < 1e-12)
        }
        for q in [-0.5, -0.1, 0.4, 0.9] {
            let mean = (0..<36).reduce(0.0) { sum, k in
                sum + field(q: q, cosine: cos(Double(k) * .pi / 18), sine: sin(Double(k) * .pi / 18)) / 36
            }
            #expect(abs(field.mean(q: q) - mean) < 1e-12)
        }
        #expect(
            field.uniformValue == nil && RegionalField(segments: [Double](repeating: 3, count: 17)).uniformValue == 3)
    }

    @Test("Texture has mean 0 and variance 1", arguments: [UInt64(1), 2, 3, 4])
    func texture(_ seed: UInt64) {
        let texture = Texture(seed: seed)
        let values = chestPoints(spacingMM: 5).map { texture(Point($0)) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        report("texture \(seed): mean \(mean), variance \(variance)")
        #expect(abs(mean) < 0.05 && abs(variance - 1) < 0.1)
    }
}
