internal import CHDF5
import Core
import Foundation

/// An HDF5 file, closed when the last reference to it or to anything in it goes.
///
/// One lock guards the library, so files may be used from any thread; compression and checksums of what is
/// written run outside the lock. The same content gives the same bytes: no times are stored.
public final class HDF5File: Sendable {
    /// Path of the file.
    public let path: String
    /// The group that holds everything.
    public let root: HDF5Group
    private let handle: HDF5Handle

    /// Takes over the identifier of an open file, behind the gate.
    private init(_ id: hid_t, place: HDF5Place) throws {
        path = place.file
        handle = HDF5Handle(id)
        root = HDF5Group(
            handle: HDF5Handle(try place.reading(H5Gopen2(id, "/", hid_t(H5P_DEFAULT))), in: handle), place: place)
    }

    /// Writes a new file and publishes it in one step, in place of an older one.
    ///
    /// The bounds of the format are those that HDF5 1.10 and MATLAB read, never "latest".
    ///
    /// - Parameter path: name under which the file is published.
    /// - Parameter staging: folder of the unfinished file; see `AtomicFile.write(to:staging:_:)`.
    /// - Parameter body: writes into the root group, which is of no use afterwards.
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`, and what `body` throws. Nothing is left behind.
    public static func write(
        to path: String, staging: String? = nil, _ body: (HDF5Group) throws -> Void
    ) throws {
        try AtomicFile.write(to: path, staging: staging) { partial in
            let place = HDF5Place(file: path)
            let file = try HDF5Library.run { session in
                let access = try accessList(session, place)
                let creation = session.temporary(try place.writing(H5Pcreate(chdf5_file_create())))
                try place.writing(H5Pset_obj_track_times(creation, false))
                let id = try place.writing(H5Fcreate(partial.path, chdf5_truncate(), creation, access))
                return try HDF5File(id, place: place)
            }
            try body(file.root)
            try HDF5Library.run { _ in
                let flushed = H5Fflush(file.handle.id, H5F_SCOPE_GLOBAL)
                // Asked for now, because closing replaces what the library has to say.
                let failure = Result { try place.writing(flushed) }
                let closed = H5Fclose(file.handle.id)
                _ = try failure.get()
                try place.writing(closed)
            }
        }
    }

    /// Opens a file for reading.
    ///
    /// - Throws: `CineError` of kind `.noInput` when it cannot be opened, `.badData` when it is not HDF5 or is cut short.
    public static func open(_ path: String) throws -> HDF5File {
        _ = try InputFile(path)
        let place = HDF5Place(file: path)
        return try HDF5Library.run { session in
            guard H5Fis_hdf5(path) > 0 else {
                throw CineError(
                    .badData, "\(path): expected an HDF5 file, found something else. Check that it is the right file.")
            }
            let id = try place.reading(H5Fopen(path, chdf5_read_only(), try accessList(session, place)))
            return try HDF5File(id, place: place)
        }
    }

    /// Closing a file closes what lies in it; large pieces start at a page of the disk.
    private static func accessList(_ session: HDF5Session, _ place: HDF5Place) throws -> hid_t {
        let list = session.temporary(try place.writing(H5Pcreate(chdf5_file_access())))
        try place.writing(H5Pset_fclose_degree(list, H5F_CLOSE_STRONG))
        try place.writing(H5Pset_libver_bounds(list, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110))
        try place.writing(H5Pset_alignment(list, 64 << 10, 4 << 10))
        return list
    }
}
