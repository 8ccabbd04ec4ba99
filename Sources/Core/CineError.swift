/// An error that a user can act on: what was expected, what was found, what to do.
public struct CineError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, and the exit code of the process that ends with it (sysexits).
    public enum Kind: Int32, Sendable {
        /// The command line is wrong.
        case usage = 64
        /// A recipe, a file or its contents are wrong.
        case badData = 65
        /// An input does not exist or cannot be read.
        case noInput = 66
        /// An output cannot be created.
        case cannotCreate = 73
        /// Reading or writing failed half way.
        case inputOutput = 74
        /// Stopped early; the same command with `--resume` goes on.
        case interrupted = 75
    }

    /// The kind of failure.
    public let kind: Kind
    /// Sentences for the user.
    public let message: String

    /// Makes an error of a kind with sentences for the user.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
