import Core

/// What super-resolution learns from.
public struct SuperResolutionSettings: Sendable, Hashable, Codable {
    /// Fine slices for each of the stack, as in the dataset.
    public var factor = 4
    /// Slices of a training sample, cut at random; the whole stack is scored.
    public var slices = 6
    /// Rows and columns of a training sample, cut at random.
    public var size = [48, 48]
    /// Where squares end in the loss, of a range of 1: errors of edges count by their size, noise by its square.
    ///
    /// The paper's knee of 1 lies beyond all errors of such images, so that its loss would be but a mean square.
    public var knee = 0.05
    /// How samples are varied.
    public var augmentation = StackAugmentation()

    /// The defaults.
    public init() {}

    static let properties =
        StackSettings.properties(slices: 6, size: 48) + [
            Schema.Property("knee", .number(0.0001...10), "Error at which squares end in the loss (default 0.05)")
        ]

    /// What is cut for training.
    var crop: StackCrop { stack.crop }
    /// The stacks alone.
    var stack: StackSettings {
        var stack = StackSettings()
        (stack.factor, stack.slices, stack.size, stack.augmentation) = (factor, slices, size, augmentation)
        return stack
    }
}
