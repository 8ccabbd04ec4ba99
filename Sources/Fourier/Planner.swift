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

    /// Runs a plan that is not in place, on memory aligned to `Planner.alignment`; the input stays as it is.
    func execute(_ input: UnsafeMutablePointer<ComplexFloat>, into output: UnsafeMutablePointer<ComplexFloat>) {
        input.withMemoryRebound(to: fftwf_complex.self, capacity: 1) { input in
            output.withMemoryRebound(to: fftwf_complex.self, capacity: 1) { fftwf_execute_dft(plan, input, $0) }
        }
    }

    /// Runs the plan in place, on memory aligned to `Planner.alignment`.
    func execute(_ samples: UnsafeMutablePointer<ComplexFloat>) {
        samples.withMemoryRebound(to: fftwf_complex.self, capacity: 1) { fftwf_execute_dft(plan, $0, $0) }
    }
}

/// FFTW's planner, which may run once at a time, and the plans it has made.
enum Planner {
    /// Alignment in bytes of the memory that plans run on: one cache line, enough for any SIMD unit.
    static let alignment = 64

    /// Which transforms one plan makes: `count` of them, of `sizes` samples that lie `stride` apart, slowest axis first,
    /// each `distance` after the one before.
    struct Layout: Hashable {
        var sizes: [Int]
        var count = 1
        var stride = 1
        var distance = 1
        /// Whether the result takes the place of the input.
        var isInPlace = true

        /// Samples [length, lanes]: `lanes` lines side by side, each transformed along the first axis.
        static func columns(length: Int, lanes: Int) -> Layout {
            Layout(sizes: [length], count: lanes, stride: lanes, distance: 1)
        }

        /// Number of samples that the plan runs on.
        var samples: Int { sizes.reduce(count, *) }
    }

    private struct Key: Hashable {
        var layout: Layout
        var sign: Int32
        var planning: Fourier.Planning
    }

    private static let plans = Mutex<[Key: Plan]>([:])

    /// The plan of an unscaled transform of [height, width] samples in place.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the size.
    static func plan(width: Int, height: Int, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        try plan(Layout(sizes: [height, width]), sign: sign, planning: planning)
    }

    /// The plan of unscaled transforms in place.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the layout.
    static func plan(_ layout: Layout, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        let key = Key(layout: layout, sign: sign, planning: planning)
        return try plans.withLock { plans in
            if let known = plans[key] { return known }
            let made = try make(key)
            plans[key] = made
            return made
        }
    }

    /// The same, made anew and not kept: for tests of the planner.
    static func unkeptPlan(width: Int, height: Int, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        let layout = Layout(sizes: [height, width])
        return try plans.withLock { _ in try make(Key(layout: layout, sign: sign, planning: planning)) }
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
        let layout = key.layout
        let bytes = layout.samples * MemoryLayout<ComplexFloat>.stride * (layout.isInPlace ? 1 : 2)
        let flags = key.planning == .measured ? FFTW_MEASURE : UInt32(FFTW_ESTIMATE)
        // An estimate consults wisdom too: set it aside, so that what ran before cannot change the choice.
        let wisdom = key.planning == .estimated ? exported() : nil
        if wisdom != nil { fftwf_forget_wisdom() }
        let plan = withUnsafeTemporaryAllocation(byteCount: bytes, alignment: alignment) { memory in
            let samples = memory.bindMemory(to: fftwf_complex.self).baseAddress
            let result = layout.isInPlace ? samples : samples.map { $0 + layout.samples }
            return layout.sizes.map(Int32.init).withUnsafeBufferPointer { sizes in
                fftwf_plan_many_dft(
                    Int32(sizes.count), sizes.baseAddress, Int32(layout.count),
                    samples, nil, Int32(layout.stride), Int32(layout.distance),
                    result, nil, Int32(layout.stride), Int32(layout.distance), key.sign, flags)
            }
        }
        if let wisdom {
            fftwf_forget_wisdom()
            fftwf_import_wisdom_from_string(wisdom)
        }
        guard let plan else {
            let size = layout.sizes.reversed().map(String.init).joined(separator: " × ")
            throw CineError(.badData, "FFTW cannot plan a transform of \(size) samples.")
        }
        return Plan(plan)
    }
}
