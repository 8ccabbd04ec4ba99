import Core
import Foundation

/// A safetensors file that is open for reading.
public struct SafetensorsFile: Sendable {
    /// Where it is.
    public let path: String
    /// The arrays in the order of their data.
    public let entries: [Safetensors.Entry]
    /// The words that go with them.
    public let metadata: [String: String]
    private let file: InputFile
    private let places: [String: Range<Int>]

    /// Opens a file and checks its header against its size; the arrays are read when they are asked for.
    ///
    /// - Throws: `CineError(.noInput)` when there is no such file, `.badData` when it is damaged or no safetensors file.
    public init(_ path: String) throws {
        file = try InputFile(path)
        self.path = path
        func damaged(_ cause: String) -> CineError {
            CineError(
                .badData, "\(path): a safetensors file was expected, found \(cause). It is damaged or another file.")
        }
        guard file.size >= 8 else { throw damaged("\(file.size) bytes") }
        let length = try file.bytes(at: 0, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Safetensors.longestHeader, Int(length) <= file.size - 8 else {
            throw damaged("a header of \(length) bytes in a file of \(file.size)")
        }
        let start = 8 + Int(length)
        let text = try file.bytes(at: 8, count: Int(length))
        guard text.first == UInt8(ascii: "{") else { throw damaged("a header that does not begin with {") }
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(text))
        } catch {
            throw damaged("a header that cannot be read")
        }
        var (entries, places, end) = ([Safetensors.Entry](), [String: Range<Int>](), 0)
        for (name, value) in header.entries.sorted(by: { Header.precedes($0, $1) }) {
            guard let element = Safetensors.Element(rawValue: value.dtype) else {
                throw CineError(
                    .badData,
                    """
                    \(path): "\(name)" was expected to be of one of the types \
                    \(Safetensors.Element.allCases.map(\.rawValue).joined(separator: ", ")), found \(value.dtype). \
                    Convert it where the file was made.
                    """)
            }
            let entry = Safetensors.Entry(name: name, element: element, shape: value.shape)
            guard value.dataOffsets.count == 2, value.dataOffsets[0] == end, let count = entry.byteCount,
                count <= file.size - start - end, value.dataOffsets[1] == end + count
            else {
                throw damaged(
                    "\"\(name)\" of type \(value.dtype) and shape \(value.shape) at bytes \(value.dataOffsets)")
            }
            places[name] = start + end..<start + end + count
            entries.append(entry)
            end += count
        }
        guard end == file.size - start else { throw damaged("\(file.size - start) bytes of data for arrays of \(end)") }
        (self.entries, self.places, metadata) = (entries, places, header.metadata)
    }

    /// The bytes of an array, little endian and in C order.
    ///
    /// - Throws: `CineError(.badData)` when there is no such array, `.inputOutput`.
    public func bytes(of name: String) throws -> [UInt8] {
        guard let place = places[name] else {
            throw CineError(.badData, "\(path): an array \"\(name)\" was expected, found none of that name.")
        }
        return try file.bytes(at: place.lowerBound, count: place.count)
    }
}

/// The header of a file, as it is read.
private struct Header: Decodable {
    var entries: [(String, Safetensors.HeaderEntry)] = []
    var metadata: [String: String] = [:]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Safetensors.Key.self)
        for key in container.allKeys {
            if key.stringValue == Safetensors.metadataKey {
                metadata = try container.decode([String: String].self, forKey: key)
            } else {
                entries.append((key.stringValue, try container.decode(Safetensors.HeaderEntry.self, forKey: key)))
            }
        }
    }

    /// By place; of empty arrays at one place, by name.
    static func precedes(_ a: (String, Safetensors.HeaderEntry), _ b: (String, Safetensors.HeaderEntry)) -> Bool {
        if a.1.dataOffsets == b.1.dataOffsets { return a.0 < b.0 }
        return a.1.dataOffsets.lexicographicallyPrecedes(b.1.dataOffsets)
    }
}
