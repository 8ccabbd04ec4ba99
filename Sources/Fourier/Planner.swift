import CFFTW
import Core
import Synchronization

/// One direction of one size, ready to run.
///
/// `@unchecked Sendable`: the plan is never changed nor destroyed after it was made, and FFTW documents execution on
/// new arrays as the one call that is safe from several threads.
struct Plan: @unchecked Sendable, CustomStringConvertible {
    private let plan: fftwf_plan

    /// The algorithm that FFTW chose.
    var description: String {
        guard let text = fftwf_sprint_plan(plan) else { return "" }
        defer { fftwf_free(text) }
        return String(cString: text)
    }

    fileprivate init(_ plan: fftwf_plan) { self.plan = plan }

    /// Runs the plan in place, on memory aligned to `Planner.alignment`.
    func execute(_ samples: UnsafeMutablePointer<ComplexFloat>) {
        samples.withMemoryRebound(to: fftwf_complex.self, capacity: 1) { fftwf_execute_dft(plan, $0, $0) }
    }
}

/// FFTW's planner, which may run once at a time, and the plans it has made.
enum Planner {
    /// Alignment in bytes of the memory that plans run on: one cache line, enough for any SIMD unit.
    static let alignment = 64

    /// What a plan transforms, in place and unscaled.
    enum Shape: Hashable, CustomStringConvertible {
        /// One image of [height, width] samples.
        case plane(width: Int, height: Int)
        /// Samples [length, lanes]: `lanes` lines side by side, each transformed along the first axis.
        case columns(length: Int, lanes: Int)

        fileprivate var count: Int {
            switch self {
            case .plane(let width, let height): width * height
            case .columns(let length, let lanes): length * lanes
            }
        }

        var description: String {
            switch self {
            case .plane(let width, let height): "\(width) × \(height) samples"
            case .columns(let length, let lanes): "\(lanes) lines of \(length) samples"
            }
        }
    }

    private struct Key: Hashable {
        var shape: Shape
        var sign: Int32
        var planning: Fourier.Planning
    }

    private static let plans = Mutex<[Key: Plan]>([:])

    /// The plan of an unscaled transform of [height, width] samples in place.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the size.
    static func plan(width: Int, height: Int, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        try plan(.plane(width: width, height: height), sign: sign, planning: planning)
    }

    /// The plan of an unscaled transform in place.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the shape.
    static func plan(_ shape: Shape, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        let key = Key(shape: shape, sign: sign, planning: planning)
        return try plans.withLock { plans in
            if let known = plans[key] { return known }
            let made = try make(key)
            plans[key] = made
            return made
        }
    }

    /// The same, made anew and not kept: for tests of the planner.
    static func unkeptPlan(width: Int, height: Int, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        try plans.withLock { _ in
            try make(Key(shape: .plane(width: width, height: height), sign: sign, planning: planning))
        }
    }

    static func importWisdom(_ text: String) -> Bool {
        plans.withLock { _ in fftwf_import_wisdom_from_string(text) == 1 }
    }

    static func exportWisdom() -> String { plans.withLock { _ in exported() } }

    private static func exported() -> String {
        guard let text = fftwf_export_wisdom_to_string() else { return "" }
        defer { fftwf_free(text) }
        return String(cString: text)
    }

    private static func make(_ key: Key) throws -> Plan {
        let bytes = key.shape.count * MemoryLayout<ComplexFloat>.stride
        let flags = key.planning == .measured ? FFTW_MEASURE : UInt32(FFTW_ESTIMATE)
        // An estimate consults wisdom too: set it aside, so that what ran before cannot change the choice.
        let wisdom = key.planning == .estimated ? exported() : nil
        if wisdom != nil { fftwf_forget_wisdom() }
        let plan = withUnsafeTemporaryAllocation(byteCount: bytes, alignment: alignment) { memory in
            let samples = memory.bindMemory(to: fftwf_complex.self).baseAddress
            switch key.shape {
            case .plane(let width, let height):
                return fftwf_plan_dft_2d(Int32(height), Int32(width), samples, samples, key.sign, flags)
            case .columns(let length, let lanes):
                var size = Int32(length)
                let lanes = Int32(lanes)
                return fftwf_plan_many_dft(
                    1, &size, lanes, samples, nil, lanes, 1, samples, nil, lanes, 1, key.sign, flags)
            }
        }
        if let wisdom {
            fftwf_forget_wisdom()
            fftwf_import_wisdom_from_string(wisdom)
        }
        guard let plan else { throw CineError(.badData, "FFTW cannot plan a transform of \(key.shape).") }
        return Plan(plan)
    }
}
