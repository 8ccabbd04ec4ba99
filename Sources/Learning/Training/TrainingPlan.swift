import Core

/// How long a network is trained, and how.
public struct TrainingPlan: Sendable {
    /// Number of steps.
    public var steps: Int
    /// The learning rate of each step.
    public var schedule: Schedule
    /// Greatest norm of all gradients together; greater ones are scaled down.
    public var gradientLimit: Double?
    /// The part of the moving average of the weights that stays at each step; nil for no average.
    public var averageDecay: Double?
    /// Steps from one checkpoint to the next.
    public var checkpointInterval: Int
    /// Steps from one validation to the next.
    public var validationInterval: Int
    /// Number of validations in a row after which training stops when none was better; nil to take all steps.
    public var patience: Int?
    /// Of the tensor engine's own draws.
    public var seed: UInt64
    /// Threads that prepare batches.
    public var loaderThreads: Int
    /// Batches that may be under way or ready at a time.
    public var batchesAhead: Int

    /// Makes a plan.
    public init(
        steps: Int, schedule: Schedule, gradientLimit: Double? = nil, averageDecay: Double? = nil,
        checkpointInterval: Int = 500, validationInterval: Int = 500, patience: Int? = nil, seed: UInt64 = 0,
        loaderThreads: Int = 1, batchesAhead: Int = 4
    ) {
        self.steps = steps
        self.schedule = schedule
        self.gradientLimit = gradientLimit
        self.averageDecay = averageDecay
        self.checkpointInterval = checkpointInterval
        self.validationInterval = validationInterval
        self.patience = patience
        self.seed = seed
        self.loaderThreads = loaderThreads
        self.batchesAhead = batchesAhead
    }

    /// Checks that it can be carried out.
    ///
    /// - Throws: `CineError(.badData)` that names what cannot.
    func check() throws {
        func require(_ holds: Bool, _ name: String, _ expected: String, _ found: Any) throws {
            if !holds {
                throw CineError(.badData, "The plan's \(name) was expected to be \(expected), found \(found).")
            }
        }
        let counts = [
            ("steps", steps), ("checkpointInterval", checkpointInterval), ("validationInterval", validationInterval),
            ("patience", patience ?? 1), ("loaderThreads", loaderThreads), ("batchesAhead", batchesAhead),
        ]
        for (name, value) in counts { try require(value >= 1, name, "at least 1", value) }
        let limit = gradientLimit ?? 1
        try require(limit > 0, "gradientLimit", "above 0", limit)
        let decay = averageDecay ?? 0
        try require((0..<1).contains(decay), "averageDecay", "at least 0 and below 1", decay)
        let rate = schedule.rate(at: 0)
        try require(rate.isFinite && rate >= 0, "first learning rate", "finite and not negative", rate)
    }
}

/// How good a network has become.
public struct Validation {
    /// Name of the score that decides which weights are best, and when to stop early.
    public let goal: String
    /// Whether a greater score is the better one.
    public let isGreaterBetter: Bool
    /// Measures the network, which holds the averages of its weights if the plan has them, in use and not in training.
    ///
    /// It may throw a `CineError` of kind `interrupted`; it is then called again when training is resumed.
    public let scores: () throws -> [String: Double]

    /// Describes how a network is measured.
    public init(goal: String, isGreaterBetter: Bool = false, scores: @escaping () throws -> [String: Double]) {
        self.goal = goal
        self.isGreaterBetter = isGreaterBetter
        self.scores = scores
    }

    func isBetter(_ score: Double, than best: Double?) -> Bool {
        guard let best else { return true }
        return isGreaterBetter ? score > best : score < best
    }
}

/// How far training has come.
public struct TrainingState: Codable, Sendable, Equatable {
    /// A score and when it was reached.
    public struct Best: Codable, Sendable, Equatable {
        /// Number of steps that had been taken.
        public let step: Int
        /// The score.
        public let score: Double
    }

    /// Number of steps taken, which is the number of the next, counted from 0.
    public internal(set) var step = 0
    /// Time that training has taken; pauses left out.
    public internal(set) var seconds = 0.0
    /// The best validation.
    public internal(set) var best: Best?
    /// Number of validations since the best.
    public internal(set) var misses = 0
    /// Number of steps that had been taken at the last validation.
    public internal(set) var validatedStep = 0
    /// Size of the log in bytes.
    public internal(set) var logSize = 0
}
