import Core
import Fourier
import Phantom

/// How far the resonance of water lies from the scanner's frequency, in and around a heart.
///
/// The air of the lungs bends the field, and what the shim coils cannot straighten remains: the mean and the linear
/// part over the heart are gone, second order stays. At 1.5 T it spans some 70 Hz over the LV, at 3 T twice that.
/// - Units: Hz, positions in mm in the patient frame. The main field lies along z.
/// - Convention: of the patient at end-diastole and end-expiration; it stays with the scanner while the heart moves.
/// - Error: the lungs' part 2 Hz at 1.5 T, from a 5 mm lattice.
public struct OffResonance: Sendable {
    /// Hz per T and ppm.
    private static let hertzPerPPM = 42.577_478
    /// Deviation of the second-order terms at `reachMM` from the heart's centre, ppm.
    ///
    /// With the lungs' part, 64 Hz at 1.5 T in the reference patient, it makes the span of 70 Hz.
    private static let secondOrderPPM = 0.05
    /// Share of the lungs that is air; the rest is tissue.
    private static let lungAir: Float = 0.8
    private static let reachMM = 45.0

    private let sampler: CubicSampler
    private let offsetHz: Double

    /// The field of a patient.
    ///
    /// - Parameters:
    ///   - settings: how strong it is.
    ///   - fieldT: main field.
    ///   - patient: whose lungs and heart.
    ///   - seed: seed of the recipe.
    ///   - index: number of the patient.
    ///   - threads: threads that work at a time.
    /// - Cost: 0.15 s, and 0.2 µs a point to use.
    /// - Throws: `CineError` when the patient has no end-diastole or FFTW no plan.
    public init(
        _ settings: FieldSettings, fieldT: Double, patient: Patient, seed: UInt64, index: Int, threads: Int
    ) throws {
        let box = patient.landmarks.heartBox
        let center = (box.low + box.high) / 2
        var field = try dipoleField(
            of: Self.susceptibility(of: patient, ppm: settings.airPPM, about: center, threads: threads))
        let terms = Self.secondOrder(seed: seed, patient: index)
        for place in field.values.indices {
            let offset = (field.grid.position(ofIndex: place) - center) / Self.reachMM
            field.values[place] += Float(terms(offset))
        }
        Self.shim(&field, center: center, halfAxes: (box.high - box.low) / 2)
        let scale = Float(settings.offResonanceScale * fieldT * Self.hertzPerPPM)
        field.values = field.values.map { $0 * scale }
        sampler = CubicSampler(field)
        offsetHz = settings.offsetHz
    }

    /// Off-resonance at a position, Hz.
    public func hertz(at position: Vector3) -> Double { sampler(position) + offsetHz }

    /// Off-resonance on a grid, Hz.
    ///
    /// - Shape: [Z, Y, X].
    public func map(on grid: Grid, threads: Int) -> [Float] { grid.map(threads: threads) { Float(hertz(at: $0)) } }

    /// Susceptibility against tissue: that of air in the lungs, in the stomach and around the body.
    private static func susceptibility(
        of patient: Patient, ppm: Double, about center: Vector3, threads: Int
    ) throws -> Volume<Float> {
        let spacing = 5.0
        // The body goes on along z as a cylinder does, which bends no field; the lungs keep 70 mm from their images.
        func count(_ halfAxis: Double) -> Int { 16 * Int((2 * (halfAxis + 70) / spacing / 16).rounded(.up)) }
        let torso = patient.torso
        let grid = Grid(
            center: [torso.center.x, torso.center.y, center.z], spacingMM: Vector3(repeating: spacing),
            size: [count(torso.halfWidthMM), count(torso.halfDepthMM), 96])
        let moment = try patient.moment(phase: 0, threads: threads)
        var result = patient.fraction(of: .lung, at: moment, grid: grid, threads: threads)
        let air = SampleLayer(signal: Tissue.allCases.map { $0 == .air ? 1 : 0 })
        var image = [Float](repeating: 0, count: grid.count)
        image.withUnsafeMutableBufferPointer {
            patient.render(
                RenderRequest(grid: grid, layers: [air]), moments: [moment], threads: threads, image: $0, label: nil)
        }
        for place in image.indices {
            result.values[place] = (lungAir * result.values[place] + image[place]) * Float(ppm)
        }
        return result
    }

    /// A draw of the five solid harmonics of second order, ppm, as a function of the offset in `reachMM`.
    private static func secondOrder(seed: UInt64, patient: Int) -> (Vector3) -> Double {
        var draws = Philox(seed: seed, patient: patient, stage: .field, substream: 0)
        let a = (0..<5).map { _ in secondOrderPPM * draws.normal() }
        return { p in
            // Equal mean squares over a sphere.
            let root = 3.0.squareRoot()
            let mixed = p.x * p.y * a[0] + p.y * p.z * a[1] + p.x * p.z * a[2]
            return root * mixed + root / 2 * (p.x * p.x - p.y * p.y) * a[3]
                + (p.z * p.z - (p.x * p.x + p.y * p.y) / 2) * a[4]
        }
    }

    /// Takes mean and linear part over an ellipsoid away, by least squares.
    private static func shim(_ field: inout Volume<Float>, center: Vector3, halfAxes: Vector3) {
        let sampler = CubicSampler(field)
        // Opposite points cancel, so that constant, x, y and z are orthogonal.
        let places = (0..<10).map { (Double($0) + 0.5) / 5 - 1 }
        var (count, mean) = (0.0, 0.0)
        var (slope, squares) = (Vector3.zero, Vector3.zero)
        for z in places {
            for y in places {
                for x in places where x * x + y * y + z * z <= 1 {
                    let offset = Vector3(x, y, z) * halfAxes
                    let value = sampler(center + offset)
                    count += 1
                    mean += value
                    slope += offset * value
                    squares += offset * offset
                }
            }
        }
        mean /= count
        slope /= squares
        for place in field.values.indices {
            field.values[place] -= Float(mean + dot(slope, field.grid.position(ofIndex: place) - center))
        }
    }
}

extension Grid {
    /// Position in mm of a voxel's centre, by its place in memory.
    func position(ofIndex index: Int) -> Vector3 {
        position(index % size.x, index / size.x % size.y, index / (size.x * size.y))
    }

    /// The values of a function at all voxels, [Z, Y, X].
    func map(threads: Int, _ value: @Sendable (Vector3) -> Float) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            let shared = SharedBuffer(buffer)
            Workers.forEach(size.y * size.z, threads: threads) { row in
                for index in row * size.x..<(row + 1) * size.x {
                    shared.values.initializeElement(at: index, to: value(position(ofIndex: index)))
                }
            }
            filled = count
        }
    }
}
