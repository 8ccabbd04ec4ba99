import ComplexModule
import Core
import Foundation
import Fourier

/// A slice through a beating heart as a function of place and time, for tests: ellipses with soft edges and texture in
/// material coordinates, which a contraction carries along.
///
/// Places are in fields of view, (−0.5, 0.5); the seed changes anatomy, texture, contraction and phase.
struct MovingPhantom: Sendable {
    private let heart: SIMD2<Double>
    private let radius: Double
    private let contraction: Double
    private let body: SIMD2<Double>
    private let lean: Double
    private let waves: [(SIMD2<Double>, Double)]
    private let phaseSlope: SIMD2<Double>

    init(seed: UInt64) {
        var random = Philox(seed: seed, patient: 0, stage: .cohort)
        func draw(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.uniform() }
        heart = SIMD2(draw(-0.06, 0.06), draw(-0.08, 0.02))
        radius = draw(0.11, 0.15)
        contraction = draw(0.22, 0.38)
        body = SIMD2(draw(0.36, 0.44), draw(0.28, 0.38))
        lean = draw(-0.6, 0.6)
        waves = (0..<8).map { _ in
            let (frequency, angle) = (draw(6, 30), draw(0, 2 * .pi))
            return (SIMD2(cos(angle), sin(angle)) * (2 * .pi * frequency), draw(0, 2 * .pi))
        }
        phaseSlope = SIMD2(draw(-3, 3), draw(-3, 3))
    }

    /// Whether a place is within the heart's largest extent, where methods are judged.
    func isHeart(_ place: SIMD2<Double>) -> Bool { length(place - heart) < 1.5 * radius }

    /// Signal at a place and at a time of the beat in [0, 1).
    func callAsFunction(_ place: SIMD2<Double>, _ time: Double) -> ComplexDouble {
        let systole = 0.5 - 0.5 * cos(2 * .pi * (time < 0.4 ? 1.25 * time : 0.5 + (time - 0.4) / 1.2))
        let offset = place - heart - SIMD2(0, 0.15 * radius * systole)
        let distance = length(offset) / radius
        // The material point: where the tissue was before contraction, which fades outside the heart.
        let material = offset * (1 + contraction * systole * exp(-distance * distance * 0.5))
        let texture = waves.reduce(0) { $0 + sin(dot($1.0, material) + $1.1) } * 0.05
        let (c, s) = (cos(lean), sin(lean))
        let m = SIMD2(c * material.x + s * material.y, c * material.y - s * material.x) / radius

        var signal = 0.0
        func paint(_ amount: Double, _ inside: Double) { signal += (amount - signal) * inside }
        paint(0.75, ellipse(place, SIMD2(0, 0), body))
        paint(0.3 * (1 + texture), ellipse(place, SIMD2(0, 0), body - SIMD2(0.025, 0.025)))
        paint(0.05, ellipse(place, SIMD2(-0.2, -0.02), SIMD2(0.1, 0.18)))
        paint(0.05, ellipse(place, SIMD2(0.24, -0.02), SIMD2(0.07, 0.16)))
        let blood = 0.95 + 0.08 * sin(2 * .pi * time + 6 * m.x) + 0.3 * texture
        paint(blood, ellipse(m, SIMD2(-0.75, 0.1), SIMD2(0.62, 0.85)))
        paint(0.35 * (1 + 1.5 * texture), ellipse(m, SIMD2(0.15, 0), SIMD2(0.85, 0.85)))
        paint(blood, ellipse(m, SIMD2(0.15, 0), SIMD2(0.55, 0.55)))
        paint(0.35, ellipse(m, SIMD2(0.35, 0.22), SIMD2(0.13, 0.1)))
        paint(0.35, ellipse(m, SIMD2(0.3, -0.25), SIMD2(0.1, 0.13)))
        paint(0.8 + 0.15 * systole, ellipse(place, SIMD2(0.05, 0.2), SIMD2(0.03, 0.03)))
        return ComplexDouble(length: signal, phase: dot(phaseSlope, place))
    }

    /// 1 within an ellipse, 0 outside, over 0.6 % of the field of view about.
    private func ellipse(_ place: SIMD2<Double>, _ center: SIMD2<Double>, _ axes: SIMD2<Double>) -> Double {
        let ratio = length((place - center) / axes)
        let soft = 0.006 / (axes.max() > 0.5 ? radius : 1) / axes.min()
        return 1 / (1 + exp((ratio - 1) / (0.5 * soft)))
    }

    private func length(_ v: SIMD2<Double>) -> Double { (v * v).sum().squareRoot() }
    private func dot(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { (a * b).sum() }
}

/// The sensitivity of one of eight coils around the body, at a place in fields of view: a loop's strength on its axis, and
/// a phase that turns with the direction from it.
///
/// Their mean g-factor in the heart is 1.3 for three-fold and 2.1 for four-fold acceleration.
func sensitivity(coil: Int, _ place: SIMD2<Double>) -> ComplexDouble {
    let angle = 2 * .pi * (Double(coil) + 0.3) / 8
    let axis = SIMD2(cos(angle), sin(angle))
    let offset = place - axis * (0.56 / max(abs(axis.x), abs(axis.y)))
    let strength = pow(1 + (offset * offset).sum() / 0.09, -1.5)
    let turn = atan2(offset.y * axis.x - offset.x * axis.y, -(offset * axis).sum())
    return ComplexDouble(length: strength, phase: turn + angle)
}

/// A slice of the phantom as a scanner with eight coils would read it, fully sampled, and its truth.
struct Scan {
    let size: Int
    let frames: Int
    let maps: CoilMaps
    /// Noise-free k-space, [T, C, Y, X].
    let kSpace: [ComplexFloat]
    /// The exact combination of the noise-free coil images, [T, Y, X].
    let truth: [ComplexFloat]
    /// Pixels within the heart's extent, [Y, X].
    let heart: [Bool]
    /// Pixels with signal in the first frame, [Y, X].
    let object: [Bool]
    /// Mean signal in the heart over the standard deviation of noise in the fully sampled, combined image.
    static let signalToNoise = 20.0
    private let seed: UInt64

    /// Reads a phantom on a grid twice as fine, and keeps the centre of its k-space: pixels are averages, with ringing, and
    /// not points of the function.
    init(seed: UInt64, size: Int = 96, frames: Int = 20) throws {
        self.seed = seed
        self.size = size
        self.frames = frames
        let phantom = MovingPhantom(seed: seed)
        let fine = 2 * size
        @Sendable func place(_ pixel: Int, _ size: Int) -> SIMD2<Double> {
            SIMD2(Double(pixel % size - size / 2), Double(pixel / size - size / 2)) / Double(size)
        }
        @Sendable func single(_ value: ComplexDouble) -> ComplexFloat {
            ComplexFloat(Float(value.real), Float(value.imaginary))
        }
        maps = CoilMaps(
            coils: 8, height: size, width: size,
            values: (0..<8).flatMap { coil in
                (0..<size * size).map { single(sensitivity(coil: coil, place($0, size))) }
            })
        let fineMaps = (0..<8).map { coil in
            (0..<fine * fine).map { single(sensitivity(coil: coil, place($0, fine))) }
        }
        let transform = try ImageFourier(shape: [8, fine, fine])
        let perFrame = Workers.map(frames, threads: 2) { frame in
            let image = (0..<fine * fine).map { single(phantom(place($0, fine), Double(frame) / Double(frames))) }
            let spectrum = transform.forward(fineMaps.flatMap { map in zip(map, image).map { $0 * $1 } })
            // Orthonormal on four times the pixels: half the amplitude.
            return (0..<8 * size).flatMap { row in
                let start = (row / size * fine + size / 2 + row % size) * fine + size / 2
                return spectrum[start..<start + size].map { $0.multiplied(by: 0.5) }
            }
        }
        kSpace = perFrame.flatMap { $0 }
        let images = try ImageFourier(shape: [frames * 8, size, size], threads: 2).adjoint(kSpace)
        truth = maps.combine(images)
        heart = (0..<size * size).map { phantom.isHeart(place($0, size)) }
        object = truth[..<(size * size)].map { $0.length > 0.1 }
    }

    /// The standard deviation of a sample's noise: that of the fully sampled image times its sensitivity.
    private var noise: Double {
        let sensitivity = maps.sumOfSquares.map { Double($0).squareRoot() }
        let signal = heart.indices.filter { heart[$0] }.map { Double(truth[$0].length) * sensitivity[$0] }
        return signal.reduce(0, +) / Double(signal.count) / Scan.signalToNoise
    }

    /// Samples of some lines of each frame, with noise, and their encoding with the true maps.
    func read(_ lines: [[Int]], isNoisy: Bool = true) throws -> (samples: [ComplexFloat], encoding: CartesianSENSE) {
        var random = Philox(seed: seed, patient: 1, stage: .imageNoise)
        let deviation = noise / 2.0.squareRoot()
        var samples: [ComplexFloat] = []
        for frame in 0..<frames {
            for coil in 0..<8 {
                for line in lines[frame] {
                    let start = ((frame * 8 + coil) * size + line) * size
                    samples += kSpace[start..<start + size].map { value in
                        guard isNoisy else { return value }
                        return value
                            + ComplexFloat(Float(deviation * random.normal()), Float(deviation * random.normal()))
                    }
                }
            }
        }
        return (samples, try CartesianSENSE(maps: maps, lines: lines, planning: .measured, threads: 2))
    }

    /// ‖a − truth‖² / ‖truth‖², over the heart or over the whole image.
    func error(_ images: [ComplexFloat], inHeart: Bool = false) -> Double {
        var (difference, total) = (0.0, 0.0)
        for (place, value) in truth.enumerated() where !inHeart || heart[place % heart.count] {
            difference += Double((images[place] - value).lengthSquared)
            total += Double(value.lengthSquared)
        }
        return difference / total
    }
}

/// Every line of every frame.
func allLines(_ size: Int, frames: Int) -> [[Int]] { Array(repeating: Array(0..<size), count: frames) }

/// The k-t lattice: every R-th line, one further in each frame.
func lattice(_ size: Int, frames: Int, acceleration: Int) -> [[Int]] {
    (0..<frames).map { frame in Array(stride(from: frame % acceleration, to: size, by: acceleration)) }
}

/// Gaussian density that varies with the line, drawn anew for each frame; the eight central lines are always read.
///
/// - Reference: Schlemper et al. 2018, doi:10.1109/TMI.2017.2760978, and its code.
func gaussianDensity(_ size: Int, frames: Int, acceleration: Int, seed: UInt64) -> [[Int]] {
    var random = Philox(seed: seed, patient: 2, stage: .recipe)
    return (0..<frames).map { _ in
        var weights = (0..<size).map { line -> Double in
            let distance = (Double(line) - Double(size) / 2) / (Double(size) / 10)
            return exp(-0.5 * distance * distance) + 0.5 / Double(acceleration)
        }
        var lines = Array(size / 2 - 4..<size / 2 + 4)
        for line in lines { weights[line] = 0 }
        while lines.count < max(size / acceleration, 9) {
            var rest = random.uniform() * weights.reduce(0, +)
            let line = weights.firstIndex { weight in
                rest -= weight
                return rest < 0
            }
            guard let line, weights[line] > 0 else { continue }
            weights[line] = 0
            lines.append(line)
        }
        return lines.sorted()
    }
}
