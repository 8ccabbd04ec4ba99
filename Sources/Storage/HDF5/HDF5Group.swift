internal import CHDF5
import Core

/// A group of a file: names that lead to datasets and other groups.
///
/// Names may be paths, `truth/volume/image`. Links that lead out of the file, and symbolic ones, are refused.
public struct HDF5Group: Sendable {
    let handle: HDF5Handle
    let place: HDF5Place

    /// The attributes of the group.
    public var attributes: HDF5Attributes { HDF5Attributes(handle: handle, place: place) }

    /// Names of what lies in the group, in order of their bytes.
    ///
    /// - Throws: `CineError(.badData)` when the group is damaged.
    public var children: [String] {
        get throws {
            try HDF5Library.run { _ in
                var info = H5G_info_t()
                try place.reading(H5Gget_info(handle.id, &info))
                return try (0..<plausibleCount(info.nlinks, place)).map { index in
                    try libraryText { buffer, size in
                        let length = H5Lget_name_by_idx(
                            handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, hid_t(H5P_DEFAULT))
                        return Int(try place.reading(length))
                    }
                }
            }
        }
    }

    /// Whether something lies under a name.
    public func exists(_ name: String) -> Bool { HDF5Library.run { _ in (try? locate(name)) != nil } }

    /// Whether a group lies under a name.
    public func holdsGroup(_ name: String) -> Bool { HDF5Library.run { kind(of: name, $0) == H5I_GROUP } }

    /// Whether a dataset lies under a name.
    public func holdsDataset(_ name: String) -> Bool { HDF5Library.run { kind(of: name, $0) == H5I_DATASET } }

    /// Opens a group.
    ///
    /// - Throws: `CineError(.badData)` when there is none of that name.
    public func group(_ name: String) throws -> HDF5Group {
        try HDF5Library.run { session in
            try locate(name, as: H5I_GROUP, "a group", session)
            let id = try place.appending(name).reading(H5Gopen2(handle.id, name, hid_t(H5P_DEFAULT)))
            return HDF5Group(handle: HDF5Handle(id, in: handle), place: place.appending(name))
        }
    }

    /// Opens a dataset.
    ///
    /// - Throws: `CineError(.badData)` when there is none of that name, or one that cannot be what it claims.
    public func dataset(_ name: String) throws -> HDF5Dataset {
        try HDF5Library.run { session in
            try locate(name, as: H5I_DATASET, "a dataset", session)
            let id = try place.appending(name).reading(H5Dopen2(handle.id, name, hid_t(H5P_DEFAULT)))
            return try HDF5Dataset(handle: HDF5Handle(id, in: handle), place: place.appending(name), session)
        }
    }

    /// Opens a group, made when it is not there, with those on the way to it.
    ///
    /// - Throws: `CineError(.inputOutput)`.
    public func makeGroup(_ name: String) throws -> HDF5Group {
        if exists(name) { return try group(name) }
        return try HDF5Library.run { session in
            let place = place.appending(name)
            let creation = session.temporary(try place.writing(H5Pcreate(chdf5_group_create())))
            try place.writing(H5Pset_obj_track_times(creation, false))
            let links = try Self.intermediateGroups(session, place)
            let id = H5Gcreate2(handle.id, name, links, creation, hid_t(H5P_DEFAULT))
            return HDF5Group(handle: HDF5Handle(try place.writing(id), in: handle), place: place)
        }
    }

    static func intermediateGroups(_ session: HDF5Session, _ place: HDF5Place) throws -> hid_t {
        let list = session.temporary(try place.writing(H5Pcreate(chdf5_link_create())))
        try place.writing(H5Pset_create_intermediate_group(list, 1))
        return list
    }

    // MARK: Behind the gate

    /// Follows a path name by name, each of which must be a hard link.
    private func locate(_ name: String) throws {
        var path = ""
        for part in name.split(separator: "/") {
            path += path.isEmpty ? String(part) : "/\(part)"
            switch chdf5_link_is_hard(handle.id, path) {
            case 1: continue
            case 0:
                throw place.appending(path).mismatch(
                    "expected to lie in this file, found a link that leads elsewhere. Copy what it leads to into the file."
                )
            default:
                throw place.appending(name).mismatch(
                    "expected, found nothing of that name. Check that the recipe asked for it.")
            }
        }
    }

    private func locate(_ name: String, as expected: H5I_type_t, _ word: String, _ session: HDF5Session) throws {
        try locate(name)
        guard kind(of: name, session) == expected else {
            throw place.appending(name).mismatch("expected \(word), found something else.")
        }
    }

    private func kind(of name: String, _ session: HDF5Session) -> H5I_type_t? {
        guard (try? locate(name)) != nil else { return nil }
        let id = H5Oopen(handle.id, name, hid_t(H5P_DEFAULT))
        guard id >= 0 else { return nil }
        return H5Iget_type(session.temporary(id))
    }
}

/// Text from a call of the library that first tells the length and then fills a buffer.
func libraryText(_ call: (UnsafeMutablePointer<CChar>?, Int) throws -> Int) throws -> String {
    // No name in a file of this format is as long as this; a damaged one may claim anything.
    let length = min(try call(nil, 0), 1 << 16)
    var buffer = [CChar](repeating: 0, count: length + 1)
    _ = try call(&buffer, length + 1)
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Passes a number of names that a file may hold.
func plausibleCount(_ count: hsize_t, _ place: HDF5Place) throws -> hsize_t {
    guard count <= 1 << 20 else { throw place.mismatch("expected at most \(1 << 20) names, found \(count).") }
    return count
}
