/// A buffer that several threads fill, each its own part.
///
/// `@unchecked Sendable`: `Workers.forEach` gives each index to one thread and waits for all, and its body writes only
/// what belongs to its index; whoever owns the buffer is waiting meanwhile.
public struct SharedBuffer<Element>: @unchecked Sendable {
    /// The values.
    public let values: UnsafeMutableBufferPointer<Element>

    /// Shares a buffer for as long as its owner waits.
    public init(_ values: UnsafeMutableBufferPointer<Element>) { self.values = values }

    /// Where the values begin; a buffer of nothing has no place to write to.
    public var start: UnsafeMutablePointer<Element> {
        guard let start = values.baseAddress else { preconditionFailure("a shared buffer holds nothing") }
        return start
    }
}
