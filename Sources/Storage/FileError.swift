import Core
import Foundation

/// An error of the operating system in the words of a user: what failed, where, why, what to do.
func fileError(_ kind: CineError.Kind, _ action: String, _ path: String, code: Int32 = errno) -> CineError {
    let remedy =
        switch code {
        case ENOSPC, EDQUOT: "Free some space, then run the same command with --resume."
        case EACCES, EPERM, EROFS: "Choose a place where you may read and write."
        case ENOENT, ENOTDIR: "Check the path; its folder must exist."
        case EISDIR: "Name a file, not a folder."
        case EMFILE, ENFILE: "Raise the limit on open files (ulimit -n)."
        case EIO: "Check the disk."
        default: "Check the path and the file system."
        }
    return CineError(kind, "Cannot \(action) \(path): \(String(cString: strerror(code))). \(remedy)")
}

/// Calls a function of the operating system again for as long as a signal interrupts it.
func retryingInterrupts(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}

/// Writes all bytes where a file stands.
///
/// - Throws: `CineError(.inputOutput)`.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
    try FileOperation.will(.write, path)
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = retryingInterrupts {
            write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        }
        guard written >= 0 else { throw fileError(.inputOutput, "write", path) }
        rest = rest.dropFirst(written)
    }
}
