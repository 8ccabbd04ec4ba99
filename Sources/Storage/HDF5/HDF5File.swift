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

    private init(path: String, handle: HDF5Handle) {
        self.path = path
        self.handle = handle
        root = HDF5Group(handle: handle, place: HDF5Place(file: path))
    }

    /// Writes a new file and publishes it in one step, in place of an older one.
    ///
    /// The bounds of the format are those that HDF5 1.10 and MATLAB read, never "latest".
    ///
    /// - Parameter body: writes into the root group, which is of no use afterwards.
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`, and what `body` throws. Nothing is left behind.
    public static func write(to path: String, _ body: (HDF5Group) throws -> Void) throws {
        try AtomicFile.write(to: path) { partial in
            let place = HDF5Place(file: path)
            let handle = try HDF5Library.run { _ in
                let access = try accessList(place)
                let creation = HDF5Handle(try place.writing(H5Pcreate(chdf5_file_create())))
                H5Pset_obj_track_times(creation.id, false)
                return HDF5Handle(try place.writing(H5Fcreate(partial.path, chdf5_truncate(), creation.id, access.id)))
            }
            try body(HDF5File(path: path, handle: handle).root)
            try HDF5Library.run { _ in
                let flushed = H5Fflush(handle.id, H5F_SCOPE_GLOBAL)
                let failure = flushed < 0 ? place.failure(.inputOutput, "write", diskRemedy) : nil
                let closed = H5Fclose(handle.id)
                if let failure { throw failure }
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
        return try HDF5Library.run { _ in
            guard H5Fis_hdf5(path) > 0 else {
                throw CineError(.badData, "\(path): expected an HDF5 file, found something else. Check that it is the right file.")
            }
            let id = H5Fopen(path, chdf5_read_only(), try accessList(place).id)
            return HDF5File(path: path, handle: HDF5Handle(try place.reading(id)))
        }
    }

    private static let diskRemedy = "Check the space left on the disk, then run the same command with --resume."

    /// Closing a file closes what lies in it; large pieces start at a page of the disk.
    private static func accessList(_ place: HDF5Place) throws -> HDF5Handle {
        let list = HDF5Handle(try place.writing(H5Pcreate(chdf5_file_access())))
        try place.writing(H5Pset_fclose_degree(list.id, H5F_CLOSE_STRONG))
        try place.writing(H5Pset_libver_bounds(list.id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110))
        try place.writing(H5Pset_alignment(list.id, 64 << 10, 4 << 10))
        return list
    }
}
