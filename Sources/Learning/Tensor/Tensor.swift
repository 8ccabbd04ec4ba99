import CTorchInterface
import Core

/// An array of numbers on a device, whose operations are recorded for gradients.
///
/// Operations give new tensors and throw when shapes or types do not fit, with the shapes in the message; one `try`
/// covers a whole expression, as in `try relu(x.convolved2D(weight)) + 2 * x`. Axes count from 0, or from the end as -1.
///
/// A tensor is a reference to memory that views share, and is not `Sendable`: batches cross threads as Swift arrays.
public class Tensor: CustomStringConvertible {
    let handle: CTorchTensor
    let library: TorchLibrary

    /// Takes over a handle.
    init(owning handle: CTorchTensor, _ library: TorchLibrary) {
        self.handle = handle
        self.library = library
    }

    /// Refers to the same tensor as another.
    init(sharing tensor: Tensor) throws {
        library = tensor.library
        guard let handle = library.functions.share(tensor.handle) else {
            throw CineError(.badData, "Cannot share \(tensor): \(library.lastError)")
        }
        self.handle = handle
    }

    deinit { library.functions.release(handle) }

    /// Number of axes.
    public var rank: Int { Int(library.functions.rank(handle)) }

    /// Sizes along the axes.
    public var shape: [Int] {
        let rank = rank
        let sizes = [Int64](unsafeUninitializedCapacity: rank) { buffer, count in
            if let start = buffer.baseAddress { library.functions.shape(handle, start) }
            count = rank
        }
        return sizes.map { Int($0) }
    }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// Type of the elements.
    public var dtype: DType {
        let code = library.functions.dtype(handle)
        guard let type = DType.allCases.first(where: { $0.code == code }) else {
            preconditionFailure("a tensor of libtorch's type \(code), which we never make")
        }
        return type
    }

    /// Where it lies.
    public var device: Device { Device(code: library.functions.device(handle)) }

    /// Shape, type and device, as "[4, 2, 128, 128] float32"; the device unless it is the processor.
    public var description: String { "\(shape) \(dtype)" + (device == .cpu ? "" : " on \(device)") }
}
