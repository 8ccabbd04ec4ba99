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

    private struct Key: Hashable {
        var width: Int
        var height: Int
        var sign: Int32
        var planning: Fourier.Planning
    }

    private static let plans = Mutex<[Key: Plan]>([:])

    /// The plan of an unscaled transform of [height, width] samples in place.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the size.
    static func plan(width: Int, height: Int, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        let key = Key(width: width, height: height, sign: sign, planning: planning)
        return try plans.withLock { plans in
            if let known = plans[key] { return known }
            let made = try make(key)
            plans[key] = made
            return made
        }
    }

    /// The same, made anew and not kept: for tests of the planner.
    static func unkeptPlan(width: Int, height: Int, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        try plans.withLock { _ in try make(Key(width: width, height: height, sign: sign, planning: planning)) }
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
        let bytes = key.width * key.height * MemoryLayout<ComplexFloat>.stride
        let flags = key.planning == .measured ? FFTW_MEASURE : UInt32(FFTW_ESTIMATE)
        // An estimate consults wisdom too: set it aside, so that what ran before cannot change the choice.
        let wisdom = key.planning == .estimated ? exported() : nil
        if wisdom != nil { fftwf_forget_wisdom() }
        let plan = withUnsafeTemporaryAllocation(byteCount: bytes, alignment: alignment) { memory in
            let samples = memory.bindMemory(to: fftwf_complex.self).baseAddress
            return fftwf_plan_dft_2d(Int32(key.height), Int32(key.width), samples, samples, key.sign, flags)
        }
        if let wisdom {
            fftwf_forget_wisdom()
            fftwf_import_wisdom_from_string(wisdom)
        }
        guard let plan else {
            throw CineError(.badData, "FFTW cannot plan a transform of \(key.width) × \(key.height) samples.")
        }
        return Plan(plan)
    }
}
