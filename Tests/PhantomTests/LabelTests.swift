import Core
import Foundation
import Testing

@testable import Phantom

/// Labels of a grid with the walks that their topology needs.
private struct LabelMap {
    let grid: Grid
    let values: [UInt8]

    /// The six neighbours of a voxel.
    func neighbors(_ index: Int) -> [Int] {
        let (nx, ny, nz) = (grid.size.x, grid.size.y, grid.size.z)
        let (x, y, z) = (index % nx, index / nx % ny, index / (nx * ny))
        var result: [Int] = []
        if x > 0 { result.append(index - 1) }
        if x + 1 < nx { result.append(index + 1) }
        if y > 0 { result.append(index - nx) }
        if y + 1 < ny { result.append(index + nx) }
        if z > 0 { result.append(index - nx * ny) }
        if z + 1 < nz { result.append(index + nx * ny) }
        return result
    }

    /// The voxels that share a face, edge or corner.
    func around(_ index: Int) -> [Int] {
        let (nx, ny, nz) = (grid.size.x, grid.size.y, grid.size.z)
        let (x, y, z) = (index % nx, index / nx % ny, index / (nx * ny))
        return (0..<27).compactMap { n in
            let (i, j, k) = (x + n % 3 - 1, y + n / 3 % 3 - 1, z + n / 9 - 1)
            guard i >= 0, j >= 0, k >= 0, i < nx, j < ny, k < nz else { return nil }
            return (k * ny + j) * nx + i
        }
    }

    /// Sizes of the face-connected components of a class, largest first.
    func components(_ label: Label) -> [Int] {
        var isOpen = values.map { $0 == label.rawValue }
        var sizes: [Int] = []
        for start in values.indices where isOpen[start] {
            var stack = [start]
            isOpen[start] = false
            var size = 0
            while let index = stack.popLast() {
                size += 1
                for other in neighbors(index) where isOpen[other] {
                    isOpen[other] = false
                    stack.append(other)
                }
            }
            sizes.append(size)
        }
        return sizes.sorted(by: >)
    }

    /// How many faces two classes share.
    func contacts(_ a: Label, _ b: Label) -> Int {
        values.indices.filter { values[$0] == a.rawValue }
            .reduce(0) { $0 + neighbors($1).count { values[$0] == b.rawValue } }
    }

    func position(_ index: Int) -> Vector3 {
        grid.position(index % grid.size.x, index / grid.size.x % grid.size.y, index / (grid.size.x * grid.size.y))
    }
}

@Suite("Labels", .serialized) struct LabelTests {
    private func map(_ patient: Patient, _ moment: Moment) -> LabelMap {
        let grid = patient.heartGrid(spacingMM: 1)
        return LabelMap(grid: grid, values: patient.sampled(grid, moment).label)
    }

    @Test(
        "At 1 mm each chamber is one piece, the wall closes round the cavity, and LV and RV never touch",
        arguments: Heart.allCases)
    func topology(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let layout = patient.anatomy.layout
        for phase in [0, patient.measures.endSystolicPhase] {
            let moment = try patient.moment(phase: phase)
            let map = map(patient, moment)
            for label in [Label.lvCavity, .lvMyocardium, .rvCavity, .laCavity, .raCavity] {
                let pieces = map.components(label)
                report("\(heart) phase \(phase): \(label) in \(pieces.prefix(6))")
                #expect(pieces.count == 1, "\(heart) phase \(phase): \(label) in \(pieces.prefix(6))")
            }
            let touching = map.contacts(.lvCavity, .rvCavity)
            report("\(heart) phase \(phase): LV touches RV on \(touching) faces")
            #expect(touching == 0, "\(heart) phase \(phase): LV touches RV on \(touching) faces")
            // The cavity's neighbours below the base: itself or the wall. The base is where its material came from.
            var leaks: [UInt8: Int] = [:]
            for index in map.values.indices where map.values[index] == Label.lvCavity.rawValue {
                for other in map.neighbors(index) {
                    let value = map.values[other]
                    if value == Label.lvCavity.rawValue || value == Label.lvMyocardium.rawValue { continue }
                    let material = layout.frame.inverse(moment.inverse(map.position(other)))
                    let at = Prolate(Point(material), focalMM: layout.lv.focalMM)
                    if at.q > VentricleShape.base + 0.02 { leaks[value, default: 0] += 1 }
                }
            }
            report("\(heart) phase \(phase): leaks \(leaks)")
            #expect(leaks.isEmpty, "\(heart) phase \(phase): leaks \(leaks)")
        }
    }

    @Test("The fractions of all classes sum to 1", arguments: [Heart.reference, .dysplastic])
    func fractions(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let grid = Grid(center: [0, 0, 0], spacingMM: [4, 4, 4], size: [100, 70, 70])
        for phase in [0, patient.measures.endSystolicPhase] {
            let moment = try patient.moment(phase: phase)
            var sum = [Float](repeating: 0, count: grid.count)
            for label in Label.allCases {
                let volume = patient.fraction(of: label, at: moment, grid: grid, threads: 2)
                #expect(volume.values.allSatisfy { $0 >= 0 && $0 <= 1 })
                for index in sum.indices { sum[index] += volume.values[index] }
            }
            let worst = sum.map { abs($0 - 1) }.max() ?? 0
            report("\(heart): fractions sum to 1 within \(worst)")
            // 23 classes of single precision.
            #expect(worst < 1e-5)
        }
    }

    /// Four frames of 25: early and late ejection, end-systole, filling.
    ///
    /// The stored field is inverted by fixed-point steps, and what is carried is fractions, as labels must be when they are
    /// resampled: a label of 1 mm is off by a quarter voxel at every surface, which is 0.03 of Dice for a wall of 7 mm.
    @Test("The displacement truth carries end-diastolic labels onto every frame", arguments: Heart.allCases)
    func displacement(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let grid = patient.heartGrid(spacingMM: 1)
        let still = try patient.moment(phase: 0)
        let names = [Label.lvCavity, .lvMyocardium, .rvCavity]
        let parts = names.map { patient.fraction(of: $0, at: still, grid: grid, threads: 2).values }
        let fractions = (0..<grid.count).map { SIMD3(parts[0][$0], parts[1][$0], parts[2][$0]) }
        for phase in [0.12, 0.24, patient.measures.endSystolicPhase, 0.6] {
            let moment = try patient.moment(phase: phase)
            let now = map(patient, moment)
            var field = [Float16](repeating: 0, count: 3 * grid.count)
            field.withUnsafeMutableBufferPointer { patient.displacement(moment, grid: grid, threads: 2, into: $0) }
            let carried = LabelMap(grid: grid, values: carry(fractions, by: field, grid))
            for name in names {
                let a = carried.values.count { $0 == name.rawValue }
                let b = now.values.count { $0 == name.rawValue }
                let both = zip(carried.values, now.values).count { $0 == name.rawValue && $1 == name.rawValue }
                let dice = 2 * Double(both) / Double(a + b)
                report("\(heart) phase \(phase): Dice of \(name) \(dice)")
                #expect(dice >= 0.98, "\(heart) phase \(phase): Dice of \(name) \(dice)")
            }
            // A miss may only be where the other label is a neighbour.
            let far = now.values.indices.count { index in
                let (found, wanted) = (carried.values[index], now.values[index] <= 3 ? now.values[index] : 0)
                return found != wanted
                    && !now.around(index).contains { (now.values[$0] <= 3 ? now.values[$0] : 0) == found }
            }
            report("\(heart) phase \(phase): \(far) misses farther than a voxel")
            #expect(far == 0, "\(heart) phase \(phase): \(far) misses farther than a voxel")
        }
    }

    /// Labels 1 to 3 of a frame, 0 for all others, by pulling their fractions at end-diastole along a field of 1 mm.
    private func carry(_ fractions: [SIMD3<Float>], by field: [Float16], _ grid: Grid) -> [UInt8] {
        let count = grid.count
        let vectors = (0..<count).map { i in
            SIMD3(Float(field[i]), Float(field[count + i]), Float(field[2 * count + i]))
        }
        var values = [UInt8](repeating: 0, count: count)
        values.withUnsafeMutableBufferPointer { target in
            let target = SharedBuffer(target)
            Workers.forEach(grid.size.z, threads: 2) { z in
                for y in 0..<grid.size.y {
                    for x in 0..<grid.size.x {
                        let here = SIMD3<Float>(Float(x), Float(y), Float(z))
                        var at = here
                        // Half steps converge where the field is steep, too.
                        for _ in 0..<40 {
                            var mean = SIMD3<Float>()
                            each(at, grid) { mean += $1 * vectors[$0] }
                            let next = 0.5 * (at + here - mean)
                            let step = next - at
                            at = next
                            if (step * step).sum() < 1e-6 { break }
                        }
                        var shares = SIMD3<Float>()
                        each(at, grid) { shares += $1 * fractions[$0] }
                        let most = shares.max()
                        if most > 1 - shares.sum() {
                            let name = shares.x == most ? 1 : shares.y == most ? 2 : 3
                            target.values[(z * grid.size.y + y) * grid.size.x + x] = UInt8(name)
                        }
                    }
                }
            }
        }
        return values
    }

    /// The eight voxels around a place, and their weights.
    @inline(__always)
    private func each(_ place: SIMD3<Float>, _ grid: Grid, _ body: (Int, Float) -> Void) {
        let size = SIMD3<Float>(Float(grid.size.x), Float(grid.size.y), Float(grid.size.z))
        let p = place.clamped(lowerBound: .zero, upperBound: size - 1.001)
        let low = p.rounded(.down)
        let f = p - low
        let (x, y, z) = (Int(low.x), Int(low.y), Int(low.z))
        for n in 0..<8 {
            let (i, j, k) = (n & 1, n >> 1 & 1, n >> 2)
            let weight = (i == 1 ? f.x : 1 - f.x) * (j == 1 ? f.y : 1 - f.y) * (k == 1 ? f.z : 1 - f.z)
            body(((z + k) * grid.size.y + y + j) * grid.size.x + x + i, weight)
        }
    }

    @Test("The sampled displacement is the motion to half precision")
    func displacementField() throws {
        let patient = try Patient(PatientParameters())
        let moment = try patient.moment(phase: 0.3)
        let grid = patient.heartGrid(spacingMM: 4)
        var field = [Float16](repeating: 0, count: 3 * grid.count)
        field.withUnsafeMutableBufferPointer { patient.displacement(moment, grid: grid, threads: 2, into: $0) }
        let positions = LabelMap(grid: grid, values: [])
        var worst = 0.0
        for index in 0..<grid.count {
            let p = positions.position(index)
            let u = moment.forward(p) - p
            let found = Vector3(
                Double(field[index]), Double(field[grid.count + index]), Double(field[2 * grid.count + index]))
            worst = max(worst, abs(found - u).max())
        }
        report("displacement field: worst \(worst) mm")
        #expect(worst < 0.01)
    }
}

private func abs(_ v: Vector3) -> Vector3 { v.replacing(with: -v, where: v .< 0) }
