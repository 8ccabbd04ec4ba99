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
                if label == .lvCavity || label == .lvMyocardium {
                    #expect(pieces.count == 1, "\(heart) phase \(phase): \(label) in \(pieces.prefix(6))")
                    continue
                }
                withKnownIssue(
                    "RV and atria shed crumbs: 47, 7 and 20 pieces in the reference man, the largest of 147 voxels",
                    isIntermittent: true
                ) {
                    #expect(pieces.count == 1, "\(heart) phase \(phase): \(label) in \(pieces.prefix(6))")
                }
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
    @Test(
        "The displacement truth carries end-diastolic labels onto every frame",
        arguments: [Heart.reference, .infarcted])
    func displacement(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let grid = patient.heartGrid(spacingMM: 1)
        let start = map(patient, try patient.moment(phase: 0))
        let toIndex = grid.affine.inverse
        for phase in [0.12, 0.24, patient.measures.endSystolicPhase, 0.6] {
            let moment = try patient.moment(phase: phase)
            let now = map(patient, moment)
            var carried = [UInt8](repeating: 0, count: grid.count)
            var near = [Bool](repeating: true, count: grid.count)
            let wanted: Set<UInt8> = [1, 2, 3]
            for index in carried.indices {
                let material = moment.inverse(now.position(index))
                let at = toIndex(material).rounded(.toNearestOrAwayFromZero)
                func label(_ x: Double, _ y: Double, _ z: Double) -> UInt8 {
                    let (i, j, k) = (Int(x), Int(y), Int(z))
                    guard i >= 0, j >= 0, k >= 0, i < grid.size.x, j < grid.size.y, k < grid.size.z else { return 255 }
                    return start.values[(k * grid.size.y + j) * grid.size.x + i]
                }
                carried[index] = label(at.x, at.y, at.z)
                if carried[index] != now.values[index], wanted.contains(now.values[index]) {
                    near[index] = (0..<27).contains { n in
                        let (i, j, k) = (Double(n % 3 - 1), Double(n / 3 % 3 - 1), Double(n / 9 - 1))
                        return label(at.x + i, at.y + j, at.z + k) == now.values[index]
                    }
                }
            }
            for name in [Label.lvCavity, .lvMyocardium, .rvCavity] {
                let a = carried.count { $0 == name.rawValue }
                let b = now.values.count { $0 == name.rawValue }
                let both = zip(carried, now.values).count { $0 == name.rawValue && $1 == name.rawValue }
                let dice = 2 * Double(both) / Double(a + b)
                report("\(heart) phase \(phase): Dice of \(name) \(dice)")
                withKnownIssue("0.955 to 0.975 in the reference and infarcted hearts", isIntermittent: true) {
                    #expect(dice >= 0.98, "\(heart) phase \(phase): Dice of \(name) \(dice)")
                }
            }
            let far = near.count { !$0 }
            report("\(heart) phase \(phase): \(far) misses farther than a voxel")
            withKnownIssue("1 to 9 voxels of both hearts", isIntermittent: true) { #expect(far == 0) }
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
