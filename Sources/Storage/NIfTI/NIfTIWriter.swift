import Core
import Foundation

/// Writes NIfTI-1: `.nii`, or `.nii.gz` at level 1 without name and time, so that the same numbers give the
/// same bytes.
public struct NIfTIWriter: ~Copyable {
    private let sink: any ByteSink
    private let element: NIfTIHeader.Element
    private var missing: Int

    /// Publishes a file in one step; `body` appends its numbers piece by piece.
    ///
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`, `.badData` when the header cannot be
    ///   written or the numbers do not fill it, and what `body` throws. Nothing is left behind.
    public static func write(
        _ header: NIfTIHeader, to path: String, _ body: (inout NIfTIWriter) throws -> Void
    ) throws {
        let bytes = try header.encoded()
        try AtomicFile.write(to: path) { partial in
            let sink: any ByteSink = path.hasSuffix(".gz") ? try GzipSink(partial) : partial
            try sink.append(bytes)
            var writer = NIfTIWriter(sink: sink, element: header.element, missing: header.count)
            try body(&writer)
            guard writer.missing == 0 else {
                throw CineError(
                    .badData, "\(path): expected \(header.count) numbers, found \(header.count - writer.missing).")
            }
            try sink.finish()
        }
    }

    /// Publishes a file of numbers, x fastest.
    ///
    /// - Throws: as `write(_:to:_:)`.
    public static func write(_ header: NIfTIHeader, _ values: [Float], to path: String) throws {
        try write(header, to: path) { try $0.append(values) }
    }

    /// Publishes a file of labels, x fastest.
    ///
    /// - Throws: as `write(_:to:_:)`.
    public static func write(_ header: NIfTIHeader, _ values: [UInt8], to path: String) throws {
        try write(header, to: path) { try $0.append(values) }
    }

    /// Appends numbers to a file of type float32.
    ///
    /// - Throws: `CineError(.badData)` for a file of another type, `.inputOutput`.
    public mutating func append(_ values: [Float]) throws {
        try values.withUnsafeBytes { try append($0, count: values.count, as: .float32) }
    }

    /// Appends labels to a file of type uint8.
    ///
    /// - Throws: `CineError(.badData)` for a file of another type, `.inputOutput`.
    public mutating func append(_ values: [UInt8]) throws {
        try values.withUnsafeBytes { try append($0, count: values.count, as: .uint8) }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer, count: Int, as found: NIfTIHeader.Element) throws {
        guard found == element, count <= missing else {
            throw CineError(
                .badData, "A NIfTI file expects \(missing) more numbers of type \(element), found \(count) of \(found)."
            )
        }
        missing -= count
        try sink.append(bytes)
    }
}
