import ComplexModule
import Core
import Fourier
import Phantom

/// How a slice shines: what to paint of it, and how the fields mix what was painted into the image that the coils see.
///
/// In a perfect field that is one image, and nothing to mix. In an uneven one it is those of a `SignalBasis`, weighed at
/// each point by what the fields are there, and one each of arterial and venous blood, which inflow adds to.
/// - Convention: the fields stand still in the scanner, so they are those of the slice as planned, in its middle plane.
public struct SliceContrast: Sendable {
    /// What to paint.
    public let layers: [SampleLayer]
    private let mixture: Mixture?

    /// How painted images go together on one grid of N points.
    fileprivate struct Mixture: Sendable {
        let count: Int
        /// [K, N].
        let coefficients: [ComplexFloat]
        /// What fresh blood adds to its image, [2, N].
        let fresh: [ComplexFloat]
        let inflow: BloodInflow
        let curves: ChamberCurves
    }

    /// Prepares the contrast of one slice.
    ///
    /// - Parameters:
    ///   - cine: sequence and slice profile.
    ///   - view: the view that the slice belongs to.
    ///   - tissues: relaxation and chemical shift of each tissue at the field strength.
    ///   - field: the patient's fields; nil for perfect ones.
    ///   - grid: where the slice is painted, as planned.
    ///   - threads: threads that work at a time; the result is the same.
    /// - Cost: with a field 0.5 µs a point and some 0.2 s; 8 bytes a point for each painted image.
    public init(
        _ cine: CineProtocol, view: View, tissues: [Tissue: Relaxation], field: PatientField?, grid: Grid, threads: Int
    ) {
        let plain = cine.layers(view, tissues: tissues)
        guard let field else {
            layers = plain
            mixture = nil
            return
        }
        let hertz = field.offResonanceHz(on: grid, threads: threads)
        let transmit = field.transmit(on: grid, threads: threads)
        let basis = SignalBasis(
            cine.profile, steadyState: cine.steadyState, tissues: tissues,
            thicknessMM: cine.thicknessMM(of: view), spacingMM: cine.layerSpacingMM,
            offResonanceHz: Self.range(hertz), transmit: Self.range(transmit), threads: threads)
        let inflow = BloodInflow(field.settings, cine: cine, view: view)
        layers = plain.enumerated().map { sheet, layer in
            let blood = BloodInflow.tissues.map { kind in
                layer.signal.enumerated().map { $0 == Int(kind.rawValue) ? $1 : 0 }
            }
            return SampleLayer(offsetMM: layer.offsetMM, signals: basis.signals(inSheet: sheet) + blood)
        }
        let fresh = BloodInflow.tissues.map { kind in
            Workers.map(grid.count, threads: threads) { point in
                guard let blood = tissues[kind] else { return ComplexFloat.zero }
                return ComplexFloat(
                    inflow.excess(blood, offResonanceHz: Double(hertz[point]), transmit: Double(transmit[point])))
            }
        }
        mixture = Mixture(
            count: grid.count,
            coefficients: basis.coefficients(offResonanceHz: hertz, transmit: transmit, threads: threads),
            fresh: fresh.flatMap(\.self), inflow: inflow, curves: field.curves)
    }

    private static func range(_ values: [Float]) -> ClosedRange<Double> {
        let (low, high) = values.reduce((Float.infinity, -Float.infinity)) { (min($0.0, $1), max($0.1, $1)) }
        return Double(low)...Double(high)
    }

    /// Images that are painted at once.
    public var painted: Int { layers[0].signals.count }

    /// What the coils see of painted images.
    ///
    /// - Parameter painted: [T, K, N], as `Patient.render` paints `layers`.
    /// - Parameter phases: phase of the mean beat of each of the T moments.
    func mixed(_ painted: [Float], phases: [Double], threads: Int) -> SliceImages {
        guard let mixture else { return SliceImages(real: painted) }
        let (count, images) = (mixture.count, self.painted)
        precondition(
            painted.count == phases.count * images * count, "\(images) images for each of \(phases.count) moments")
        var real = [Float](repeating: 0, count: phases.count * count)
        var imaginary = real
        real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                let (real, imaginary) = (SharedBuffer(real), SharedBuffer(imaginary))
                Workers.forEach(phases.count, threads: threads) { moment in
                    let first = moment * images * count
                    mixture.add(
                        painted[first..<first + images * count], phase: phases[moment],
                        real: real.start + moment * count, imaginary: imaginary.start + moment * count)
                }
            }
        }
        return SliceImages(real: real, imaginary: imaginary)
    }
}

extension SliceContrast.Mixture {
    /// Adds the images of one moment.
    fileprivate func add(
        _ painted: ArraySlice<Float>, phase: Double, real: UnsafeMutablePointer<Float>,
        imaginary: UnsafeMutablePointer<Float>
    ) {
        let shares = inflow.freshShares(curves, phase: phase)
        painted.withUnsafeBufferPointer { painted in
            func add(_ image: Int, _ weights: ArraySlice<ComplexFloat>, _ scale: Float) {
                weights.withUnsafeBufferPointer { weights in
                    for point in 0..<count {
                        let value = painted[image * count + point] * scale
                        real[point] += value * weights[point].real
                        imaginary[point] += value * weights[point].imaginary
                    }
                }
            }
            let rank = coefficients.count / count
            for k in 0..<rank { add(k, coefficients[k * count..<(k + 1) * count], 1) }
            for (kind, share) in shares.enumerated() where share > 0 {
                add(rank + kind, fresh[kind * count..<(kind + 1) * count], Float(share))
            }
        }
    }
}
