internal import CHDF5
import Core

/// How readouts lie in HDF5: a compound of the packed header and two lists of variable length.
enum MRDLayout {
    /// A record in memory, as libismrmrd has it: the header, then address-sized pieces.
    static let recordSize = 376
    static let trajectoryOffset = 344
    static let samplesOffset = 360

    /// A member of a compound, in its order.
    private struct Field {
        let name: String
        let type: hid_t
        /// Elements of an array; 0 for a single value.
        var count = 0
    }

    private static var counterFields: [Field] {
        let names = [
            "kspace_encode_step_1", "kspace_encode_step_2", "average", "slice", "contrast", "phase", "repetition",
            "set", "segment",
        ]
        return names.map { Field(name: $0, type: chdf5_uint16()) }
            + [Field(name: "user", type: chdf5_uint16(), count: 8)]
    }

    private static func headerFields(counters: hid_t) -> [Field] {
        let (u16, u32, u64) = (chdf5_uint16(), chdf5_uint32(), chdf5_uint64())
        let vectors = ["position", "read_dir", "phase_dir", "slice_dir", "patient_table_position"]
        return [
            Field(name: "version", type: u16), Field(name: "flags", type: u64),
            Field(name: "measurement_uid", type: u32), Field(name: "scan_counter", type: u32),
            Field(name: "acquisition_time_stamp", type: u32),
            Field(name: "physiology_time_stamp", type: u32, count: 3),
            Field(name: "number_of_samples", type: u16), Field(name: "available_channels", type: u16),
            Field(name: "active_channels", type: u16), Field(name: "channel_mask", type: u64, count: 16),
            Field(name: "discard_pre", type: u16), Field(name: "discard_post", type: u16),
            Field(name: "center_sample", type: u16), Field(name: "encoding_space_ref", type: u16),
            Field(name: "trajectory_dimensions", type: u16), Field(name: "sample_time_us", type: chdf5_float32()),
        ] + vectors.map { Field(name: $0, type: chdf5_float32(), count: 3) } + [
            Field(name: "idx", type: counters), Field(name: "user_int", type: chdf5_int32(), count: 8),
            Field(name: "user_float", type: chdf5_float32(), count: 8),
        ]
    }

    /// The type of a record, in files that we write and in memory.
    static func recordType(_ session: HDF5Session, _ place: HDF5Place) throws -> hid_t {
        let record = session.temporary(try place.writing(H5Tcreate(H5T_COMPOUND, recordSize)))
        let list = session.temporary(try place.writing(H5Tvlen_create(chdf5_float32())))
        try place.writing(H5Tinsert(record, "head", 0, try headerType(session, place)))
        try place.writing(H5Tinsert(record, "traj", trajectoryOffset, list))
        try place.writing(H5Tinsert(record, "data", samplesOffset, list))
        return record
    }

    private static func headerType(_ session: HDF5Session, _ place: HDF5Place) throws -> hid_t {
        let counters = try packed(counterFields, session, place)
        return try packed(headerFields(counters: counters), session, place)
    }

    private static func packed(_ fields: [Field], _ session: HDF5Session, _ place: HDF5Place) throws -> hid_t {
        let types = try fields.map { field in
            guard field.count > 0 else { return field.type }
            return session.temporary(try place.writing(H5Tarray_create2(field.type, 1, [hsize_t(field.count)])))
        }
        let size = types.reduce(0) { $0 + H5Tget_size($1) }
        let compound = session.temporary(try place.writing(H5Tcreate(H5T_COMPOUND, size)))
        var offset = 0
        for (field, type) in zip(fields, types) {
            try place.writing(H5Tinsert(compound, field.name, offset, type))
            offset += H5Tget_size(type)
        }
        return compound
    }

    // MARK: Files of others

    /// Where the parts of a record lie in a file.
    struct Record {
        var size: Int
        var header: [Move]
        var trajectory: Int
        var samples: Int
    }

    /// Bytes of a record that belong at another place in our header.
    struct Move {
        var from: Int
        var to: Int
        var count: Int
    }

    /// Finds the parts of a record: members may lie at any place, but must have ISMRMRD's names and types.
    ///
    /// - Throws: `CineError(.badData)` with the name of the member that is missing or of another type.
    static func record(of dataset: HDF5Dataset) throws -> Record {
        let place = dataset.place
        return try HDF5Library.run { session in
            let found = session.temporary(try place.reading(H5Dget_type(dataset.handle.id)))
            let list = session.temporary(try place.reading(H5Tvlen_create(chdf5_float32())))
            let counters = try packed(counterFields, session, place)
            let fields = headerFields(counters: counters)
            let (headerOffset, header) = try member("head", of: found, session, place)
            let trajectory = try member("traj", of: found, equalTo: list, session, place)
            let samples = try member("data", of: found, equalTo: list, session, place)
            let parts = try moves(fields, of: header, from: headerOffset, to: 0, session, place)
            let size = H5Tget_size(found)
            let ends =
                parts.map { $0.from + $0.count } + [trajectory, samples].map { $0 + HDF5GlobalHeap.Reference.size }
            guard ends.allSatisfy({ $0 <= size }) else {
                throw place.mismatch("expected members within \(size) bytes, found some beyond. The file is damaged.")
            }
            return Record(size: size, header: joined(parts), trajectory: trajectory, samples: samples)
        }
    }

    private static func moves(
        _ fields: [Field], of compound: hid_t, from base: Int, to start: Int, _ session: HDF5Session, _ place: HDF5Place
    ) throws -> [Move] {
        var result: [Move] = []
        var to = start
        for field in fields {
            if field.name == "idx" {
                let (offset, inner) = try member(field.name, of: compound, session, place)
                result += try moves(counterFields, of: inner, from: base + offset, to: to, session, place)
                to += H5Tget_size(field.type)
                continue
            }
            let isArray = field.count > 0
            let type =
                isArray
                ? session.temporary(try place.reading(H5Tarray_create2(field.type, 1, [hsize_t(field.count)])))
                : field.type
            let offset = try member(field.name, of: compound, equalTo: type, session, place)
            result.append(Move(from: base + offset, to: to, count: H5Tget_size(type)))
            to += H5Tget_size(type)
        }
        return result
    }

    /// Joins what is contiguous on both sides: in most files, all of it.
    private static func joined(_ moves: [Move]) -> [Move] {
        moves.reduce(into: []) { result, move in
            if let last = result.last, last.from + last.count == move.from, last.to + last.count == move.to {
                result[result.count - 1].count += move.count
            } else {
                result.append(move)
            }
        }
    }

    private static func member(
        _ name: String, of compound: hid_t, equalTo expected: hid_t, _ session: HDF5Session, _ place: HDF5Place
    ) throws -> Int {
        let (offset, type) = try member(name, of: compound, session, place)
        guard H5Tequal(type, expected) > 0 else {
            throw place.mismatch(
                "expected the member \(name) to be of ISMRMRD's type, found another. Write the file with ISMRMRD 1.x.")
        }
        return offset
    }

    private static func member(
        _ name: String, of compound: hid_t, _ session: HDF5Session, _ place: HDF5Place
    ) throws -> (offset: Int, type: hid_t) {
        let index = H5Tget_class(compound) == H5T_COMPOUND ? H5Tget_member_index(compound, name) : -1
        guard index >= 0 else {
            throw place.mismatch(
                "expected ISMRMRD acquisitions with a member \(name), found none. Check that it is an MRD file of raw data."
            )
        }
        let type = session.temporary(try place.reading(H5Tget_member_type(compound, UInt32(index))))
        return (H5Tget_member_offset(compound, UInt32(index)), type)
    }
}
