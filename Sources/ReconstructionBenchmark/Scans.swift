import Core
import Foundation
import Fourier
import Reconstruction

/// A scan that both programs reconstruct.
protocol Scan {
    /// Our images by CG-SENSE, everything included but files.
    func reconstruct(_ settings: CGSENSE, threads: Int) throws -> [ComplexFloat]
    /// Writes k-space and all else but the maps as bart reads them, and returns bart's options for it.
    func write(to peer: BartPeer) throws -> [String]
}

/// Every fourth line, shifted from frame to frame.
struct CartesianScan: Scan {
    private static let acceleration = 4
    private let disc: BeatingDisc
    private let lines: [[Int]]
    private let samples: [ComplexFloat]

    init(_ disc: BeatingDisc, threads: Int) throws {
        self.disc = disc
        lines = (0..<BeatingDisc.frames).map {
            Array(stride(from: $0 % Self.acceleration, to: BeatingDisc.size, by: Self.acceleration))
        }
        samples = disc.samples(
            try CartesianSENSE(maps: disc.maps, lines: lines, planning: .measured, threads: threads), deviation: 0.02)
    }

    func reconstruct(_ settings: CGSENSE, threads: Int) throws -> [ComplexFloat] {
        let encoding = try CartesianSENSE(maps: disc.maps, lines: lines, planning: .measured, threads: threads)
        return try Reconstruction.run(.cgSENSE(settings), samples: samples, encoding: encoding, threads: threads)
    }

    /// Lines that are not read are zero.
    func write(to peer: BartPeer) throws -> [String] {
        let (size, coils, count) = (BeatingDisc.size, BeatingDisc.coils, lines[0].count)
        var kSpace = [ComplexFloat](repeating: .zero, count: BeatingDisc.frames * coils * size * size)
        for (row, first) in stride(from: 0, to: samples.count, by: size).enumerated() {
            let (image, line) = (row / count, lines[row / count / coils][row % count])
            let target = (image * size + line) * size
            kSpace.replaceSubrange(target..<target + size, with: samples[first..<first + size])
        }
        try peer.write(kSpace, [size, size, 1, coils], frames: BeatingDisc.frames, as: "kspace")
        return []
    }
}

/// Golden-angle spokes, 34 a frame.
///
/// Samples are weighted by the area that they stand for, bart's by the same weights. Ours are made within the call that is
/// timed, and bart reads them from a file.
struct RadialScan: Scan {
    static let spokes = 34
    private static let readout = 2 * BeatingDisc.size
    private let disc: BeatingDisc
    /// [T][L·N], cycles per field of view.
    private let points: [[SIMD2<Double>]]
    private let samples: [ComplexFloat]

    init(_ disc: BeatingDisc, threads: Int) throws {
        self.disc = disc
        let goldenAngle = 2 * Double.pi / (1 + 5.0.squareRoot())
        points = (0..<BeatingDisc.frames).map { frame in
            (0..<Self.spokes * Self.readout).map { sample in
                let angle = goldenAngle * Double(frame * Self.spokes + sample / Self.readout)
                let radius = Double(sample % Self.readout - Self.readout / 2) / 2
                return radius * SIMD2(cos(angle), sin(angle))
            }
        }
        // Ten times as exact as what either program takes.
        let transforms = try points.map {
            try NUFFT(
                shape: [BeatingDisc.size, BeatingDisc.size], points: $0, batch: BeatingDisc.coils, tolerance: 1e-5)
        }
        samples = disc.samples(
            try DynamicSENSE(maps: disc.maps, transforms: transforms, lines: Self.spokes, threads: threads),
            deviation: 0.02)
    }

    private func weightedFrames(coils: Int, threads: Int) throws -> [CurvedFrame] {
        try Workers.map(points.count, threads: threads) { frame in
            Result {
                try CurvedFrame(shape: [BeatingDisc.size, BeatingDisc.size], coils: coils, points: points[frame])
            }
        }.map { try $0.get() }
    }

    func reconstruct(_ settings: CGSENSE, threads: Int) throws -> [ComplexFloat] {
        let frames = try weightedFrames(coils: BeatingDisc.coils, threads: threads)
        let encoding = try DynamicSENSE(maps: disc.maps, transforms: frames, lines: Self.spokes, threads: threads)
        let count = samples.count / frames.count
        let weighted = frames.indices.flatMap { frames[$0].weighted(samples[$0 * count..<($0 + 1) * count]) }
        return try Reconstruction.run(.cgSENSE(settings), samples: weighted, encoding: encoding, threads: threads)
    }

    /// bart's trajectories are in cycles per field of view, too.
    func write(to peer: BartPeer) throws -> [String] {
        let values = points.flatMap { frame in
            frame.flatMap { [ComplexFloat(Float($0.x)), ComplexFloat(Float($0.y)), .zero] }
        }
        try peer.write(values, [3, Self.readout, Self.spokes, 1], frames: points.count, as: "trajectory")
        // [T, C, L, N] as it is: dimensions 10, 3, 2 and 1.
        try peer.write(
            samples, [1, Self.readout, Self.spokes, BeatingDisc.coils], frames: points.count, as: "kspace")
        let ones = [ComplexFloat](repeating: 1, count: Self.spokes * Self.readout)
        try peer.write(
            weightedFrames(coils: 1, threads: peer.threads).flatMap { $0.weighted(ones) },
            [1, Self.readout, Self.spokes, 1], frames: points.count, as: "weights")
        return ["-t", "trajectory", "-p", "weights"]
    }
}
