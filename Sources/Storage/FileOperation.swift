import Synchronization

/// What is about to be done to a file that we publish or append to.
///
/// Every operation is announced, so that a test can look at the folder as a kill would leave it there, or let the
/// operation fail.
enum FileOperation: Sendable {
    /// A file is made or opened to be written.
    case open
    /// Bytes are written at its end.
    case write
    /// What lies beyond a place is cut off.
    case truncate
    /// What was written is put on the disk.
    case synchronise
    /// It gets its name.
    case rename

    /// Takes every operation of the process and its path; an error of it is that of the operation.
    ///
    /// Nobody listens but tests.
    static let listener = Mutex<(@Sendable (FileOperation, String) throws -> Void)?>(nil)

    /// Announces an operation.
    static func will(_ operation: FileOperation, _ path: String) throws {
        try listener.withLock { $0 }?(operation, path)
    }
}
