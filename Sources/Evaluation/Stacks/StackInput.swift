import Learning

/// What networks see of stacks.
public struct StackInput {
    /// Thick slices [N, 1, S, Y, X].
    public let image: Tensor
    /// Long-axis views on fine slices [N, 2, Z, Y, X]: intensity and validity.
    public let views: [Tensor]
    /// True classes of the fine slices [N, Z, Y, X], which only an autoencoder sees.
    public let truth: Tensor

    /// True fine slices [N, 1, Z, Y, X], which only a T-L network sees.
    public let fineImage: Tensor

    /// Number of fine slices.
    var fineSlices: Int { truth.shape[1] }

    /// The stack on fine slices, linear between its own.
    func interpolated() throws -> Tensor { try image.resized(to: Array(truth.shape.suffix(3))) }
}

extension StackInput {
    /// Stacks of one size, as tensors.
    init(_ stacks: [ThickStack]) throws {
        let batch = StackTensors(stacks)
        image = try batch.tensor(\.image, fine: false)
        truth = try batch.classes(\.fineLabel, fine: true)
        fineImage = try batch.tensor(\.fineImage, fine: true)
        views = try (0..<(stacks.first?.views.count ?? 0)).map { view in
            try .concatenated(
                [
                    batch.tensor({ $0.views[view].image }, fine: true),
                    batch.tensor({ $0.views[view].validity }, fine: true),
                ], axis: 1)
        }
    }
}

/// Makes tensors of stacks of one size.
struct StackTensors {
    private let stacks: [ThickStack]

    init(_ stacks: [ThickStack]) { self.stacks = stacks }

    /// Values as channels [N, 1, S or Z, Y, X].
    func tensor(_ values: (ThickStack) -> [Float], fine: Bool) throws -> Tensor {
        try Tensor(stacks.flatMap(values), shape: shape(fine: fine)).unsqueezed(1)
    }

    /// Classes [N, S or Z, Y, X] int64.
    func classes(_ values: (ThickStack) -> [UInt8], fine: Bool) throws -> Tensor {
        try Tensor(stacks.flatMap(values), shape: shape(fine: fine)).converted(to: .int64)
    }

    private func shape(fine: Bool) -> [Int] {
        let stack = stacks[0]
        return [stacks.count, fine ? stack.slices * stack.factor : stack.slices, stack.height, stack.width]
    }
}
