import Core
import Foundation
import Testing

@testable import Metrics

@Suite("Overlap")
struct OverlapTests {
    private let grid = Grid(affine: .identity, size: [4, 2, 2])

    private func volume(_ places: Int...) -> Volume<Bool> {
        Volume(grid: grid, values: (0..<16).map(places.contains))
    }

    @Test("Dice and Jaccard of three and four voxels that share two, by hand")
    func byHand() throws {
        let overlap = try Overlap(volume(0, 1, 9), reference: volume(1, 2, 9, 10))
        #expect((overlap.shared, overlap.predicted, overlap.reference) == (2, 3, 4))
        #expect(overlap.dice == .measured(4.0 / 7))
        #expect(overlap.jaccard == .measured(2.0 / 5))
        let slices = try Overlap.ofSlices(volume(0, 1, 9), reference: volume(1, 2, 9, 10))
        #expect(slices.map(\.dice) == [.measured(0.5), .measured(2.0 / 3)])
        #expect(slices[0] + slices[1] == overlap)
    }

    @Test("A structure that one lacks is a failure, one that both lack is not")
    func failures() throws {
        #expect(try Overlap(volume(), reference: volume(3)).dice == .missed)
        #expect(try Overlap(volume(3), reference: volume()).dice == .spurious)
        #expect(try Overlap(volume(), reference: volume()).dice == .absent)
        #expect(try Overlap(volume(2), reference: volume(3)).dice == .measured(0))
    }

    @Test("A summary counts failures and what they cost")
    func summary() throws {
        let scores: [StructureScore<Double>] = [.measured(0.9), .missed, .absent, .measured(0.7), .spurious]
        let summary = ScoreSummary(scores, worst: 0)
        #expect((summary.measured, summary.missed, summary.spurious, summary.absent) == (2, 1, 1, 1))
        #expect(summary.failureRate == 0.5)
        #expect(try #require(summary.ofMeasured).mean == 0.8)
        #expect(try #require(summary.withFailures).mean == 0.4)
        #expect(ScoreSummary([.absent], worst: 0).withFailures == nil)
        // Predicting nothing does not pay.
        let lazy = ScoreSummary([.measured(0.9), .missed, .missed], worst: 0)
        #expect(try #require(lazy.withFailures).mean < 0.4)
    }

    @Test("Scores keep their kind when another measure is taken")
    func mapping() {
        let scores: [StructureScore<Double>] = [.measured(2), .missed, .spurious, .absent]
        #expect(scores.map { $0.map { Int($0) + 1 } } == [.measured(3), .missed, .spurious, .absent])
        #expect(scores.map(\.isFailure) == [false, true, true, false])
        #expect(scores.map { $0.value(orFailure: 9) } == [2, 9, 9, nil])
    }

    @Test("Volumes in other places are refused")
    func geometry() {
        var moved = grid
        moved.affine.translation.y += 0.01
        let wider = Grid(affine: .identity, size: [8, 2, 1])
        for other in [moved, wider] {
            let volume = Volume(grid: other, repeating: true)
            #expect(throws: CineError.self) { try Overlap(volume, reference: self.volume(1)) }
            #expect(throws: CineError.self) { try SurfaceDistance.of(volume, reference: self.volume(1)) }
        }
        var sheared = grid
        sheared.affine.y = [0.1, 1, 0]
        let volume = Volume(grid: sheared, repeating: true)
        #expect(throws: CineError.self) { try SurfaceDistance.of(volume, reference: volume) }
    }

    @Test("Labels join to one structure")
    func labels() {
        let labels = Volume<UInt8>(grid: Grid(affine: .identity, size: [4, 1, 1]), values: [0, 1, 2, 3])
        #expect(labels.mask(1, 2).values == [false, true, true, false])
    }
}

@Suite("Surface distances")
struct SurfaceDistanceTests {
    /// Boundary voxels' positions, mm.
    private func boundary(_ mask: Volume<Bool>, slice: Int? = nil) -> [Vector3] {
        let size = mask.grid.size
        func isIn(_ at: SIMD3<Int>) -> Bool {
            (0..<3).allSatisfy { at[$0] >= 0 && at[$0] < size[$0] } && mask[at.x, at.y, at.z]
        }
        var steps: [SIMD3<Int>] = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]
        if slice == nil { steps += [[0, 0, 1], [0, 0, -1]] }
        var points: [Vector3] = []
        for z in slice.map({ $0..<$0 + 1 }) ?? 0..<size.z {
            for y in 0..<size.y {
                for x in 0..<size.x {
                    let at = SIMD3(x, y, z)
                    if isIn(at), !steps.allSatisfy({ isIn(at &+ $0) }) { points.append(mask.grid.position(x, y, z)) }
                }
            }
        }
        return points
    }

    /// Each point with each other.
    private func slow(_ a: [Vector3], _ b: [Vector3]) -> [Double] {
        a.map { point in b.map { length($0 - point) }.min() ?? .infinity }.sorted()
    }

    private func isNear(_ a: [Double], _ b: [Double]) -> Bool {
        // Rounding of positions within 100 mm.
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    @Test("Two single voxels, by hand")
    func byHand() throws {
        let grid = Grid(center: .zero, spacingMM: [1, 2, 3], size: [5, 5, 5])
        var (a, b) = (Volume(grid: grid, repeating: false), Volume(grid: grid, repeating: false))
        a[0, 0, 0] = true
        b[2, 3, 4] = true
        let distance = try #require(try SurfaceDistance.of(a, reference: b).value)
        // √(2² + 6² + 12²)
        let apart = 184.0.squareRoot()
        #expect(distance.fromPrediction == [apart] && distance.fromReference == distance.fromPrediction)
        b[0, 0, 0] = true
        let closer = try #require(try SurfaceDistance.of(a, reference: b).value)
        #expect(closer.fromPrediction == [0] && closer.fromReference == [0, apart])
        #expect(closer.hausdorffMM == apart)
        #expect(abs(closer.hausdorff95MM - 0.95 * apart) < 1e-12)
        // Of 0, 0 and d: the 95th percentile lies 0.9 of the way from the second to the third.
        #expect(abs(closer.pooledHausdorff95MM - 0.9 * apart) < 1e-12)
        #expect(abs(closer.meanMM - apart / 4) < 1e-12)
        #expect(abs(closer.symmetricMeanMM - apart / 3) < 1e-12)
        #expect(closer.surfaceDice(toleranceMM: 1) == 2.0 / 3)
    }

    @Test("Random structures agree with each point against each other", arguments: 0..<12)
    func oracle(seed: Int) throws {
        let size: SIMD3<Int> = [[11, 9, 7], [6, 13, 1], [1, 8, 9]][seed % 3]
        let grid = Grid(
            affine: .rigid(shift: [5, 6, 7], rotation: [0.3, -0.2, 0.5])
                * Affine(x: [1.3, 0, 0], y: [0, 0.7, 0], z: [0, 0, 4]), size: size)
        let density: Float = seed < 6 ? 0.1 : 0.7
        let numbers = uniform(2 * grid.count, seed: UInt64(seed))
        let a = Volume(grid: grid, values: numbers[..<grid.count].map { $0 < density })
        let b = Volume(grid: grid, values: numbers[grid.count...].map { $0 < density })
        let found = try #require(try SurfaceDistance.of(a, reference: b).value)
        let (pointsA, pointsB) = (boundary(a), boundary(b))
        #expect(isNear(found.fromPrediction, slow(pointsA, pointsB)))
        #expect(isNear(found.fromReference, slow(pointsB, pointsA)))
        #expect(try SurfaceDistance.of(a, reference: b, threads: 3) == .measured(found))
        let slices = try SurfaceDistance.ofSlices(a, reference: b, threads: 2)
        for (z, score) in slices.enumerated() {
            let (contourA, contourB) = (boundary(a, slice: z), boundary(b, slice: z))
            guard let found = score.value else {
                #expect(contourA.isEmpty || contourB.isEmpty)
                continue
            }
            #expect(isNear(found.fromPrediction, slow(contourA, contourB)))
            #expect(isNear(found.fromReference, slow(contourB, contourA)))
        }
    }

    @Test("Concentric spheres are their radii's difference apart")
    func spheres() throws {
        let grid = Grid(center: .zero, spacingMM: [1, 1, 1], size: [53, 53, 53])
        let inner = ellipsoid(grid, center: [26, 26, 26], radiiMM: [15, 15, 15])
        let outer = ellipsoid(grid, center: [26, 26, 26], radiiMM: [22, 22, 22])
        let distance = try #require(try SurfaceDistance.of(inner, reference: outer).value)
        // Centres of boundary voxels lie up to one voxel inside each surface, half a voxel on average.
        #expect(abs(distance.meanMM - 7) < 0.3)
        #expect(abs(distance.hausdorffMM - 7) < 1)
    }

    @Test("Slices that one lacks are failures")
    func slices() throws {
        let grid = Grid(center: .zero, spacingMM: [1, 1, 8], size: [6, 6, 5])
        var (a, b) = (Volume(grid: grid, repeating: false), Volume(grid: grid, repeating: false))
        for z in 1...2 { a[2, 2, z] = true }
        for z in 2...3 { b[2, 4, z] = true }
        let scores = try SurfaceDistance.ofSlices(a, reference: b).map { $0.map(\.hausdorffMM) }
        #expect(scores == [.absent, .spurious, .measured(2), .missed, .absent])
        #expect(try SurfaceDistance.of(Volume(grid: grid, repeating: false), reference: b) == .missed)
        // √(6² + 6² + 40²)
        #expect(abs(grid.diagonalMM - 1672.0.squareRoot()) < 1e-12)
    }

    @Test("The transform is exact to the nearest of many", arguments: [0.003, 0.3])
    func transform(density: Float) {
        let size: SIMD3<Int> = [17, 12, 9]
        let marked = uniform(17 * 12 * 9, seed: 7).map { $0 < density }
        let spacing: Vector3 = [0.9, 2.5, 1.1]
        let transform = DistanceTransform(size: size, spacingMM: spacing)
        let found = transform.squaredDistances(to: marked, threads: 1)
        func position(_ index: Int) -> Vector3 {
            [Double(index % 17), Double(index / 17 % 12), Double(index / 204)] * spacing
        }
        let points = marked.indices.filter { marked[$0] }.map(position)
        for index in found.indices {
            let nearest = points.map { dot($0 - position(index), $0 - position(index)) }.min() ?? .infinity
            #expect(abs(found[index] - nearest) < 1e-11)
        }
        #expect(transform.squaredDistances(to: marked, threads: 4) == found)
        let nothing = transform.squaredDistances(to: marked.map { _ in false }, threads: 1)
        #expect(nothing.allSatisfy { $0 == .infinity })
    }
}
