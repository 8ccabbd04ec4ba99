import Core
import Foundation

/// How stacks are varied while a network learns: deviations of normal draws, cut at three times their size.
///
/// The heart is no mirror image of itself, so nothing is mirrored.
public struct StackAugmentation: Sendable, Hashable, Codable {
    /// Of the rotation in the plane, degrees; 10 in Bai 2018.
    public var rotationDeg = 10.0
    /// Of the size; 0.2 in Bai 2018, where patients vary less than here.
    public var scale = 0.1
    /// Of the shift along each axis, mm.
    public var shiftMM = 4.0
    /// Of the logarithm of the gain.
    public var gain = 0.1
    /// Of what is added to all intensities.
    public var offset = 0.05
    /// Of the curve through 0 and 1, which brightens or darkens what lies between.
    public var gamma = 0.1
    /// Of the shading from one edge to the middle, along each axis.
    public var bias = 0.1
    /// Of the noise that is added to the thick slices.
    public var noise = 0.02
    /// How far breath-holds shift slices against their truth, mm: the median of a subject's deviation along each axis; 0
    /// for not at all.
    ///
    /// Slices, image and labels, are shifted in groups of up to five; the fine slices stay.
    public var breathHoldMM = 0.0

    /// The defaults: no breath-holds.
    public init() {}

    /// Nothing is varied.
    public static let none: StackAugmentation = {
        var none = StackAugmentation()
        (none.rotationDeg, none.scale, none.shiftMM, none.gain) = (0, 0, 0, 0)
        (none.offset, none.gamma, none.bias, none.noise) = (0, 0, 0, 0)
        return none
    }()

    private enum CodingKeys: String, CodingKey {
        case scale, gain, offset, gamma, bias, noise
        case rotationDeg = "rotation_deg"
        case shiftMM = "shift_mm"
        case breathHoldMM = "breath_hold_mm"
    }
}

extension StackAugmentation {
    /// A stack varied by draws of a stream.
    ///
    /// - Parameter pixelMM: size of its pixels.
    func varied(_ stack: ThickStack, pixelMM: Double, using random: inout Philox) -> ThickStack {
        let geometry = Geometry(self, stack, pixelMM: pixelMM, using: &random)
        let intensity = Intensity(self, using: &random)
        var result = geometry.moved(stack)
        intensity.change(&result.image, of: result)
        intensity.change(&result.fineImage, of: result)
        for index in result.views.indices {
            intensity.change(&result.views[index].image, of: result)
            for voxel in result.views[index].image.indices where result.views[index].validity[voxel] == 0 {
                result.views[index].image[voxel] = 0
            }
        }
        if noise > 0 {
            for index in result.image.indices { result.image[index] += Float(noise * random.normal()) }
        }
        return result
    }

    /// A normal draw of a deviation, cut at three times its size.
    private static func draw(_ deviation: Double, using random: inout Philox) -> Double {
        deviation * min(max(random.normal(), -3), 3)
    }

    /// Where everything moves.
    private struct Geometry {
        /// Of all slices.
        let map: PlaneMap
        /// Of each thick slice besides, pixels.
        let shifts: [SIMD2<Float>]

        init(_ settings: StackAugmentation, _ stack: ThickStack, pixelMM: Double, using random: inout Philox) {
            func draw(_ deviation: Double) -> Double { StackAugmentation.draw(deviation, using: &random) }
            let angle = draw(settings.rotationDeg) * .pi / 180
            let scale = exp(draw(settings.scale))
            let shift = SIMD2(draw(settings.shiftMM), draw(settings.shiftMM)) / pixelMM
            map = PlaneMap(
                turning: Float(angle), scale: Float(scale), shift: SIMD2<Float>(shift), width: stack.width,
                height: stack.height)
            shifts = Self.breathHolds(settings.breathHoldMM, slices: stack.slices, using: &random)
                .map { SIMD2<Float>($0 / pixelMM) }
        }

        /// In-plane shifts in mm of slices in groups that share a breath-hold.
        ///
        /// - Reference: the form that was fitted to an audit of 1,337 stacks; see `BreathHoldModel`, in 3D.
        private static func breathHolds(_ medianMM: Double, slices: Int, using random: inout Philox) -> [SIMD2<Double>]
        {
            guard medianMM > 0 else { return [SIMD2<Double>](repeating: .zero, count: slices) }
            let (largestMM, longestMM, slicesPerHold) = (8.0, 30.0, 5.0)
            let sigma = min(largestMM, medianMM * exp(random.normal()))
            var shifts: [SIMD2<Double>] = []
            while shifts.count < slices {
                let held = Int(random.uniform() * slicesPerHold) + 1
                var shift = SIMD2(random.normal(), random.normal()) * sigma
                shift /= max(1, (shift * shift).sum().squareRoot() / longestMM)
                shifts += [SIMD2<Double>](repeating: shift, count: min(held, slices - shifts.count))
            }
            return shifts
        }

        func moved(_ stack: ThickStack) -> ThickStack {
            let thick = shifts.map { map.after(shift: $0) }
            let fine = [PlaneMap](repeating: map, count: stack.slices * stack.factor)
            guard thick.contains(where: { $0 != PlaneMap() }) || map != PlaneMap() else { return stack }
            let size = (stack.width, stack.height)
            var result = stack
            result.image = Self.moved(stack.image, thick, size)
            result.label = Self.moved(nearest: stack.label, thick, size)
            result.fineImage = Self.moved(stack.fineImage, fine, size)
            result.fineLabel = Self.moved(nearest: stack.fineLabel, fine, size)
            // Near its plane a view has no neighbours to interpolate with.
            result.views = stack.views.map {
                FineView(
                    image: Self.moved(nearest: $0.image, fine, size),
                    validity: Self.moved(nearest: $0.validity, fine, size))
            }
            return result
        }

        private static func moved(_ values: [Float], _ maps: [PlaneMap], _ size: (Int, Int)) -> [Float] {
            var result: [Float] = []
            result.reserveCapacity(values.count)
            for (index, map) in maps.enumerated() where !values.isEmpty {
                let plane = values[index * size.0 * size.1..<(index + 1) * size.0 * size.1]
                map.moved(plane, width: size.0, height: size.1, into: &result)
            }
            return result
        }

        private static func moved<Value>(
            nearest values: [Value], _ maps: [PlaneMap], _ size: (Int, Int)
        ) -> [Value] {
            var result: [Value] = []
            result.reserveCapacity(values.count)
            for (index, map) in maps.enumerated() where !values.isEmpty {
                let plane = values[index * size.0 * size.1..<(index + 1) * size.0 * size.1]
                map.moved(nearest: plane, width: size.0, height: size.1, into: &result)
            }
            return result
        }
    }

    /// What becomes of intensities, the same in all images of a stack.
    private struct Intensity {
        let gain: Float
        let offset: Float
        let gamma: Float
        let bias: SIMD3<Float>

        init(_ settings: StackAugmentation, using random: inout Philox) {
            func draw(_ deviation: Double) -> Float { Float(StackAugmentation.draw(deviation, using: &random)) }
            gain = Float(exp(Double(draw(settings.gain))))
            offset = draw(settings.offset)
            // Beyond a third, intensities of 2 would no longer rise with those of the image.
            gamma = min(max(draw(settings.gamma), -0.3), 0.3)
            bias = SIMD3(draw(settings.bias), draw(settings.bias), draw(settings.bias))
        }

        func change(_ image: inout [Float], of stack: ThickStack) {
            func place(_ index: Int, _ count: Int) -> Float { (2 * Float(index) + 1) / Float(count) - 1 }
            let rows = image.count / stack.width
            for row in 0..<rows {
                let (plane, y) = row.quotientAndRemainder(dividingBy: stack.height)
                let shading = 1 + bias.y * place(y, stack.height) + bias.z * place(plane, rows / stack.height)
                for x in 0..<stack.width {
                    let value = image[row * stack.width + x]
                    image[row * stack.width + x] =
                        gain * (shading + bias.x * place(x, stack.width)) * (value + gamma * value * (1 - value))
                        + offset
                }
            }
        }
    }
}
