import Core
import Foundation
import Phantom
import Testing

@testable import Scanner

@Suite("Main and transmitted field")
struct FieldTests {
    /// A grid of cubic voxels about the origin, filled by a function averaged over 4³ points of each voxel.
    private func volume(_ size: SIMD3<Int>, _ value: (Vector3) -> Double) -> Volume<Float> {
        let grid = Grid(
            affine: Affine(
                x: [2, 0, 0], y: [0, 2, 0], z: [0, 0, 2],
                translation: [-Double(size.x / 2) * 2, -Double(size.y / 2) * 2, -Double(size.z / 2) * 2]), size: size)
        let steps = [-0.75, -0.25, 0.25, 0.75]
        let values = (0..<grid.count).map { place -> Float in
            let center = grid.position(ofIndex: place)
            var sum = 0.0
            for z in steps { for y in steps { for x in steps { sum += value(center + [x, y, z]) } } }
            return Float(sum / 64)
        }
        return Volume(grid: grid, values: values)
    }

    @Test("A sphere is a dipole outside and nothing inside")
    func sphere() throws {
        let radius = 12.0
        let field = try dipoleField(of: volume([64, 60, 64]) { length($0) < radius ? 9 : 0 })
        var worst = 0.0
        for place in 0..<field.grid.count {
            let p = field.grid.position(ofIndex: place)
            let r = length(p)
            guard r < 30 && abs(r - radius) > 5 else { continue }
            let cosine = r > 0 ? p.z / r : 0
            let exact = r < radius ? 0 : 9 / 3 * pow(radius / r, 3) * (3 * cosine * cosine - 1)
            worst = max(worst, abs(Double(field.values[place]) - exact))
        }
        print("measured: dipole field of a sphere off by \(worst) ppm of a surface value of 6")
        // Periodic images lie 120 mm away: each gives 2 · 3 · (12/120)³ = 0.006 ppm, six of them and the mean over the
        // grid less; the rest is the voxels of the surface.
        #expect(worst < 0.1)
    }

    @Test("A cylinder across the field turns it by the textbook's amount")
    func cylinder() throws {
        let radius = 12.0
        let field = try dipoleField(
            of: volume([16, 96, 96]) { ($0.y * $0.y + $0.z * $0.z).squareRoot() < radius ? 9 : 0 })
        func value(_ y: Int, _ z: Int) -> Double { Double(field[8, 48 + y, 48 + z]) }
        // −χ/6 inside, ±χ/2 (a/ρ)² outside; only differences count, as the mean is 0.
        let inside = value(0, 0)
        let (along, across) = (value(0, 12), value(12, 0))
        let outside = 9.0 / 2 * (radius / 24) * (radius / 24)
        print("measured: cylinder \(along - inside) and \(across - inside)")
        // Images 192 mm away: 9/2 (12/192)² = 0.02 ppm each.
        #expect(abs(along - across - 2 * outside) < 0.05)
        #expect(abs((along + across) / 2 - inside - 9.0 / 6) < 0.05)
    }

    @Test("Cubic sampling is exact for second order")
    func sampling() {
        func polynomial(_ p: Vector3) -> Double { 3 - p.x + 0.2 * p.x * p.y - 0.1 * p.z * p.z + 0.05 * p.y * p.y }
        let grid = Grid(center: [1, 2, 3], spacingMM: [2, 3, 4], size: [9, 8, 7])
        let sampler = CubicSampler(
            Volume(grid: grid, values: (0..<grid.count).map { Float(polynomial(grid.position(ofIndex: $0))) }))
        var random = Philox(seed: 1, patient: 0, stage: .recipe)
        for _ in 0..<200 {
            let p = [1, 2, 3] + (Vector3(random.uniform(), random.uniform(), random.uniform()) - 0.5) * [10, 12, 12]
            // Single precision of values up to 10.
            #expect(abs(sampler(p) - polynomial(p)) < 1e-5)
        }
    }

    /// Points of the LV wall.
    private func wall(_ patient: Patient) throws -> [Vector3] {
        let box = patient.landmarks.heartBox
        let grid = SlicePlanner.volume(low: box.low, high: box.high, spacingMM: 4)
        let fraction = patient.fraction(of: .lvMyocardium, at: try patient.moment(phase: 0), grid: grid, threads: 2)
        return (0..<grid.count).filter { fraction.values[$0] > 0.5 }.map { grid.position(ofIndex: $0) }
    }

    @Test("The LV spans some 70 Hz at 1.5 T and 130 to 180 Hz at 3 T, shimmed, linear in the dial")
    func spans() throws {
        let patient = try Patient(PatientParameters())
        let wall = try wall(patient)
        func field(_ settings: FieldSettings, _ tesla: Double, _ index: Int) throws -> OffResonance {
            try OffResonance(settings, fieldT: tesla, patient: patient, seed: 1, index: index, threads: 2)
        }
        func span(_ field: OffResonance) -> Double {
            let values = wall.map { field.hertz(at: $0) }
            return (values.max() ?? 0) - (values.min() ?? 0)
        }
        let spans = try (0..<8).map { span(try field(FieldSettings(), 1.5, $0)) }
        let mean = spans.reduce(0, +) / 8
        print("measured: span over the LV \(mean) Hz (\(spans.min() ?? 0) to \(spans.max() ?? 0))")
        // Known to some 10 Hz.
        #expect(abs(mean - 70) < 10)
        let one = try field(FieldSettings(), 1.5, 0)
        let strong = try field(FieldSettings(), 3, 0)
        var half = FieldSettings()
        half.offResonanceScale = 0.5
        let weak = try field(half, 1.5, 0)
        for point in wall.prefix(50) {
            // Single precision of some 100 Hz.
            #expect(abs(strong.hertz(at: point) - 2 * one.hertz(at: point)) < 1e-3)
            #expect(abs(weak.hertz(at: point) - one.hertz(at: point) / 2) < 1e-3)
        }
        let grid = Grid(center: [-42, 6, 0], spacingMM: [3, 3, 8], size: [40, 30, 2])
        let map = one.map(on: grid, threads: 2)
        #expect(one.map(on: grid, threads: 1) == map)
        #expect(map[31 * 40 + 7] == Float(one.hertz(at: grid.position(7, 1, 1))))
    }

    @Test("Over patients the transmitted field has the mean and deviation of hearts")
    func transmit() {
        for (tesla, mean, deviation) in [(3.0, 0.81, 0.13), (1.5, 1.0, 0.04)] {
            var values: [Double] = []
            for patient in 0..<3000 {
                let field = TransmitField(FieldSettings(), fieldT: tesla, seed: 5, patient: patient)
                values += [Vector3(-42, 6, 0), Vector3(-80, 30, -40), Vector3(20, -10, 30)].map(field.factor)
            }
            let found = values.reduce(0, +) / Double(values.count)
            let square = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(values.count)
            // 3,000 patients leave 0.13 / √3000 = 0.0024 of the mean and 1.3 % of the deviation.
            #expect(abs(found - mean) < 0.01)
            #expect(abs(square.squareRoot() / deviation - 1) < 0.05)
        }
        var off = FieldSettings()
        off.transmitScale = 0
        #expect(TransmitField(off, fieldT: 3, seed: 1, patient: 1).factor(at: [10, 20, 30]) == 1)
    }

    @Test("Settings keep defaults and name what is out of range")
    func settings() throws {
        #expect(try JSONDecoder().decode(FieldSettings.self, from: Data("{}".utf8)) == FieldSettings())
        let error = #expect(throws: CineError.self) {
            try JSONDecoder().decode(FieldSettings.self, from: Data(#"{"off_resonance_scale": -1}"#.utf8))
        }
        #expect(error?.message == "Expected `off_resonance_scale` from 0 to 10, found -1.")
    }
}
