import Core

/// Smooth, zero-mean variation of a tissue's signal, a function of the material point: so it moves with the tissue.
///
/// A few plane waves of random direction whose phases are bent by one another; no table, no lattice to be seen.
///
/// - Units: mm in; unit variance out, within 10 %.
struct Texture: Sendable {
    fileprivate struct Wave: Sendable {
        var vector: Vector3
        var phase: Double
    }

    private let waves: [Wave]
    private let scale: Double

    /// Waves between a shortest and a longest wavelength in mm.
    init(seed: UInt64, shortestMM: Double = 5, longestMM: Double = 13, count: Int = 6) {
        var random = Philox(seed: seed, patient: 0, stage: .texture)
        waves = (0..<count).map { index in
            let t = Double(index) / Double(max(count - 1, 1))
            let wavelength = longestMM * (1 - t) + shortestMM * t
            let z = 2 * random.uniform() - 1
            let angle = 2 * Double.pi * random.uniform()
            let r = (1 - z * z).squareRoot()
            let direction = Vector3(r * Texture.cosine(angle), r * Texture.cosine(angle - .pi / 2), z)
            return Wave(vector: direction / wavelength, phase: random.uniform())
        }
        scale = (2 / Double(count)).squareRoot()
    }

    private static func cosine(_ angle: Double) -> Double { Wave.sine(angle / (2 * .pi) + 0.25) }

    /// A bound of the variation.
    var largest: Double { Double(waves.count) * scale }

    /// The variation at a material point.
    @inline(__always)
    func callAsFunction<L: Lane>(_ p: Point<L>) -> L {
        var sum = L(0)
        var bend = L(0)
        for wave in waves {
            let turns = p.x * L(wave.vector.x) + p.y * L(wave.vector.y) + p.z * L(wave.vector.z) + L(wave.phase)
            let value = Wave.sine(turns + bend)
            bend = value * L(0.28)
            sum = sum + value
        }
        return sum * L(scale)
    }
}

extension Texture.Wave {
    /// sin(2π t) to 1e-3, odd and periodic.
    @inline(__always)
    static func sine<L: Lane>(_ t: L) -> L {
        let f = L.fraction(t)
        let y = f * (L(8) - L(16) * L.magnitude(f))
        return y * (L(0.775) + L(0.225) * L.magnitude(y))
    }
}
