import Core
import Foundation
import Fourier
import Phantom

/// Signals that depend on the place, as a short sum of signals that do not: what lets the renderer, which knows a
/// signal per tissue and sheet, show off-resonance and an uneven transmitted field.
///
/// signal[sheet, tissue](Δf, b) ≈ Σ_k c_k(Δf, b) u_k[sheet, tissue], so that the image is Σ_k c_k(Δf(r), b(r)) times
/// the rendering of u_k at r. The u_k are real, hence one rendering each; the c_k are complex.
/// - Units: Δf, the off-resonance of water, in Hz; b, the transmitted field relative to nominal; signals as
///   `SliceProfile.layers`.
/// - Convention: positive real on resonance. Off-resonance beyond the range is brought back by whole 1/TR, which only
///   turns the phase, so a range of 1/TR serves all; what is still outside counts as the end of its range.
/// - Error: `tolerance` of the root mean square over tissues, sheets and ranges; of images less, as their tissues and
///   sheets add up (a chest at 1.5 T by default: below 1e-3 of the whole, 16 to 18 renderings). The table's nodes lie 1 Hz
///   and 0.05 apart, with cubics between, which rounds the darkest line of blood's bands.
/// - Cost: 0.1 to 0.4 s to make; 40 ns per k and point to use.
public struct SignalBasis: Sendable {
    /// Number of renderings.
    public var rank: Int { axes.count }

    private let axes: [[Double]]
    private let tissues: [Tissue]
    private let sheets: SliceSheets
    private let thicknessMM: Double
    private let table: Table
    /// Hz between repetitions of the signal, and the turn of the phase from one to the next.
    private let periodHz: Double
    private let turn: Double

    /// Coefficients at the nodes of a lattice, [b, Δf, k].
    private struct Table: Sendable {
        var low: SIMD2<Double>
        var step: SIMD2<Double>
        var count: SIMD2<Int>
        var values: [ComplexFloat] = []

        func node(_ place: Int) -> SIMD2<Double> {
            low + step * SIMD2(Double(place % count.x), Double(place / count.x))
        }
    }

    /// Finds the basis.
    ///
    /// - Parameters:
    ///   - profile: how a slice weighs what lies along its normal.
    ///   - steadyState: sequence at the nominal flip angle.
    ///   - tissues: relaxation and chemical shift of each tissue; one that is missing is black.
    ///   - thicknessMM: thickness of the slice.
    ///   - spacingMM: largest distance between sheets.
    ///   - cutoff: share of the brightest signal below which the profile counts as ended.
    ///   - offResonanceHz: range of the off-resonance of water.
    ///   - transmit: range of the transmitted field relative to nominal.
    ///   - tolerance: relative error.
    ///   - threads: threads that work at a time; the result is the same.
    public init(
        _ profile: SliceProfile, steadyState: BalancedSteadyState, tissues: [Tissue: Relaxation], thicknessMM: Double,
        spacingMM: Double = 1, cutoff: Double = 0.01, offResonanceHz: ClosedRange<Double>,
        transmit: ClosedRange<Double>, tolerance: Double = 4e-3, threads: Int = 1
    ) {
        let present = Tissue.allCases.filter { tissues[$0] != nil }
        let response = SliceResponse(profile, steadyState: steadyState, tissues: present.compactMap { tissues[$0] })
        let sheets = response.sheets(thicknessMM: thicknessMM, spacingMM: spacingMM, cutoff: cutoff)
        let period = 1000 / steadyState.trMS
        let table = Self.lattice(offResonanceHz, transmit, period: period)

        // One column of signals per node; sheets beside the middle one stand for two.
        let columns = Workers.map(table.count.y, threads: threads) { row in
            let signals = SliceSignals(response, sheets: sheets, transmit: table.node(row * table.count.x).y)
            return (0..<table.count.x).map { signals(table.node(row * table.count.x + $0).x) }
        }.flatMap(\.self)
        let count = (sheets.half + 1) * present.count
        let roots = (0..<count).map { $0 < present.count ? 1 : 2.0.squareRoot() }
        let rows = (0..<count).map { i in
            columns.flatMap { [Float($0[i].real * roots[i]), Float($0[i].imaginary * roots[i])] }
        }
        let gram = Workers.map(count, threads: threads) { i in
            (0..<count).map { Self.product(rows[i], rows[$0]) }
        }.flatMap(\.self)
        let found = PrincipalAxes(gram: gram, count: count, tolerance: tolerance).axes
        self.table = Table(
            low: table.low, step: table.step, count: table.count,
            values: columns.flatMap { column in
                found.map { axis in
                    var sum = ComplexDouble.zero
                    for i in 0..<count { sum += column[i].multiplied(by: axis[i] * roots[i]) }
                    return ComplexFloat(Float(sum.real), Float(sum.imaginary))
                }
            })
        axes = found.map { axis in zip(axis, roots).map { $0 / $1 } }
        self.tissues = present
        self.sheets = sheets
        self.thicknessMM = thicknessMM
        periodHz = period
        turn = 2 * .pi * steadyState.teMS / steadyState.trMS
    }

    /// The scalar product of two rows, summed in double precision.
    private static func product(_ a: [Float], _ b: [Float]) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var sum = SIMD8<Double>.zero
                for first in stride(from: 0, through: a.count - 8, by: 8) {
                    var (x, y) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
                    for lane in 0..<8 { (x[lane], y[lane]) = (a[first + lane], b[first + lane]) }
                    sum += SIMD8<Double>(x * y)
                }
                return (a.count / 8 * 8..<a.count).reduce(sum.sum()) { $0 + Double(a[$1] * b[$1]) }
            }
        }
    }

    /// Nodes that hold two ranges with a node to spare on each side.
    private static func lattice(
        _ offResonanceHz: ClosedRange<Double>, _ transmit: ClosedRange<Double>, period: Double
    ) -> Table {
        let spans = offResonanceHz.upperBound - offResonanceHz.lowerBound >= period
        let hertz = spans ? -period / 2...period / 2 : offResonanceHz
        let low = SIMD2(hertz.lowerBound, transmit.lowerBound)
        let length = SIMD2(hertz.upperBound, transmit.upperBound) - low
        let intervals = (length / SIMD2(1, 0.05)).rounded(.up)
        let step = SIMD2(max(length.x, 1e-6), max(length.y, 1e-6)) / SIMD2(max(intervals.x, 1), max(intervals.y, 1))
        return Table(low: low - step, step: step, count: [Int(max(intervals.x, 1)) + 3, Int(max(intervals.y, 1)) + 3])
    }

    /// What to render of one sheet, counted as those of `SliceProfile.layers`: for each k the signal of each tissue.
    ///
    /// - Shape: [k][tissue], by `Tissue.rawValue`.
    func signals(inSheet sheet: Int) -> [[Float]] {
        axes.map { axis in
            var signal = [Float](repeating: 0, count: Tissue.allCases.count)
            for (index, tissue) in tissues.enumerated() {
                signal[Int(tissue.rawValue)] = Float(axis[abs(sheet - sheets.half) * tissues.count + index])
            }
            return signal
        }
    }

    /// The sheets to render, each with an image for every k.
    public var layers: [SampleLayer] {
        (0...2 * sheets.half).map {
            SampleLayer(
                offsetMM: Double($0 - sheets.half) * sheets.width * thicknessMM, signals: signals(inSheet: $0))
        }
    }

    /// The coefficient of one k at an off-resonance and a strength of the transmitted field.
    public func coefficient(_ k: Int, offResonanceHz: Double, transmit: Double) -> ComplexFloat {
        coefficients(offResonanceHz: offResonanceHz, transmit: transmit)[k]
    }

    /// The coefficients of all k at an off-resonance and a strength of the transmitted field.
    public func coefficients(offResonanceHz: Double, transmit: Double) -> [ComplexFloat] {
        var result = [ComplexFloat](repeating: .zero, count: rank)
        result.withUnsafeMutableBufferPointer { values in
            evaluate(offResonanceHz, transmit) { k, value in values[k] = value }
        }
        return result
    }

    /// The coefficients of all k at many points.
    ///
    /// - Shape: [K, N] for N points.
    public func coefficients(offResonanceHz: [Float], transmit: [Float], threads: Int) -> [ComplexFloat] {
        precondition(offResonanceHz.count == transmit.count, "as many fields of one kind as of the other")
        let count = offResonanceHz.count
        return [ComplexFloat](unsafeUninitializedCapacity: rank * count) { buffer, filled in
            let shared = SharedBuffer(buffer)
            let block = 256
            Workers.forEach((count + block - 1) / block, threads: threads) { item in
                for point in item * block..<min((item + 1) * block, count) {
                    evaluate(Double(offResonanceHz[point]), Double(transmit[point])) { k, value in
                        shared.values.initializeElement(at: k * count + point, to: value)
                    }
                }
            }
            filled = rank * count
        }
    }

    /// Gives each coefficient at a place to `body`.
    @inline(__always)
    private func evaluate(_ offResonanceHz: Double, _ transmit: Double, _ body: (Int, ComplexFloat) -> Void) {
        let middle = table.low.x + table.step.x * Double(table.count.x - 1) / 2
        let half = table.step.x * Double(table.count.x - 3) / 2
        var (hertz, turns) = (offResonanceHz, 0.0)
        if abs(hertz - middle) > half {
            turns = ((hertz - middle) / periodHz).rounded()
            hertz -= turns * periodHz
        }
        let place = (SIMD2(hertz, transmit) - table.low) / table.step
        let (x, weightX) = CubicSampler.taps(place.x, table.count.x)
        let limit = Double(table.count.y - 2)
        let (y, weightY) = CubicSampler.taps(min(max(place.y, 1), limit), table.count.y)
        let phase = turns == 0 ? ComplexFloat.one : ComplexFloat(length: 1, phase: Float(turns * turn))
        table.values.withUnsafeBufferPointer { values in
            for k in 0..<rank {
                var sum = SIMD2<Float>.zero
                for j in 0..<4 {
                    for i in 0..<4 {
                        let value = values[(y[j] * table.count.x + x[i]) * rank + k]
                        sum += SIMD2(value.real, value.imaginary) * Float(weightX[i] * weightY[j])
                    }
                }
                body(k, ComplexFloat(sum.x, sum.y) * phase)
            }
        }
    }
}
