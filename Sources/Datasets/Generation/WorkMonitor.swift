import Core

/// What long work asks and tells on its way.
public struct WorkMonitor: Sendable {
    /// Whether the user wants to stop.
    public let isStopped: @Sendable () -> Bool
    /// Takes the number of samples of a piece of work that begins.
    public let begin: @Sendable (Int) -> Void
    /// Takes the number of samples that were just computed.
    public let advance: @Sendable (Int) -> Void

    /// Makes a monitor; by default nobody stops and nobody listens.
    public init(
        isStopped: @escaping @Sendable () -> Bool = { false }, begin: @escaping @Sendable (Int) -> Void = { _ in },
        advance: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.isStopped = isStopped
        self.begin = begin
        self.advance = advance
    }

    /// Goes on, unless the user wants to stop.
    ///
    /// - Throws: `CineError` of kind `interrupted`.
    public func check() throws {
        if isStopped() { throw CineError(.interrupted, "interrupted") }
    }
}
