import CFFTW
import Core
import Foundation
import Fourier
import Scanner

/// Times the encoding of a fully sampled cine, for `make bench`: images on the fine grid to k-space of all coils.
///
/// Usage: EncodingBenchmark [threads] [repeats]. Prints JSON: the seconds of FFTW alone for as many transforms of the
/// acquired size, of fidelity `frame`, and of fidelity `shot` with 8 beats; in turns, so that ratios hold.
/// Making the images is the renderer's work and not timed.
struct EncodingBenchmark {
    static let (slices, frames, channels, matrix, beats) = (12, 25, 8, 192, 8)
    let threads: Int
    let encoder: SliceEncoder
    let sensitivities: Sensitivities
    let images: [Float]

    init(threads: Int) throws {
        self.threads = threads
        let encoder = try SliceEncoder(matrix: Self.matrix, oversampling: 3)
        var draws = Philox(seed: 1, patient: 0, stage: .recipe)
        let maps = (0..<Self.channels * encoder.middle * encoder.middle).map { _ in
            ComplexFloat(Float(draws.uniform()), Float(draws.uniform()))
        }
        sensitivities = encoder.sensitivities(maps)
        images = (0..<Self.frames * encoder.fine * encoder.fine).map { _ in Float(draws.uniform()) }
        self.encoder = encoder
    }

    /// Seconds to encode all slices, each frame in as many images as there are beats.
    func encode(beats: Int) throws -> Double {
        let (matrix, frames) = (Self.matrix, Self.frames)
        let frameSize = Self.channels * matrix * matrix
        var samples = [ComplexFloat](repeating: .zero, count: frames * frameSize)
        let start = ContinuousClock.now
        for _ in 0..<Self.slices {
            for beat in 0..<beats {
                let lines = Array(stride(from: beat, to: matrix, by: beats))
                let readings = (0..<frames).map { frame in
                    SliceEncoder.Reading(.lines(lines), offsets: lines.map { frame * frameSize + $0 * matrix })
                }
                try samples.withUnsafeMutableBufferPointer {
                    try encoder.encode(
                        .init(real: images), readings: readings, through: sensitivities,
                        coilStride: matrix * matrix, into: SharedBuffer($0), threads: threads)
                }
            }
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// Seconds of the bare transforms of all slices, frames and coils, with FFTW's measured plan, in place.
    func transform() -> Double {
        let size = Int32(Self.matrix)
        let count = Self.matrix * Self.matrix
        let memory = (0..<threads).map { _ in SharedPlane(fftwf_alloc_complex(count)) }
        defer { memory.forEach { fftwf_free($0.samples) } }
        guard let first = memory.first?.samples,
            let plan = fftwf_plan_dft_2d(size, size, first, first, FFTW_FORWARD, FFTW_MEASURE)
        else { return .nan }
        defer { fftwf_destroy_plan(plan) }
        for plane in memory { memset(plane.samples, 0, count * MemoryLayout<fftwf_complex>.size) }
        let shared = SharedPlan(plan)
        let (total, lanes) = (Self.slices * Self.frames * Self.channels, threads)
        let start = ContinuousClock.now
        Workers.forEach(lanes, threads: lanes) { lane in
            for _ in stride(from: lane, to: total, by: lanes) {
                fftwf_execute_dft(shared.plan, memory[lane].samples, memory[lane].samples)
            }
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// Measures in turns and prints.
    func run(repeats: Int) throws {
        var seconds: [String: [Double]] = [:]
        _ = transform()
        for _ in 0..<repeats {
            seconds["fftw", default: []].append(transform())
            seconds["frame", default: []].append(try encode(beats: 1))
            seconds["shot", default: []].append(try encode(beats: Self.beats))
        }
        let fields = seconds.sorted { $0.key < $1.key }.map { name, values in
            "\"\(name)\": [\(values.map { String(format: "%.4f", $0) }.joined(separator: ", "))]"
        }
        print("{\"threads\": \(threads), \(fields.joined(separator: ", "))}")
    }
}

/// `@unchecked Sendable`: each thread has a plane of its own.
private struct SharedPlane: @unchecked Sendable {
    let samples: UnsafeMutablePointer<fftwf_complex>
    init(_ samples: UnsafeMutablePointer<fftwf_complex>) { self.samples = samples }
}

/// `@unchecked Sendable`: FFTW documents execution on new arrays as safe from several threads.
private struct SharedPlan: @unchecked Sendable {
    let plan: fftwf_plan
    init(_ plan: fftwf_plan) { self.plan = plan }
}

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
try EncodingBenchmark(threads: numbers.first ?? 2).run(repeats: numbers.dropFirst().first ?? 5)
