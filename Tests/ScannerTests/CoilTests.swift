import Core
import Foundation
import Fourier
import Phantom
import Testing

@testable import Scanner

/// The mean chest, and where the heart lies in it.
let typicalTorso = Torso(halfWidthMM: 170, halfDepthMM: 115)
let typicalHeart = (low: Vector3(-105, -55, -65), high: Vector3(45, 65, 65))

func typicalCoils(_ channels: Int) -> CoilArray {
    var settings = CoilSettings()
    settings.channels = channels
    return CoilArray(settings, torso: typicalTorso, heart: typicalHeart)
}

@Suite("Coils")
struct CoilTests {
    /// Complete elliptic integrals K(m) and E(m) by the arithmetic-geometric mean (Abramowitz & Stegun 17.6).
    private func ellipticIntegrals(_ m: Double) -> (k: Double, e: Double) {
        var (a, b, c) = (1.0, (1 - m).squareRoot(), m.squareRoot())
        var (sum, power) = (0.5 * m, 1.0)
        while abs(c) > 1e-16 {
            (a, b, c) = ((a + b) / 2, (a * b).squareRoot(), (a - b) / 2)
            sum += power * c * c
            power *= 2
        }
        let k = .pi / (2 * a)
        return (k, k * (1 - sum))
    }

    /// The field of a circular current of one ampere in µT, in closed form.
    private func circle(_ loop: CoilLoop, at point: Vector3) -> Vector3 {
        let (offset, a) = (point - loop.center, loop.radiusMM)
        let z = dot(offset, loop.normal)
        let across = offset - loop.normal * z
        let rho = length(across)
        let squares = a * a + rho * rho + z * z
        let (alpha, beta) = (squares - 2 * a * rho, (squares + 2 * a * rho).squareRoot())
        let (k, e) = ellipticIntegrals(1 - alpha / (beta * beta))
        let along = 200 / beta * (k + (a * a - rho * rho - z * z) / alpha * e)
        let outwards = 200 * z / (beta * rho) * (-k + squares / alpha * e)
        return loop.normal * along + normalize(across) * outwards
    }

    @Test("A loop's field is that of a circle, down to a quarter of its radius from the wire")
    func ellipticForm() {
        let loop = CoilLoop(center: [20, 140, -30], normal: [-0.3, -1, 0.2], radiusMM: 55)
        var random = Philox(seed: 1, patient: 0, stage: .recipe)
        var (worst, worstFar, worstLaned) = (0.0, 0.0, 0.0)
        var count = 0
        while count < 4000 {
            let reach = Vector3(random.uniform() - 0.5, random.uniform() - 0.5, random.uniform() - 0.5) * (6 * 55)
            let point = loop.center + reach
            let height = dot(reach, loop.normal)
            let across = length(reach - loop.normal * height) - 55
            let distance = (across * across + height * height).squareRoot()
            guard distance > 0.25 * 55 else { continue }
            count += 1
            let exact = circle(loop, at: point)
            let found = loop.field(at: point)
            let laned = loop.transverseField(at: Point(x: Lanes(point.x), y: Lanes(point.y), z: Lanes(point.z)))
            let miss = length(found - exact) / length(exact)
            worst = max(worst, miss)
            if distance > 0.5 * 55 { worstFar = max(worstFar, miss) }
            worstLaned = max(
                worstLaned,
                max(abs(Double(laned.x[3]) - found.x), abs(Double(laned.y[3]) - found.y)) / length(found))
        }
        print("measured: loop field \(worst), beyond half a radius \(worstFar), single precision \(worstLaned)")
        // Documented bounds; the requirement is 0.5 %.
        #expect(worst < 1.2e-3)
        #expect(worstFar < 1e-4)
        // Single precision over 24 segments that cancel far away.
        #expect(worstLaned < 1e-4)
        // On the wire it is finite.
        #expect(length(loop.field(at: loop.center + [0, 1e-9, 0])).isFinite)
    }

    @Test("Maps are conj(Bx + i By) of each loop, on any grid, for any number of threads")
    func maps() {
        let coils = typicalCoils(5)
        let tilted = Affine.rigid(shift: [-60, -40, 5], rotation: [0.4, -0.2, 0.9])
        let grid = Grid(
            affine: Affine(x: tilted.x * 7, y: tilted.y * 7, z: tilted.z * 10, translation: tilted.translation),
            size: [19, 11, 2])
        let maps = coils.maps(on: grid, threads: 2)
        #expect(maps.count == 5 * grid.count)
        #expect(coils.maps(on: grid, threads: 1) == maps)
        var worst = 0.0
        for pixel in 0..<grid.count {
            let point = grid.position(pixel % 19, pixel / 19 % 11, pixel / (19 * 11))
            let expected = coils.sensitivities(at: point)
            let strength = expected.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
            for (channel, loop) in coils.loops.enumerated() {
                let value = maps[channel * grid.count + pixel]
                let found = ComplexDouble(Double(value.real), Double(value.imaginary))
                worst = max(worst, (found - expected[channel]).length / strength)
                let field = loop.field(at: point)
                let conjugate = ComplexDouble(field.x, field.y).conjugate.multiplied(by: coils.scale)
                #expect((expected[channel] - conjugate).length < 1e-12)
            }
        }
        #expect(worst < 1e-4)
    }

    @Test("Loops overlap by 1.5 radii outside the chest, and the heart sees 1", arguments: [1, 2, 3, 8, 16, 31, 32])
    func layout(channels: Int) {
        let coils = typicalCoils(channels)
        #expect(coils.count == channels)
        for loop in coils.loops {
            // Wires stay off the skin: their loops lie across the outline or flat behind it.
            for degrees in stride(from: 0.0, to: 360, by: 10) {
                let u = normalize(cross(loop.normal, [0, 0, 1]))
                let turn = degrees * .pi / 180
                let wire = loop.center + (u * cos(turn) + Vector3(0, 0, 1) * sin(turn)) * loop.radiusMM
                #expect(!Torso(halfWidthMM: 190, halfDepthMM: 135).contains(wire))
            }
            let others = coils.loops.filter { $0 != loop && $0.normal.y * loop.normal.y > 0 }
            if let nearest = others.map({ length($0.center - loop.center) }).min() {
                // On the arc the chord is shorter than the arc.
                #expect(nearest < 82.5 + 1e-6 && nearest > 0.93 * 82.5)
            }
        }
        // The mean over points of the heart's ellipsoid, drawn elsewhere than the scale's own.
        var random = Philox(seed: 2, patient: 0, stage: .recipe)
        var (sum, count) = (0.0, 0.0)
        while count < 20_000 {
            let p = Vector3(random.uniform(), random.uniform(), random.uniform()) * 2 - 1
            guard dot(p, p) < 1 else { continue }
            let point = (typicalHeart.low + typicalHeart.high) / 2 + p * (typicalHeart.high - typicalHeart.low) / 2
            sum += coils.sensitivities(at: point).reduce(0) { $0 + $1.lengthSquared }.squareRoot()
            count += 1
        }
        print("measured: mean sensitivity of \(channels) over the heart \(sum / count)")
        #expect(abs(sum / count - 1) < 0.03)
    }

    @Test("Settings keep defaults and name what is out of range")
    func settings() throws {
        let empty = try JSONDecoder().decode(CoilSettings.self, from: Data("{}".utf8))
        #expect(empty == CoilSettings())
        let error = #expect(throws: CineError.self) {
            try JSONDecoder().decode(CoilSettings.self, from: Data(#"{"channels": 33}"#.utf8))
        }
        #expect(error?.message == "Expected `channels` from 1 to 32, found 33.")
    }
}
