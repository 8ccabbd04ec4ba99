import Core
import Foundation

/// A smooth function on the LV wall that takes given values on the 17 AHA segments.
///
/// Around the axis it is a Fourier series through the segments' centres, along the axis smooth steps between the
/// levels; at the apex it does not depend on the angle.
///
/// - Reference: Cerqueira et al. 2002, doi:10.1161/hc0402.102975 (segments).
struct RegionalField: Sendable {
    /// cosμ at the centres of the basal, mid and apical rings, and at the apex.
    private static let basal = -0.28
    private static let mid = 0.22
    private static let apical = 0.70
    private static let apex = 1.0

    /// The same from base to apex: where the field has kinks.
    static let levels = [basal, mid, apical, apex]

    /// Coefficients of 1, cosθ, sinθ, cos2θ, sin2θ, sin3θ (the last two places unused) from base to apex.
    private let basalRing: SIMD8<Double>
    private let midRing: SIMD8<Double>
    private let apicalRing: SIMD8<Double>
    private let apexCap: SIMD8<Double>
    /// The value of all segments when they share one.
    let uniformValue: Double?

    /// The field through 17 values; θ = 0 is mid-septum, 90° inferior, 180° lateral, 270° anterior.
    init(segments v: [Double]) {
        precondition(v.count == 17, "a value per AHA segment, got \(v.count)")
        let ring = [270.0, 330, 30, 90, 150, 210]
        basalRing = RegionalField.series(Array(v[0..<6]), degrees: ring)
        midRing = RegionalField.series(Array(v[6..<12]), degrees: ring)
        apicalRing = RegionalField.series(Array(v[12..<16]), degrees: [270, 0, 90, 180])
        apexCap = [v[16], 0, 0, 0, 0, 0, 0, 0]
        uniformValue = v.allSatisfy { $0 == v[0] } ? v[0] : nil
    }

    /// Fourier coefficients of equally spaced samples.
    private static func series(_ values: [Double], degrees: [Double]) -> SIMD8<Double> {
        func project(_ basis: (Double) -> Double, weight: Double) -> Double {
            zip(values, degrees).reduce(0) { $0 + $1.0 * basis($1.1 * .pi / 180) } * weight / Double(values.count)
        }
        let isFine = values.count == 6
        return [
            project({ _ in 1 }, weight: 1), project({ cos($0) }, weight: 2), project({ sin($0) }, weight: 2),
            project({ cos(2 * $0) }, weight: isFine ? 2 : 1), isFine ? project({ sin(2 * $0) }, weight: 2) : 0,
            isFine ? project({ sin(3 * $0) }, weight: 1) : 0, 0, 0,
        ]
    }

    /// Value at cosμ and an angle.
    @inline(__always)
    func callAsFunction<L: Lane>(q: L, cosine c: L, sine s: L) -> L {
        let (w0, w1, w2, w3) = weights(q)
        let c2 = c * c - s * s
        let s2 = L(2) * c * s
        let s3 = s * (L(3) - L(4) * s * s)
        @inline(__always) func ring(_ k: SIMD8<Double>) -> L {
            let slow = L(k[0]) + L(k[1]) * c + L(k[2]) * s
            return slow + L(k[3]) * c2 + L(k[4]) * s2 + L(k[5]) * s3
        }
        return w0 * ring(basalRing) + w1 * ring(midRing) + w2 * ring(apicalRing) + w3 * L(apexCap[0])
    }

    /// Mean over the angle at cosμ.
    @inline(__always)
    func mean<L: Lane>(q: L) -> L {
        let (w0, w1, w2, w3) = weights(q)
        return w0 * L(basalRing[0]) + w1 * L(midRing[0]) + w2 * L(apicalRing[0]) + w3 * L(apexCap[0])
    }

    @inline(__always)
    private func weights<L: Lane>(_ q: L) -> (L, L, L, L) {
        let one = L.smoothStep(q, from: RegionalField.basal, to: RegionalField.mid)
        let two = L.smoothStep(q, from: RegionalField.mid, to: RegionalField.apical)
        let three = L.smoothStep(q, from: RegionalField.apical, to: RegionalField.apex)
        return (L(1) - one, one - two, two - three, three)
    }
}

extension RegionalField {
    /// The field times a factor.
    func scaled(by factor: Double) -> RegionalField { RegionalField(self, factor: factor) }

    private init(_ other: RegionalField, factor: Double) {
        basalRing = other.basalRing * factor
        midRing = other.midRing * factor
        apicalRing = other.apicalRing * factor
        apexCap = other.apexCap * factor
        uniformValue = other.uniformValue.map { $0 * factor }
    }

    /// Smallest and largest value, on a fine raster of the wall and 1 % beyond.
    var extremes: (low: Double, high: Double) {
        var (low, high) = (Double.infinity, -Double.infinity)
        for step in 0...60 {
            let q = VentricleShape.base + (1 - VentricleShape.base) * Double(step) / 60
            for turn in 0..<72 {
                let angle = Double(turn) * .pi / 36
                let value = self(q: q, cosine: cos(angle), sine: sin(angle))
                (low, high) = (min(low, value), max(high, value))
            }
        }
        let margin = 0.01 * (high - low)
        return (low - margin, high + margin)
    }
}
