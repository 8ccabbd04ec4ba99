import Core

/// A stream of pairs of normal deviates, sixteen pairs at a time: what noise is made of.
///
/// - Error: normal to 1e-6 in value, up to 5.6 standard deviations (23 bits a draw). Only basic arithmetic, so that
///   the same bits come out of every machine.
/// - Cost: 20 ns a pair.
struct NormalPairs {
    private var draws: Philox

    /// Takes one draw per pair.
    init(_ draws: Philox) { self.draws = draws }

    /// The place of an image or of its k-space in random streams.
    static func stream(view: View, slice: Int, frame: Int) -> UInt32 {
        precondition(slice < 1 << 12 && frame < 1 << 16, "slice \(slice), frame \(frame): beyond 4096, 65536")
        return view.stream << 28 | UInt32(slice) << 16 | UInt32(frame)
    }

    /// The next sixteen pairs, with a standard deviation.
    mutating func next(_ deviation: Float) -> (Lanes, Lanes) {
        let bits = draws.nextSixteen()
        let (x, y) = Self.normals(
            SIMD16<UInt32>(truncatingIfNeeded: bits), SIMD16<UInt32>(truncatingIfNeeded: bits &>> 32))
        return (x * deviation, y * deviation)
    }

    /// Sixteen pairs of standard normals from random bits (Box and Muller 1958).
    static func normals(_ radial: SIMD16<UInt32>, _ angular: SIMD16<UInt32>) -> (Lanes, Lanes) {
        // 23 random bits make a float in [1, 2); 2 minus it is uniform in (0, 1].
        let uniform = 2 - Lanes(bits: 0x3F80_0000 | radial &>> 9)
        let radius = (logarithm(uniform) * -2).squareRooted
        // Two bits choose the quadrant, 23 more the angle within ±π/4.
        let angle = (Lanes(bits: 0x3F80_0000 | (angular &<< 2) &>> 9) - 1.5) * (Float.pi / 2)
        let square = angle * angle
        let sine = ((-1.9515296e-4 * square + 8.332161e-3) * square - 0.16666655) * square * angle + angle
        let tail = ((2.4433157e-5 * square - 1.3887316e-3) * square + 4.1666646e-2) * square * square
        let cosine = tail - 0.5 * square + 1
        let quadrant = angular &>> 30
        let swaps = (quadrant & 1) .== 1
        let sign = (quadrant & 2) &<< 30
        let x = cosine.replacing(with: -sine, where: swaps)
        let y = sine.replacing(with: cosine, where: swaps)
        return (radius * Lanes(bits: x.bits ^ sign), radius * Lanes(bits: y.bits ^ sign))
    }

    /// Natural logarithm of numbers in (0, 1], to 1e-7 (polynomial of the Cephes library).
    static func logarithm(_ x: Lanes) -> Lanes {
        let bits = x.bits
        // The biased exponent as a float, by writing it into the mantissa of 2²³.
        var exponent = Lanes(bits: 0x4B00_0000 | bits &>> 23) - (8_388_608 + 127)
        var mantissa = Lanes(bits: bits & 0x007F_FFFF | 0x3F80_0000)
        let large = mantissa .> Float(2).squareRoot()
        mantissa.replace(with: mantissa * 0.5, where: large)
        exponent.replace(with: exponent + 1, where: large)
        let t = mantissa - 1
        var p = Lanes(repeating: 7.0376836e-2)
        for coefficient: Float in [
            -0.11514610, 0.11676998, -0.12420141, 0.14249323, -0.16668057, 0.20000714, -0.24999994, 0.33333331,
        ] {
            p = p * t + coefficient
        }
        let square = t * t
        // ln 2 in two parts, so that the large part times the exponent is exact.
        let small = p * t * square - square * 0.5 + exponent * -2.1219444e-4
        return exponent * 0.69335938 + (t + small)
    }
}

extension SIMD16<Float> {
    /// The floats with these bit patterns.
    fileprivate init(bits: SIMD16<UInt32>) { self = unsafeBitCast(bits, to: SIMD16<Float>.self) }
    /// The bit patterns.
    fileprivate var bits: SIMD16<UInt32> { unsafeBitCast(self, to: SIMD16<UInt32>.self) }
}
