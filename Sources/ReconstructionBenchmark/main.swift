import Core
import Foundation
import Fourier
import Reconstruction

/// Times CG-SENSE of a dynamic slice against `bart pics` on the same data, for `make bench`: every fourth line, and
/// golden-angle spokes.
///
/// Usage: ReconstructionBenchmark [threads] [repeats]. Prints JSON: seconds of whole calls and of one iteration, the
/// error of both images, and how far they differ. Spokes are compared after two iterations, where both errors are
/// less than after more, and after ten.
///
/// Fair to both: the same samples, maps (Σ|S|² = 1), points, iterations and threads, all frames in one call, no
/// regularisation, and for spokes the same weights of samples and the convolution with the point spread that either makes for itself; the shortest of
/// several repeats. Our whole call holds planning, the adjoint and scaling, and no file; bart's holds its start and its
/// files, which stay in the page cache. So bart also runs with one iteration, and the difference to that, over the
/// iterations between, is what one iteration costs: there, files and start cancel.
struct Comparison {
    let disc: BeatingDisc
    let scan: any Scan
    let threads: Int

    /// Runs both, taking turns; the result as a JSON object.
    func run(iterations: Int, repeats: Int) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let peer = BartPeer(folder: folder, threads: threads)
        let (size, coils) = (BeatingDisc.size, BeatingDisc.coils)
        try peer.write(disc.maps.values, [size, size, 1, coils], frames: 1, as: "maps")
        let options = try scan.write(to: peer)

        _ = try ours(iterations: 1)
        var best = (ours: Double.infinity, oursOnce: Double.infinity, bart: Double.infinity, bartOnce: Double.infinity)
        var images: (ours: [ComplexFloat], bart: [ComplexFloat]) = ([], [])
        for _ in 0..<repeats {
            best.oursOnce = min(best.oursOnce, try ours(iterations: 1).seconds)
            best.bartOnce = min(best.bartOnce, try peer.reconstruct(iterations: 1, options: options).seconds)
            let ours = try ours(iterations: iterations)
            let bart = try peer.reconstruct(iterations: iterations, options: options)
            (best.ours, best.bart) = (min(best.ours, ours.seconds), min(best.bart, bart.seconds))
            images = (ours.images, bart.images)
        }
        let step = Double(iterations - 1)
        let (ours, bart) = ((best.ours - best.oursOnce) / step, (best.bart - best.bartOnce) / step)
        func object(_ whole: Double, _ iteration: Double, _ error: Double) -> String {
            String(format: "{\"call_s\": %.4f, \"iteration_s\": %.5f, \"nmse\": %.3e}", whole, iteration, error)
        }
        let difference = zip(images.ours, images.bart).map { $0 - $1 }
        return "{\"ours\": \(object(best.ours, ours, disc.error(images.ours))), "
            + "\"bart\": \(object(best.bart, bart, disc.error(images.bart))), "
            + String(
                format: "\"ratio_call\": %.2f, \"ratio_iteration\": %.2f, \"difference\": %.3e}",
                best.bart / best.ours, bart / ours, norm(difference) / norm(images.bart))
    }

    /// Our images after so many iterations, and the seconds of the whole call.
    private func ours(iterations: Int) throws -> (images: [ComplexFloat], seconds: Double) {
        var settings = CGSENSE()
        (settings.iterations, settings.lambda, settings.tolerance) = (iterations, 0, 0)
        let start = ContinuousClock.now
        let images = try scan.reconstruct(settings, threads: threads)
        return (images, (ContinuousClock.now - start) / .seconds(1))
    }

    private func norm(_ values: [ComplexFloat]) -> Double {
        values.reduce(0.0) { $0 + Double($1.lengthSquared) }.squareRoot()
    }
}

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let threads = numbers.first ?? 2
let repeats = numbers.dropFirst().first ?? 3
let disc = BeatingDisc()
let spokes = try RadialScan(disc, threads: threads)
let scans: [(String, any Scan, iterations: Int)] = [
    ("cartesian", try CartesianScan(disc, threads: threads), 30), ("radial", spokes, 2), ("radial_further", spokes, 10),
]
let results = try scans.map { name, scan, iterations in
    let result = try Comparison(disc: disc, scan: scan, threads: threads).run(iterations: iterations, repeats: repeats)
    return "\"\(name)\": \(result)"
}
print("{\"threads\": \(threads), \(results.joined(separator: ", "))}")
