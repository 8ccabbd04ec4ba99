import ComplexModule
import Core
import Foundation
import Fourier
import Reconstruction

/// Times CG-SENSE of a dynamic slice against `bart pics` on the same data, for `make bench`.
///
/// Usage: ReconstructionBenchmark [threads] [iterations] [repeats]. Prints JSON: seconds of whole calls and of one
/// iteration, and the error of both images.
///
/// Fair to both: the same samples, maps (Σ|S|² = 1), lines, iterations and threads, all frames in one call, no
/// regularisation; the shortest of several repeats. Our whole call holds planning, the adjoint and scaling, and no
/// file; bart's holds its start and its files, which stay in the page cache. So bart also runs with one iteration, and
/// the difference to that, over the iterations between, is what one iteration costs: there, files and start cancel.
struct ReconstructionBenchmark {
    static let (size, frames, coils, acceleration) = (192, 25, 8, 4)
    let threads: Int
    let maps: CoilMaps
    let lines: [[Int]]
    let truth: [ComplexFloat]
    let samples: [ComplexFloat]

    /// Makes a disc that beats within another, seen by eight coils, and reads every fourth line.
    init(threads: Int) throws {
        self.threads = threads
        let (size, frames) = (Self.size, Self.frames)
        func place(_ pixel: Int) -> SIMD2<Double> {
            SIMD2(Double(pixel % size - size / 2), Double(pixel / size - size / 2)) / Double(size)
        }
        maps =
            CoilMaps(
                coils: Self.coils, height: size, width: size,
                values: (0..<Self.coils).flatMap { coil in
                    let angle = 2 * .pi * (Double(coil) + 0.3) / Double(Self.coils)
                    let axis = SIMD2(cos(angle), sin(angle))
                    return (0..<size * size).map { pixel in
                        let offset = place(pixel) - axis * (0.56 / max(abs(axis.x), abs(axis.y)))
                        let strength = pow(1 + (offset * offset).sum() / 0.09, -1.5)
                        let turn = atan2(offset.y * axis.x - offset.x * axis.y, -(offset * axis).sum())
                        return ComplexFloat(length: Float(strength), phase: Float(turn + angle))
                    }
                }
            ).normalised
        lines = (0..<frames).map { Array(stride(from: $0 % Self.acceleration, to: size, by: Self.acceleration)) }
        truth = (0..<frames * size * size).map { index in
            let radius = place(index % (size * size))
            let beat = 0.15 + 0.04 * cos(2 * .pi * Double(index / (size * size)) / Double(frames))
            let distance = (radius * radius).sum().squareRoot()
            return ComplexFloat(distance < beat ? 1 : distance < 0.42 ? 0.4 : 0)
        }
        var random = Philox(seed: 1, patient: 0, stage: .imageNoise)
        samples = try CartesianSENSE(maps: maps, lines: lines, planning: .measured, threads: threads).forward(truth)
            .map { $0 + ComplexFloat(Float(random.normal()), Float(random.normal())).multiplied(by: 0.02) }
    }

    /// ‖a − truth‖² / ‖truth‖².
    func error(_ images: [ComplexFloat]) -> Double {
        let sums = zip(images, truth).reduce(SIMD2<Double>.zero) {
            $0 + SIMD2(Double(($1.0 - $1.1).lengthSquared), Double($1.1.lengthSquared))
        }
        return sums.x / sums.y
    }

    /// Our images after so many iterations, and the seconds of the whole call.
    func ours(iterations: Int) throws -> (images: [ComplexFloat], seconds: Double) {
        var settings = CGSENSE()
        (settings.iterations, settings.lambda, settings.tolerance) = (iterations, 0, 0)
        let start = ContinuousClock.now
        let encoding = try CartesianSENSE(maps: maps, lines: lines, planning: .measured, threads: threads)
        let images = try Reconstruction.run(.cgSENSE(settings), samples: samples, encoding: encoding, threads: threads)
        return (images, (ContinuousClock.now - start) / .seconds(1))
    }

    /// bart's, from files in a folder that `writeFiles` filled.
    func bart(iterations: Int, in folder: URL) throws -> (images: [ComplexFloat], seconds: Double) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["bart", "pics", "-S", "-l2", "-r0", "-i\(iterations)", "kspace", "maps", "image"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["OMP_NUM_THREADS": "\(threads)"], uniquingKeysWith: { $1 })
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard process.terminationStatus == 0 else {
            throw CineError(.noInput, "bart ended with \(process.terminationStatus); install it: apt-get install bart.")
        }
        let data = try Data(contentsOf: folder.appendingPathComponent("image.cfl"))
        let images = data.withUnsafeBytes { Array($0.bindMemory(to: ComplexFloat.self)) }
        return (images, seconds)
    }

    /// Writes k-space (lines not read being zero) and maps as bart reads them.
    func writeFiles(to folder: URL) throws {
        let (size, coils, count) = (Self.size, Self.coils, lines[0].count)
        var kSpace = [ComplexFloat](repeating: .zero, count: Self.frames * coils * size * size)
        for (row, first) in stride(from: 0, to: samples.count, by: size).enumerated() {
            let (image, line) = (row / count, lines[row / count / coils][row % count])
            let target = (image * size + line) * size
            kSpace.replaceSubrange(target..<target + size, with: samples[first..<first + size])
        }
        try write(kSpace, frames: Self.frames, to: folder.appendingPathComponent("kspace"))
        try write(maps.values, frames: 1, to: folder.appendingPathComponent("maps"))
    }

    /// An array [T, C, Y, X]: bart's dimensions 10, 3, 1 and 0, the first being fastest.
    private func write(_ values: [ComplexFloat], frames: Int, to file: URL) throws {
        let header = "# Dimensions\n\(Self.size) \(Self.size) 1 \(Self.coils) 1 1 1 1 1 1 \(frames) 1 1 1 1 1\n"
        try header.write(to: file.appendingPathExtension("hdr"), atomically: true, encoding: .utf8)
        try values.withUnsafeBytes { Data($0) }.write(to: file.appendingPathExtension("cfl"))
    }

    /// Runs both, taking turns, and prints the comparison.
    func run(iterations: Int, repeats: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeFiles(to: folder)
        _ = try ours(iterations: 1)
        var best = (ours: Double.infinity, oursOnce: Double.infinity, bart: Double.infinity, bartOnce: Double.infinity)
        var errors = (ours: 0.0, bart: 0.0)
        for _ in 0..<repeats {
            best.oursOnce = min(best.oursOnce, try ours(iterations: 1).seconds)
            best.bartOnce = min(best.bartOnce, try bart(iterations: 1, in: folder).seconds)
            let (ours, bart) = (try ours(iterations: iterations), try bart(iterations: iterations, in: folder))
            (best.ours, best.bart) = (min(best.ours, ours.seconds), min(best.bart, bart.seconds))
            errors = (error(ours.images), error(bart.images))
        }
        let step = Double(iterations - 1)
        let (ours, bart) = ((best.ours - best.oursOnce) / step, (best.bart - best.bartOnce) / step)
        func line(_ name: String, _ whole: Double, _ iteration: Double, _ error: Double) -> String {
            String(
                format: "\"%@\": {\"call_s\": %.4f, \"iteration_s\": %.5f, \"nmse\": %.3e}", name, whole, iteration,
                error)
        }
        print(
            "{\"threads\": \(threads), \"iterations\": \(iterations), "
                + line("ours", best.ours, ours, errors.ours) + ", " + line("bart", best.bart, bart, errors.bart)
                + String(
                    format: ", \"ratio_call\": %.2f, \"ratio_iteration\": %.2f}", best.bart / best.ours, bart / ours))
    }
}

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
try ReconstructionBenchmark(threads: numbers.first ?? 2)
    .run(iterations: max(numbers.dropFirst().first ?? 30, 2), repeats: numbers.dropFirst(2).first ?? 3)
