import Core
import Foundation

extension Safetensors {
    /// Publishes arrays in one step.
    ///
    /// Arrays with larger elements come first, then by name, so that each begins at a multiple of its element's size and
    /// equal arrays give equal bytes.
    /// - Parameters:
    ///   - metadata: words that go with them.
    ///   - append: writes an array's bytes, in pieces, little endian and in C order.
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`, `.badData` when names are not unique or the bytes
    ///   do not fill an array, and what `append` throws. Nothing is left behind.
    public static func write(
        _ entries: [Entry], metadata: [String: String] = [:], to path: String,
        append: (Entry, (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        guard Set(entries.map(\.name)).count == entries.count, !entries.contains(where: { $0.name == metadataKey })
        else {
            throw CineError(.badData, "\(path): arrays were expected to have names of their own, found a name twice.")
        }
        let ordered = entries.sorted { ($1.element.size, $0.name) < ($0.element.size, $1.name) }
        let header = try Header(ordered, metadata: metadata, path: path).bytes
        try AtomicFile.write(to: path) { file in
            try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.append($0) }
            try file.append(header)
            for entry in ordered {
                var missing = entry.byteCount ?? 0
                try append(entry) { bytes in
                    missing -= bytes.count
                    guard missing >= 0 else { throw unfilled(entry, path) }
                    try file.append(bytes)
                }
                guard missing == 0 else { throw unfilled(entry, path) }
            }
        }
    }

    private static func unfilled(_ entry: Entry, _ path: String) -> CineError {
        CineError(
            .badData,
            "\(path): \(entry.byteCount ?? 0) bytes were expected for \"\(entry.name)\" of shape \(entry.shape), found others."
        )
    }
}

/// The header of a file, as it is written.
private struct Header: Encodable {
    private var entries: [(name: String, value: Safetensors.HeaderEntry)] = []
    private let metadata: [String: String]

    init(_ ordered: [Safetensors.Entry], metadata: [String: String], path: String) throws {
        self.metadata = metadata
        var offset = 0
        for entry in ordered {
            guard let count = entry.byteCount else {
                throw CineError(
                    .badData, "\(path): an array \"\(entry.name)\" of shape \(entry.shape) cannot be written.")
            }
            let value = Safetensors.HeaderEntry(
                dtype: entry.element.rawValue, shape: entry.shape, dataOffsets: [offset, offset + count])
            entries.append((entry.name, value))
            offset += count
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Safetensors.Key.self)
        if !metadata.isEmpty {
            try container.encode(metadata, forKey: Safetensors.Key(stringValue: Safetensors.metadataKey))
        }
        for (name, value) in entries { try container.encode(value, forKey: Safetensors.Key(stringValue: name)) }
    }

    /// JSON, with spaces at its end, so that the data begin at a multiple of eight bytes.
    var bytes: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let text = try encoder.encode(self)
            return Array(text) + [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        }
    }
}
