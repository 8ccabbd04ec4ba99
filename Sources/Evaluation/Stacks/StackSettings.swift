import Core

/// What stacks a task learns from.
public struct StackSettings: Sendable, Hashable, Codable {
    /// Fine slices for each of the stack, as in the dataset.
    public var factor = 4
    /// Slices of a training sample, cut at random; the whole stack is scored.
    public var slices = 12
    /// Rows and columns of a training sample, cut at random.
    public var size = [80, 80]
    /// How samples are varied.
    public var augmentation = StackAugmentation()
    /// How much soft Dice counts beside cross-entropy: with some, small structures are found after far fewer steps.
    public var diceWeight = 0.0

    /// The defaults.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case factor, slices, size, augmentation
        case diceWeight = "dice_weight"
    }

    static let properties =
        properties(slices: 12, size: 80) + [
            Schema.Property(
                "dice_weight", .number(0...100), "Soft Dice beside cross-entropy (default 0, as published)")
        ]

    /// The entries of tasks on stacks in YAML.
    static func properties(slices: Int, size: Int) -> [Schema.Property] {
        [
            Schema.Property(
                "factor", .integer(1...50), "Fine slices for each of the stack, as in the dataset (default 4)"),
            Schema.Property("slices", .integer(2...200), "Slices of a training sample (default \(slices))"),
            Schema.Property(
                "size", .list(of: .integer(8...1024), count: 2...2),
                "Rows and columns of a training sample (default [\(size), \(size)])"),
            Schema.Property("augmentation", .object(StackAugmentation.properties), "How samples are varied"),
        ]
    }

    /// What is cut for training.
    var crop: StackCrop { StackCrop(slices: slices, size: size, factor: factor) }
    /// Shape [Z, Y, X] of a training sample on fine slices.
    var fineShape: [Int] { [slices * factor] + size }
}

extension StackAugmentation {
    static let properties = [
        Schema.Property("rotation_deg", .number(0...45), "Rotation in the plane in degrees (default 10)"),
        Schema.Property("scale", .number(0...0.5), "Size (default 0.1)"),
        Schema.Property("shift_mm", .number(0...50), "Shift along each axis in mm (default 4)"),
        Schema.Property("gain", .number(0...1), "Logarithm of the gain (default 0.1)"),
        Schema.Property("offset", .number(0...1), "What is added to intensities (default 0.05)"),
        Schema.Property("gamma", .number(0...0.3), "Curve through 0 and 1 (default 0.1)"),
        Schema.Property("bias", .number(0...0.3), "Shading towards the edges (default 0.1)"),
        Schema.Property("noise", .number(0...1), "Noise that is added to thick slices (default 0.02)"),
        Schema.Property(
            "breath_hold_mm", .number(0...8),
            "How far slices are shifted against their truth in mm, the median of patients (default 0)"),
    ]
}
