import Foundation

/// One smooth pulse of flow, `x^rise·(1−x)^fall` on its duration, scaled to a volume of 1.
///
/// With both exponents above 1 the flow starts and ends with zero slope, so that a volume made of lobes is C².
///
/// - Units: ms.
/// - Error: `fraction` within 1e-13 of the regularised incomplete beta function; exactly 0 before and 1 after.
/// - Reference: continued fraction by Lentz, DLMF 8.17.22.
struct FlowLobe: Sendable {
    let startMS: Double
    let durationMS: Double
    private let rise: Double
    private let fall: Double
    private let scale: Double

    init(startMS: Double, durationMS: Double, rise: Double, fall: Double) {
        precondition(durationMS > 0 && rise > 1 && fall > 1, "a lobe needs a duration and exponents above 1")
        self.startMS = startMS
        self.durationMS = durationMS
        self.rise = rise
        self.fall = fall
        scale = tgamma(rise + fall + 2) / (tgamma(rise + 1) * tgamma(fall + 1))
    }

    /// Flow at a time: share of the volume per ms.
    func rate(atMS time: Double) -> Double {
        let x = (time - startMS) / durationMS
        guard x > 0, x < 1 else { return 0 }
        return scale * pow(x, rise) * pow(1 - x, fall) / durationMS
    }

    /// Share of the volume that has flowed by a time, 0 to 1.
    func fraction(atMS time: Double) -> Double {
        let x = (time - startMS) / durationMS
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        let a = rise + 1
        let b = fall + 1
        let front = scale * pow(x, a) * pow(1 - x, b)
        // The continued fraction converges fast below the mean; beyond it the symmetry is used.
        return x < (a + 1) / (a + b + 2)
            ? front / a * Self.continuedFraction(a, b, x) : 1 - front / b * Self.continuedFraction(b, a, 1 - x)
    }

    private static func continuedFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        var c = 1.0
        var d = 1 / (1 - (a + b) * x / (a + 1))
        var value = d
        for step in 1...60 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / (1 + even * d)
            c = 1 + even / c
            value *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / (1 + odd * d)
            c = 1 + odd / c
            value *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return value
    }
}

/// A value over one beat: where it starts, and the lobes that raise and lower it.
struct LobeCurve: Sendable {
    private let start: Double
    private let lobes: [(change: Double, lobe: FlowLobe)]

    /// Makes a curve; it is periodic when the changes sum to zero and all lobes end within the beat.
    init(start: Double, _ lobes: [(change: Double, lobe: FlowLobe)]) {
        self.start = start
        self.lobes = lobes
    }

    func value(atMS time: Double) -> Double {
        lobes.reduce(start) { $0 + $1.change * $1.lobe.fraction(atMS: time) }
    }

    func rate(atMS time: Double) -> Double {
        lobes.reduce(0) { $0 + $1.change * $1.lobe.rate(atMS: time) }
    }
}
