import Core

/// A way of reconstruction with its settings.
///
/// - Convention: λ apply to data scaled as `Reconstruction.run` says; defaults were tuned on drawn patients of other
///   cohorts and seeds than those that tests judge by (`TuningTests`), on Cartesian and radial data alike.
public enum Method: Sendable, Equatable {
    /// The adjoint, combined over the coils.
    case zeroFilled
    /// The adjoint of each coil; root of the sum of squares, a magnitude.
    case rootSumOfSquares
    /// All frames together as one still image.
    case temporalAverage
    /// Least squares, frame by frame.
    case cgSENSE(CGSENSE)
    /// Few edges within frames.
    case spatialTV(SpatialTV)
    /// Few changes between frames.
    case temporalTV(TemporalTV)
    /// Few temporal frequencies.
    case ktSparse(KTSparse)
    /// Few temporal frequencies besides the average, by reweighted least squares.
    case ktFOCUSS(KTFOCUSS)
    /// A background of few courses and few temporal frequencies on it.
    case lowPlusSparse(LowPlusSparse)
    /// Few courses.
    case lowRank(LowRank)
    /// Few courses in each patch.
    case localLowRank(LocalLowRank)

    /// Every method with its default settings.
    public static let all: [Method] = [
        .zeroFilled, .rootSumOfSquares, .temporalAverage, .cgSENSE(CGSENSE()), .spatialTV(SpatialTV()),
        .temporalTV(TemporalTV()), .ktSparse(KTSparse()), .ktFOCUSS(KTFOCUSS()), .lowPlusSparse(LowPlusSparse()),
        .lowRank(LowRank()), .localLowRank(LocalLowRank()),
    ]

    /// What the command line calls the method.
    public var name: String {
        switch self {
        case .zeroFilled: "zero-filled"
        case .rootSumOfSquares: "root-sum-of-squares"
        case .temporalAverage: "temporal-average"
        case .cgSENSE: "cg-sense"
        case .spatialTV: "tv-spatial"
        case .temporalTV: "tv-temporal"
        case .ktSparse: "kt-sparse"
        case .ktFOCUSS: "kt-focuss"
        case .lowPlusSparse: "low-plus-sparse"
        case .lowRank: "low-rank"
        case .localLowRank: "local-low-rank"
        }
    }

    /// The method of a name, with its default settings.
    ///
    /// - Throws: `CineError` when no method has that name.
    public init(named name: String) throws {
        guard let method = Method.all.first(where: { $0.name == name }) else {
            let names = Method.all.map(\.name).joined(separator: ", ")
            throw CineError(.usage, "Expected one of the methods \(names), found \"\(name)\".")
        }
        self = method
    }

    /// What iterates; nil for methods that do not.
    var solver: (any Solver)? {
        switch self {
        case .zeroFilled, .rootSumOfSquares, .temporalAverage: nil
        case .cgSENSE(let settings): settings
        case .spatialTV(let settings): settings
        case .temporalTV(let settings): settings
        case .ktSparse(let settings): settings
        case .ktFOCUSS(let settings): settings
        case .lowPlusSparse(let settings): settings
        case .lowRank(let settings): settings
        case .localLowRank(let settings): settings
        }
    }
}

/// An iterative method.
protocol Solver {
    /// Whether images depend on the scale of the encoding: most do through their step or λ.
    var needsNorm: Bool { get }
    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) throws -> Samples
}

extension Solver {
    var needsNorm: Bool { true }
}
