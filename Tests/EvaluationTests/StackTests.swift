import Core
import Datasets
import Learning
import Scanner
import Testing

@testable import Evaluation

@Suite("Stacks") struct StackTests {
    @Test("A frame holds the slices of the file, and fine ones about their centres")
    func geometry() throws {
        let patient = try StackFixture.patients()[0]
        let file = try StackFile(patient, views: [.lax4ch])
        let sax = try #require(try patient.cine(.sax))
        #expect(file.slices == 10 && file.factor == 3 && file.frames == 2 && file.endSystolicFrame == 1)
        // Pixels of 6 mm in 192 mm: 32, of which 28 × 24 about the middle.
        for slice in 0..<10 {
            // Affines are stored in double precision.
            #expect(length(file.thick.position(3, 5, slice) - sax.planned[slice].position(3 + 2, 5 + 4, 0)) < 1e-9)
            #expect(length(file.fine.position(3, 5, 3 * slice + 1) - file.thick.position(3, 5, slice)) < 1e-9)
        }
        let stack = try file.frame(1)
        #expect(stack.width == 28 && stack.height == 24 && stack.label.count == 10 * 24 * 28)
        #expect(stack.fineLabel.count == 3 * stack.label.count && stack.fineImage.count == stack.fineLabel.count)
        #expect(Set(stack.label) == [0, 1, 2, 3] && Set(stack.fineLabel) == [0, 1, 2, 3])
        let labels: [UInt8] = try sax.label.read(at: [4, 1, 4 + 9, 2], count: [1, 1, 1, 28])
        let row = (4 * 24 + 9) * 28
        #expect(Array(stack.label[row..<row + 28]) == labels.map { $0 > 3 ? 0 : $0 })
    }

    @Test("Percentiles become 0 and 1, and what lies far outside is cut off")
    func window() throws {
        let window = try IntensityWindow(of: (0...1000).map { Float($0) } + [.infinity])
        #expect(window.low == 10 && window.high == 990)
        let normalised = window([10, 500, 990, -10_000, 10_000])
        // Single precision.
        #expect(zip(normalised, [0, 0.5, 1, -0.5, 2]).allSatisfy { ($0 - $1).magnitude < 1e-6 })
        #expect(message(of: .badData) { _ = try IntensityWindow(of: [1, 1, 1]) }?.contains("none") == true)
        let stack = try StackFile(StackFixture.patients()[0]).frame(0)
        let rising = stack.image.sorted()
        #expect(abs(rising[rising.count / 100]) < 1e-3 && abs(rising[rising.count * 99 / 100 - 1] - 1) < 0.05)
        #expect(
            zip(stack.window.undo(window([10, 500])), [stack.window.low, stack.window.undo([0.5])[0]]).allSatisfy {
                ($0 - $1).magnitude < 1e-3 * stack.window.high
            })
    }

    @Test("Fine slices have the contrast of the thick ones")
    func contrast() throws {
        let file = try StackFile(
            StackFixture.patient(replacing: ["severity: 2": "severity: 0"], in: TemporaryFolder()))
        let stack = try file.frame(0)
        // Cavities reach through a slice: where a slice and the fine ones beside its centre are all blood.
        for part in [HeartClass.leftCavity, .rightCavity] {
            let inside = stack.label.indices.filter { index in
                let first = (index / stack.pixels * 3) * stack.pixels + index % stack.pixels
                let neighbours = [1, -1, stack.width, -stack.width].map { index + $0 }
                return stack.label[index] == part.rawValue
                    && (0..<3).allSatisfy { stack.fineLabel[first + $0 * stack.pixels] == part.rawValue }
                    && neighbours.allSatisfy { stack.label.indices.contains($0) && stack.label[$0] == part.rawValue }
            }
            let thick = inside.reduce(0) { $0 + stack.image[$1] } / Float(inside.count)
            let fine =
                inside.reduce(Float(0)) { sum, index in
                    sum + stack.fineImage[(index / stack.pixels * 3 + 1) * stack.pixels + index % stack.pixels]
                } / Float(inside.count)
            // Slices see some of their neighbourhood, walls and papillary muscles among it; contrast differed by a quarter.
            #expect(inside.count > 20 && abs(thick / fine - 1) < 0.06)
        }
    }

    @Test("A long-axis view is there within half its thickness, and nowhere else")
    func longAxis() throws {
        let plane = Grid(
            affine: Affine(x: [0, 1.5, 0], y: [0, 0, -1.5], z: [6, 0, 0], translation: [4, -12, 12]), size: [17, 17, 1])
        let turn = Affine.rigid(shift: [0, 0, 0], rotation: [0.3, -0.2, 0.5])
        let fine = Grid(
            affine: turn * Affine(x: [2, 0, 0], y: [0, 2, 0], z: [0, 0, 2.5], translation: [-15, -14, -12]),
            size: [15, 14, 10])
        // What rises along the plane is found by linear interpolation.
        let image = (0..<289).map { Float($0 % 17) + 100 * Float($0 / 17) }
        let view = FineView(image, plane: plane, on: fine)
        var inside = 0
        for z in 0..<10 {
            for y in 0..<14 {
                for x in 0..<15 {
                    let place = fine.position(x, y, z) - Vector3(4, -12, 12)
                    let (column, row) = (place.y / 1.5, -place.z / 1.5)
                    let isInside =
                        abs(place.x) <= 3 && column >= 0 && column <= 16 && row >= 0 && row <= 16
                    let index = (z * 14 + y) * 15 + x
                    #expect(view.validity[index] == (isInside ? 1 : 0))
                    // Six digits of single precision.
                    let expected = isInside ? column + 100 * row : 0
                    #expect(abs(Double(view.image[index]) - expected) < 2e-3)
                    inside += isInside ? 1 : 0
                }
            }
        }
        #expect(inside > 100 && inside < 1000)
    }

    @Test("Batches depend on seed and step alone, whatever thread makes them")
    func batches() throws {
        let patients = try StackFixture.patients()
        func source(_ seed: UInt64) throws -> StackSource {
            var augmentation = StackAugmentation()
            augmentation.breathHoldMM = 2
            return try StackSource(
                patients, views: [.lax2ch], crop: StackCrop(slices: 4, size: [16, 20], factor: 3),
                augmentation: augmentation, seed: seed, batchSize: 2)
        }
        let sources = try [source(1), source(1), source(2)]
        let inOrder = try (0..<4).map { try sources[0].batch(at: $0) }
        let onThreads = Workers.map(4, threads: 3) { step in try? sources[1].batch(at: step) }
        for (first, second) in zip(inOrder, onThreads) {
            let second = try #require(second)
            #expect(first.stacks.map(\.image) == second.stacks.map(\.image))
            #expect(first.stacks.map(\.label) == second.stacks.map(\.label))
            #expect(first.stacks.map(\.fineImage) == second.stacks.map(\.fineImage))
            #expect(first.stacks.map(\.views[0].image) == second.stacks.map(\.views[0].image))
        }
        let other = try sources[2].batch(at: 0)
        #expect(other.stacks[0].image != inOrder[0].stacks[0].image)
        #expect(inOrder[0].stacks[0].image != inOrder[1].stacks[0].image)
        let stack = inOrder[3].stacks[1]
        #expect(stack.slices == 4 && stack.height == 16 && stack.width == 20 && stack.image.count == 4 * 320)
        #expect(stack.fineLabel.count == 12 * 320 && stack.views[0].validity.count == 12 * 320)
        // Six frames come once each before any comes again.
        #expect(Set((0..<3).map { sources[0].description(at: $0) }).count == 3)
        #expect(sources[0].description(at: 0).contains(" of p00000"))
    }

    @Test("A part is cut out of image, labels, fine slices and views alike")
    func crop() {
        let stack = ramp(slices: 3, factor: 2, height: 5, width: 6)
        let part = stack.cropped(slices: 1..<3, rows: 2..<4, columns: 1..<5)
        #expect(part.slices == 2 && part.height == 2 && part.width == 4)
        #expect(part.image == [Float](repeating: 0, count: 4).flatMap { _ in [1, 2, 3, 4] as [Float] })
        #expect(part.label == part.image.map { UInt8($0) })
        #expect(part.fineImage.count == 32 && part.views[0].validity.count == 32)
        #expect(part.views[0].image.first == Float(2 * 30 + 2 * 6 + 1))
    }

    @Test("Tasks say what the recipe lacks")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let volume = StackFixture.volume
        func words(_ replaced: [String: String], views: [View] = []) throws -> String {
            let patient = try StackFixture.patient(replacing: replaced, in: folder)
            return message(of: .badData) { _ = try StackFile(patient, views: views) } ?? "nothing was thrown"
        }
        #expect(try words([volume: "volume: {spacing_mm: 10, size: [28, 24, 30]}"]).contains("along: sax"))
        #expect(try words([volume: ""]).contains("volume: {along: sax, size: [80, 80]}"))
        #expect(try words(["displacement: none": "displacement: none, label: false"]).contains("image and label"))
        #expect(try words(["views: [sax, lax_2ch, lax_4ch]": "views: [lax_2ch]"]).contains("cine: {views: [sax]}"))
        #expect(try words(["slice_count: 10": "slice_count: 1"]).contains("`cine.slice_count`"))
        #expect(
            try words(["views: [sax, lax_2ch, lax_4ch]": "views: [sax]"], views: [.lax4ch]).contains("[sax, lax_4ch]"))
        let file = try StackFile(StackFixture.patients()[0])
        func fit(_ slices: Int, _ size: [Int], _ factor: Int) -> String? {
            message(of: .badData) { try StackCrop(slices: slices, size: size, factor: factor).requireFit(file) }
        }
        #expect(fit(11, [16, 16], 3)?.contains("`cine: {slice_count: 11}`") == true)
        #expect(fit(10, [16, 16], 4)?.contains("{slices_per_thick: 4}") == true)
        #expect(fit(10, [28, 24], 3)?.contains("found 24×28") == true)
        #expect(fit(10, [24, 28], 3) == nil)
    }
}

/// A stack whose intensities and labels are columns, and whose views count voxels.
func ramp(slices: Int, factor: Int, height: Int, width: Int) -> ThickStack {
    let columns = (0..<slices * height * width).map { Float($0 % width) }
    let fine = (0..<factor).flatMap { _ in columns }
    return ThickStack(
        slices: slices, factor: factor, height: height, width: width, window: .unit, image: columns,
        label: columns.map { UInt8($0) },
        fineImage: fine, fineLabel: fine.map { UInt8($0) },
        views: [FineView(image: fine.indices.map { Float($0) }, validity: fine.map { $0 > 2 ? 1 : 0 })])
}
