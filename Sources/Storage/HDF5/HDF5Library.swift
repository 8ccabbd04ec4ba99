internal import CHDF5
import Core
import Foundation

/// The gate to the HDF5 library, which is not promised to be safe for threads.
enum HDF5Library {
    /// Recursive, because releasing a handle closes it, and that may happen within another call.
    private static let gate = NSRecursiveLock()
    private static let types = HDF5Types()

    /// Calls `body` while no other thread is in the library.
    static func run<Result>(_ body: (HDF5Session) throws -> Result) rethrows -> Result {
        gate.lock()
        defer { gate.unlock() }
        let session = HDF5Session(types: types)
        defer { session.close() }
        // The library's own habit is to print; the setting belongs to the thread.
        H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
        return try body(session)
    }
}

/// One stay behind the gate: the types, and identifiers that are closed at its end.
final class HDF5Session {
    let types: HDF5Types
    private var temporaries: [hid_t] = []

    fileprivate init(types: HDF5Types) { self.types = types }

    /// Passes an identifier on, to be closed when the stay ends.
    func temporary(_ id: hid_t) -> hid_t {
        temporaries.append(id)
        return id
    }

    fileprivate func close() { for id in temporaries.reversed() { H5Idec_ref(id) } }
}

/// The types in files, made once and only touched behind the gate.
struct HDF5Types: Sendable {
    let float16: hid_t
    let complex64: hid_t
    let text: hid_t

    /// Starts the library: no plug-ins, so that no file can load code, and no clean-up at exit, because a
    /// file that is still open then is one that must not be published.
    fileprivate init() {
        H5dont_atexit()
        H5open()
        H5PLset_loading_state(0)
        float16 = H5Tcopy(chdf5_float32())
        H5Tset_fields(float16, 15, 10, 5, 0, 10)
        H5Tset_size(float16, 2)
        H5Tset_ebias(float16, 15)
        complex64 = H5Tcreate(H5T_COMPOUND, 8)
        H5Tinsert(complex64, "r", 0, chdf5_float32())
        H5Tinsert(complex64, "i", 4, chdf5_float32())
        text = chdf5_make_text()
    }

    /// The type in files that stands for an element.
    subscript(type: HDF5Type) -> hid_t {
        switch type {
        case .float16: float16
        case .float32: chdf5_float32()
        case .float64: chdf5_float64()
        case .uint8: chdf5_uint8()
        case .int32: chdf5_int32()
        case .complex64: complex64
        }
    }

    /// The element for a type found in a file.
    func element(for type: hid_t) -> HDF5Type? { HDF5Type.allCases.first { H5Tequal(self[$0], type) > 0 } }
}

/// Owns one identifier of the library, and keeps alive what it lies in.
final class HDF5Handle: Sendable {
    let id: hid_t
    private let owner: HDF5Handle?

    init(_ id: hid_t, in owner: HDF5Handle? = nil) {
        self.id = id
        self.owner = owner
    }

    deinit {
        HDF5Library.run { _ in
            // Closing a file closes what lies in it, so the identifier may be gone.
            if H5Iis_valid(id) > 0 { H5Idec_ref(id) }
        }
    }
}

/// Where something lies, for messages: the file and the path in it.
struct HDF5Place: Sendable {
    let file: String
    var object = "/"

    func appending(_ name: String) -> HDF5Place {
        HDF5Place(file: file, object: object == "/" ? "/\(name)" : "\(object)/\(name)")
    }

    /// An error with what the library says.
    ///
    /// Must be called behind the gate, before any other call of the library.
    func failure(_ kind: CineError.Kind, _ action: String, _ remedy: String) -> CineError {
        var text = [CChar](repeating: 0, count: 512)
        chdf5_last_error(&text)
        let cause = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let locked = cause.contains("unable to lock file")
        let advice = locked ? "If the file system has no locks, set HDF5_USE_FILE_LOCKING=FALSE for readers." : remedy
        return CineError(
            kind, "\(file): cannot \(action) \(object): \(cause.isEmpty ? "unknown cause" : cause). \(advice)")
    }

    /// An error about what was found.
    func mismatch(_ message: String) -> CineError { CineError(.badData, "\(file): \(object): \(message)") }

    /// Passes what is not negative, and throws what the library says otherwise.
    @discardableResult
    func reading<I: SignedInteger>(_ result: I) throws -> I {
        guard result >= 0 else {
            throw failure(.badData, "read", "The file is damaged or of another kind; make or copy it again.")
        }
        return result
    }

    /// Passes what is not negative, and throws what the library says otherwise.
    @discardableResult
    func writing<I: SignedInteger>(_ result: I) throws -> I {
        guard result >= 0 else {
            throw failure(
                .inputOutput, "write", "Check the space left on the disk, then run the same command with --resume.")
        }
        return result
    }
}
