import Core
import Learning

/// How a network is trained.
public struct TrainingSettings: Sendable, Hashable, Codable {
    /// Number of steps.
    public var steps = 2000
    /// Samples of a step.
    public var batchSize = 4
    /// First learning rate of Adam; it falls along half a cosine.
    public var learningRate = 1e-3
    /// Last learning rate.
    public var lastLearningRate = 1e-5
    /// Steps in which the rate rises to the first.
    public var warmUpSteps = 0
    /// Weight decay, apart from the gradient (AdamW).
    public var weightDecay = 0.0
    /// Greatest norm of all gradients together; 0 for no limit.
    public var gradientLimit = 1.0
    /// The part of the moving average of the weights that stays at each step; 0 for no average.
    public var averageDecay = 0.0
    /// Steps from one checkpoint to the next.
    public var checkpointSteps = 500
    /// Steps from one validation to the next.
    public var validationSteps = 500
    /// Validations in a row without a better one after which training stops; absent to take all steps.
    public var patience: Int?
    /// Threads that prepare batches.
    public var loaderThreads = 1
    /// Whether convolutions run in bfloat16.
    public var bfloat16 = false

    /// The defaults.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case steps, patience, bfloat16
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case lastLearningRate = "last_learning_rate"
        case warmUpSteps = "warm_up_steps"
        case weightDecay = "weight_decay"
        case gradientLimit = "gradient_limit"
        case averageDecay = "average_decay"
        case checkpointSteps = "checkpoint_steps"
        case validationSteps = "validation_steps"
        case loaderThreads = "loader_threads"
    }

    /// The plan for the training loop.
    func plan(seed: UInt64) -> TrainingPlan {
        let cosine = Schedule.cosine(learningRate, to: lastLearningRate, within: max(1, steps - warmUpSteps))
        return TrainingPlan(
            steps: steps, schedule: warmUpSteps > 0 ? .warmUp(steps: warmUpSteps, then: cosine) : cosine,
            gradientLimit: gradientLimit > 0 ? gradientLimit : nil,
            averageDecay: averageDecay > 0 ? averageDecay : nil, checkpointInterval: checkpointSteps,
            validationInterval: validationSteps, patience: patience, seed: seed, loaderThreads: loaderThreads)
    }

    static let properties = [
        Schema.Property("steps", .integer(1...100_000_000), "Number of steps (default 2000)"),
        Schema.Property("batch_size", .integer(1...4096), "Samples of a step (default 4)"),
        Schema.Property("learning_rate", .number(0...10), "First learning rate of Adam (default 0.001)"),
        Schema.Property("last_learning_rate", .number(0...10), "Rate that it falls to, by a cosine (default 1e-5)"),
        Schema.Property("warm_up_steps", .integer(0...1_000_000), "Steps in which the rate rises (default 0)"),
        Schema.Property("weight_decay", .number(0...1), "Decay of weights, apart from gradients (default 0)"),
        Schema.Property("gradient_limit", .number(0...1e6), "Greatest norm of the gradients, 0 for none (default 1)"),
        Schema.Property(
            "average_decay", .number(0...0.999999), "Share of the weights' average that stays; 0 for none (default 0)"),
        Schema.Property("checkpoint_steps", .integer(1...1_000_000), "Steps between checkpoints (default 500)"),
        Schema.Property("validation_steps", .integer(1...1_000_000), "Steps between validations (default 500)"),
        Schema.Property(
            "patience", .integer(1...1_000_000), "Validations without a better one that end it (default: never)"),
        Schema.Property("loader_threads", .integer(1...64), "Threads that prepare batches (default 1)"),
        Schema.Property("bfloat16", .flag, "Whether convolutions run in bfloat16 (default false)"),
    ]
}
