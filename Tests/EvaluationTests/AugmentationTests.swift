import Core
import Testing

@testable import Evaluation

@Suite("Augmentation") struct AugmentationTests {
    private func varied(
        _ stack: ThickStack, _ augmentation: StackAugmentation, seed: UInt64 = 1
    ) -> ThickStack {
        var random = Philox.batch(seed: seed, step: 0)
        return augmentation.varied(stack, pixelMM: 2, using: &random)
    }

    @Test("Nothing varied changes nothing")
    func identity() {
        let stack = ramp(slices: 4, factor: 3, height: 9, width: 12)
        let same = varied(stack, .none)
        #expect(same.image == stack.image && same.label == stack.label && same.fineImage == stack.fineImage)
        #expect(same.fineLabel == stack.fineLabel && same.views[0].validity == stack.views[0].validity)
    }

    @Test("Whole pixels move images and labels by whole pixels")
    func wholePixels() {
        let map = PlaneMap(turning: 0, scale: 1, shift: [2, -1], width: 5, height: 4)
        let values = (0..<20).map { Float($0) }
        var (image, labels): ([Float], [Float]) = ([], [])
        map.moved(values[...], width: 5, height: 4, into: &image)
        map.moved(nearest: values[...], width: 5, height: 4, into: &labels)
        let expected = (0..<20).map { index -> Float in
            let (row, column) = (min(3, index / 5 + 1), max(0, index % 5 - 2))
            return Float(row * 5 + column)
        }
        #expect(image == expected && labels == expected)
        // A quarter turn of a square takes rows to columns: x to the right goes to y downwards.
        let turn = PlaneMap(turning: .pi / 2, scale: 1, shift: .zero, width: 3, height: 3)
        var turned: [Float] = []
        turn.moved(nearest: values[..<9], width: 3, height: 3, into: &turned)
        #expect(turned == [6, 3, 0, 7, 4, 1, 8, 5, 2])
        // Twice as large, the middle stays.
        let grown = PlaneMap(turning: 0, scale: 2, shift: .zero, width: 5, height: 1)
        #expect(grown.origin == [1, 0] && grown.x == [0.5, 0])
    }

    @Test("Rotation, scale, shift and breath-holds keep images and labels together", arguments: [0.0, 3.0])
    func together(breathHoldMM: Double) {
        let stack = ramp(slices: 6, factor: 2, height: 40, width: 50)
        var augmentation = StackAugmentation.none
        (augmentation.rotationDeg, augmentation.scale, augmentation.shiftMM) = (15, 0.2, 6)
        augmentation.breathHoldMM = breathHoldMM
        for seed in 1...5 as ClosedRange<UInt64> {
            let moved = varied(stack, augmentation, seed: seed)
            // Intensity and label are the place they were taken from, one of them rounded.
            for (image, label) in [(moved.image, moved.label), (moved.fineImage, moved.fineLabel)] {
                #expect(zip(image, label).allSatisfy { abs($0 - Float($1)) <= 0.5 + 1e-4 })
            }
            #expect(moved.image != stack.image)
            // Slices are moved against their truth by breath-holds alone.
            let isParted = (0..<6).contains { slice -> Bool in
                let (thick, fine) = (moved.image[slice * 2000 + 1025], moved.fineImage[2 * slice * 2000 + 1025])
                return (thick - fine).magnitude > 0.05
            }
            #expect(isParted == (breathHoldMM > 0))
        }
    }

    @Test("Gain, offset, curve and shading are those of all images of a stack, noise that of thick slices")
    func intensity() {
        var stack = ramp(slices: 4, factor: 2, height: 8, width: 10)
        stack.image = stack.image.map { $0 / 10 }
        stack.fineImage = stack.fineImage.map { $0 / 10 }
        var augmentation = StackAugmentation.none
        (augmentation.gain, augmentation.offset, augmentation.gamma) = (0.2, 0.1, 0.2)
        let changed = varied(stack, augmentation)
        #expect(changed.label == stack.label && changed.fineLabel == stack.fineLabel)
        #expect(changed.image != stack.image && Array(changed.fineImage.prefix(320)) == changed.image)
        // Brighter stays brighter.
        #expect((1..<10).allSatisfy { changed.image[$0] > changed.image[$0 - 1] })
        #expect(
            zip(changed.views[0].image, changed.views[0].validity).allSatisfy { ($0 == 0) == ($1 == 0) || $1 == 1 })
        augmentation.noise = 0.1
        let noisy = varied(stack, augmentation)
        #expect(noisy.fineImage == changed.fineImage && noisy.image != changed.image)
        let error = zip(noisy.image, changed.image).map { Double($0 - $1) }
        let deviation = (error.reduce(0) { $0 + $1 * $1 } / 320).squareRoot()
        // The deviation of 320 draws is right to 4 % (one sigma); four of these.
        #expect(abs(deviation - 0.1) < 0.016)
    }

    @Test("Breath-holds shift groups of up to five slices by the deviation that was asked for")
    func breathHolds() {
        let stack = ramp(slices: 12, factor: 1, height: 3, width: 120)
        var augmentation = StackAugmentation.none
        augmentation.breathHoldMM = 2
        var medians: [Float] = []
        var (steps, held) = (0, 0)
        for seed in 0..<400 as Range<UInt64> {
            let moved = varied(stack, augmentation, seed: seed)
            let shifts = (0..<12).map { slice -> Float in moved.image[slice * 360 + 180] - 60 }
            medians.append(shifts.map(\.magnitude).sorted()[6])
            steps += zip(shifts, shifts.dropFirst()).count { $0 != $1 }
            held += 11
        }
        // Groups of 1 to 5, 3 on average, so that some third of the pairs are parted; a stack's end cuts the last short.
        #expect(abs(Double(steps) / Double(held) - 0.33) < 0.04)
        // Half of normal deviates are below 0.674 of sigma, whose median is 2 mm, which are 1 pixel; to 15 % by chance.
        #expect(abs(medians.sorted()[200] - 0.674) < 0.1)
    }
}
