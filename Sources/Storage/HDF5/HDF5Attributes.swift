internal import CHDF5
import Core

/// The value of an attribute.
public enum HDF5Value: Sendable, Hashable {
    /// Text in UTF-8.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// Numbers in C order; a shape without dimensions is one number.
    case numbers([Double], shape: [Int])
}

/// The attributes of a group or dataset: small values under names.
public struct HDF5Attributes: Sendable {
    let handle: HDF5Handle
    let place: HDF5Place

    /// Names of the attributes, in order of their bytes.
    ///
    /// - Throws: `CineError(.badData)` when the object is damaged.
    public var names: [String] {
        get throws {
            try HDF5Library.run { _ in
                let count = hsize_t(try place.reading(H5Aget_num_attrs(handle.id)))
                return try (0..<plausibleCount(count, place)).map { index in
                    try libraryText { buffer, size in
                        let length = H5Aget_name_by_idx(
                            handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, hid_t(H5P_DEFAULT))
                        return Int(try place.reading(length))
                    }
                }
            }
        }
    }

    // MARK: Writing

    /// Writes text, as h5py writes a `str`.
    ///
    /// - Throws: `CineError(.inputOutput)`; a name can be written once.
    public func set(_ name: String, _ text: String) throws {
        try HDF5Library.run { session in
            let type = session.types.text
            let attribute = try make(name, type, shape: [], session)
            try text.withCString { pointer in
                var pointer: UnsafePointer<CChar>? = pointer
                try place(name).writing(H5Awrite(attribute, type, &pointer))
            }
        }
    }

    /// Writes a whole number as int64.
    ///
    /// - Throws: `CineError(.inputOutput)`; a name can be written once.
    public func set(_ name: String, _ number: Int) throws {
        try HDF5Library.run { session in
            let attribute = try make(name, chdf5_int64(), shape: [], session)
            var value = Int64(number)
            try place(name).writing(H5Awrite(attribute, chdf5_int64(), &value))
        }
    }

    /// Writes a number as float64.
    ///
    /// - Throws: `CineError(.inputOutput)`; a name can be written once.
    public func set(_ name: String, _ number: Double) throws { try set(name, [number], shape: []) }

    /// Writes numbers as float64, in C order; one dimension when no shape is given.
    ///
    /// - Throws: `CineError(.inputOutput)`; a name can be written once.
    public func set(_ name: String, _ numbers: [Double], shape: [Int]? = nil) throws {
        let shape = shape ?? [numbers.count]
        precondition(shape.reduce(1, *) == numbers.count, "\(numbers.count) numbers do not fill the shape \(shape)")
        try HDF5Library.run { session in
            let attribute = try make(name, chdf5_float64(), shape: shape, session)
            try place(name).writing(H5Awrite(attribute, chdf5_float64(), numbers))
        }
    }

    private func make(_ name: String, _ type: hid_t, shape: [Int], _ session: HDF5Session) throws -> hid_t {
        let place = place(name)
        let space = session.temporary(
            try place.writing(
                shape.isEmpty
                    ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), shape.map(hsize_t.init), nil)))
        let id = H5Acreate2(handle.id, name, type, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
        return session.temporary(try place.writing(id))
    }

    // MARK: Reading

    /// The text under a name.
    ///
    /// HDF5 1.10 does not survive every damaged reference to text, so compare the SHA-256 of a file that came
    /// from elsewhere before reading it.
    ///
    /// - Throws: `CineError(.badData)` when there is no such attribute or it is of another type.
    public func text(_ name: String) throws -> String {
        guard case .text(let text) = try value(name) else { throw wrong(name, "text") }
        return text
    }

    /// The whole number under a name.
    ///
    /// - Throws: `CineError(.badData)` when there is no such attribute or it is of another type.
    public func integer(_ name: String) throws -> Int {
        guard case .integer(let number) = try value(name) else { throw wrong(name, "a whole number") }
        return number
    }

    /// The number under a name, which may be whole.
    ///
    /// - Throws: `CineError(.badData)` when there is no such attribute or it is of another type.
    public func number(_ name: String) throws -> Double {
        switch try value(name) {
        case .integer(let number): return Double(number)
        case .numbers(let numbers, let shape) where shape.isEmpty && numbers.count == 1: return numbers[0]
        default: throw wrong(name, "one number")
        }
    }

    /// The numbers under a name, in C order.
    ///
    /// - Parameter name: of the attribute.
    /// - Parameter expected: what the shape must be; any when nil.
    /// - Throws: `CineError(.badData)` when there is no such attribute or it is of another type or shape.
    public func numbers(_ name: String, shape expected: [Int]? = nil) throws -> [Double] {
        guard case .numbers(let numbers, let shape) = try value(name), expected == nil || expected == shape else {
            throw wrong(name, "numbers of shape \(expected.map { "\($0)" } ?? "[n]")")
        }
        return numbers
    }

    /// The value under a name.
    ///
    /// - Throws: `CineError(.badData)` when there is no such attribute or its type is not one of `HDF5Value`.
    public func value(_ name: String) throws -> HDF5Value {
        try HDF5Library.run { session in
            let place = place(name)
            guard H5Aexists(handle.id, name) > 0 else {
                throw place.mismatch("expected an attribute, found none. Check that the file is of the right kind.")
            }
            let attribute = session.temporary(try place.reading(H5Aopen(handle.id, name, hid_t(H5P_DEFAULT))))
            let type = session.temporary(try place.reading(H5Aget_type(attribute)))
            let space = session.temporary(try place.reading(H5Aget_space(attribute)))
            let shape = try extents(of: space, place)
            let count = try elementCount(shape, place)
            // Attributes live in object headers; a megabyte is far beyond what any of ours holds.
            guard count <= 1 << 17 else {
                throw place.mismatch("expected at most \(1 << 17) values, found \(count).")
            }
            switch H5Tget_class(type) {
            case H5T_STRING where count == 1: return .text(try readText(attribute, type, place))
            case H5T_INTEGER where shape.isEmpty:
                var value: Int64 = 0
                try place.reading(H5Aread(attribute, chdf5_int64(), &value))
                return .integer(Int(value))
            case H5T_INTEGER, H5T_FLOAT:
                var values = [Double](repeating: 0, count: count)
                try place.reading(H5Aread(attribute, chdf5_float64(), &values))
                return .numbers(values, shape: shape)
            default: throw place.mismatch("expected text or numbers, found another type.")
            }
        }
    }

    private func readText(_ attribute: hid_t, _ type: hid_t, _ place: HDF5Place) throws -> String {
        guard H5Tis_variable_str(type) == 0 else {
            var pointer: UnsafeMutablePointer<CChar>?
            try place.reading(H5Aread(attribute, type, &pointer))
            defer { H5free_memory(pointer) }
            return pointer.map { String(cString: $0) } ?? ""
        }
        let size = H5Tget_size(type)
        guard size <= 1 << 20 else { throw place.mismatch("expected text of at most 1 MiB, found \(size) bytes.") }
        var bytes = [UInt8](repeating: 0, count: size)
        try place.reading(H5Aread(attribute, type, &bytes))
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func place(_ name: String) -> HDF5Place {
        HDF5Place(file: place.file, object: "\(place.object)@\(name)")
    }

    private func wrong(_ name: String, _ expected: String) -> CineError {
        place(name).mismatch(
            "expected \(expected), found another type or shape. Check that the file is of the right kind.")
    }
}
