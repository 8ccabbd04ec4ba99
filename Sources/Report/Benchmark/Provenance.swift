import Foundation

/// What a benchmark was done with: enough to do it again.
public struct Provenance: Codable, Sendable, Hashable {
    /// Something with a name.
    public struct Item: Codable, Sendable, Hashable {
        /// Its name.
        public var name: String
        /// What it is.
        public var value: String

        /// Makes an item.
        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    /// A trained network.
    public struct Model: Codable, Sendable, Hashable {
        /// Name of the method.
        public var method: String
        /// SHA-256 of its weights' file, in hexadecimal digits.
        public var weightsSHA256: String
        /// How long it was trained.
        public var trainingSeconds: Double
        /// How many numbers it learned.
        public var parameterCount: Int

        /// Describes a network.
        public init(method: String, weightsSHA256: String, trainingSeconds: Double, parameterCount: Int) {
            (self.method, self.weightsSHA256) = (method, weightsSHA256)
            (self.trainingSeconds, self.parameterCount) = (trainingSeconds, parameterCount)
        }
    }

    /// Name and version of the program.
    public var program: String
    /// The processor, or other device.
    public var device: String
    /// How many threads.
    public var threads: Int
    /// SHA-256 of each dataset's manifest.
    public var datasets: [Item]
    /// The seeds, by what they are for.
    public var seeds: [Item]
    /// The trained networks.
    public var models: [Model]

    /// Gathers it.
    public init(
        program: String, device: String, threads: Int, datasets: [Item] = [], seeds: [Item] = [], models: [Model] = []
    ) {
        (self.program, self.device, self.threads) = (program, device, threads)
        (self.datasets, self.seeds, self.models) = (datasets, seeds, models)
    }
}

/// How a network learned.
public struct LearningCurve: Codable, Sendable, Hashable {
    /// Losses at a step; nil where none was taken.
    public struct Point: Codable, Sendable, Hashable {
        /// Number of the step.
        public var step: Int
        /// Of the batches learned from.
        public var training: Double?
        /// Of cases held out.
        public var validation: Double?

        /// Notes losses.
        public init(step: Int, training: Double? = nil, validation: Double? = nil) {
            (self.step, self.training, self.validation) = (step, training, validation)
        }
    }

    /// Name of the task.
    public var task: String
    /// Name of the method, or of a part of it.
    public var method: String
    /// Losses, by rising step.
    public var points: [Point]

    /// Makes a curve.
    public init(task: String, method: String, points: [Point]) {
        (self.task, self.method, self.points) = (task, method, points)
    }
}

/// A picture of what went worst.
public struct WorstCase: Codable, Sendable, Hashable {
    /// Name of the task.
    public var task: String
    /// What it shows: whose, under what, how bad.
    public var caption: String
    /// What a reader who cannot see it should know.
    public var description: String
    /// The picture's bytes.
    public var png: Data

    /// Makes a case.
    public init(task: String, caption: String, description: String, png: Data) {
        (self.task, self.caption, self.description, self.png) = (task, caption, description, png)
    }
}
