import Core
import Datasets
import Learning
import Report

/// A question that networks are trained for and scored on: what they see, what they are to say, and how right it is.
///
/// A task knows its networks by their kinds, and methods that have no weights, too, so that all are scored alike.
public protocol LearningTask: Sendable {
    /// What a network sees.
    associatedtype Input
    /// Where its batches come from.
    associatedtype Source: BatchSource

    /// The network of a kind; nil for a method without weights.
    ///
    /// - Parameter seed: of the first weights.
    /// - Throws: `CineError(.badData)` for an unknown kind or numbers that make no network.
    func network(_ settings: NetworkSettings, seed: UInt64) throws -> TaskNetwork<Input>?

    /// Batches of patients to learn from; each is a pure function of seed and step.
    ///
    /// - Throws: `CineError(.badData)` that says what the patients lack.
    func batches(of patients: [PatientFile], seed: UInt64, batchSize: Int) throws -> Source

    /// What training makes small.
    func loss(_ network: TaskNetwork<Input>, _ batch: Source.Batch) throws -> Tensor

    /// How a network is measured while it is trained, on patients that it does not learn from.
    func validation(_ network: TaskNetwork<Input>, on patients: [PatientFile]) throws -> Validation

    /// How a method scores on a patient.
    ///
    /// - Parameter network: with its weights, in use and not in training; nil for a method without weights.
    func evaluate(
        _ settings: NetworkSettings, _ network: TaskNetwork<Input>?, on patient: PatientFile
    ) throws -> PatientResult

    /// Writes what a method makes of a file.
    func predict(
        _ settings: NetworkSettings, _ network: TaskNetwork<Input>?, from input: String, to output: String
    ) throws
}

/// A network and how a task calls it.
public struct TaskNetwork<Input> {
    /// The network.
    public let module: any Module
    /// What it makes of an input.
    public let apply: (Input) throws -> Tensor

    /// Joins a network and its call.
    public init(_ module: any Module, apply: @escaping (Input) throws -> Tensor) {
        self.module = module
        self.apply = apply
    }
}

/// What came of a method on one patient.
public struct PatientResult: Sendable {
    /// One score.
    public struct Score: Sendable, Hashable {
        /// Under which condition, as "R = 6"; empty where there is but one.
        public var condition: String
        /// The condition as a number, to plot along.
        public var severity: Double?
        /// Of which part, as "LV" or "slice 3"; empty for the whole.
        public var part: String
        /// What was measured.
        public var metric: ScoreMetric
        /// How much; nil where the method failed.
        public var value: Double?
        /// Of a measure: what is true, and what was predicted.
        public var truth: Double?
        /// What was predicted.
        public var predicted: Double?

        /// Names a score.
        public init(
            condition: String = "", severity: Double? = nil, part: String = "", _ metric: ScoreMetric,
            _ value: Double?, truth: Double? = nil, predicted: Double? = nil
        ) {
            self.condition = condition
            self.severity = severity
            self.part = part
            self.metric = metric
            self.value = value
            self.truth = truth
            self.predicted = predicted
        }
    }

    /// A picture for the report.
    public struct Case: Sendable {
        /// Under which condition.
        public var condition: String
        /// What is to be seen, from left to right.
        public var caption: String
        /// How bad it is: the worst are shown.
        public var badness: Double
        /// What is to be seen.
        public var picture: Picture

        /// Names a picture.
        public init(condition: String = "", caption: String, badness: Double, picture: Picture) {
            self.condition = condition
            self.caption = caption
            self.badness = badness
            self.picture = picture
        }
    }

    /// All scores.
    public var scores: [Score] = []
    /// Pictures.
    public var cases: [Case] = []
    /// Time that the method took, without reading and scoring.
    public var seconds = 0.0

    /// Nothing yet.
    public init() {}
}

/// A measure and what is good of it.
public struct ScoreMetric: Sendable, Hashable {
    /// What is good.
    public enum Goal: Sendable, Hashable {
        /// The more the better, as PSNR.
        case high
        /// The less the better, as a distance.
        case low
        /// The nearer to zero the better, as a signed error.
        case zero
    }

    /// Its name, as "PSNR".
    public let name: String
    /// Its unit, as "dB"; empty for none.
    public let unit: String
    /// What is good.
    public let goal: Goal

    /// Names a measure.
    public init(_ name: String, unit: String = "", _ goal: Goal) {
        self.name = name
        self.unit = unit
        self.goal = goal
    }
}
