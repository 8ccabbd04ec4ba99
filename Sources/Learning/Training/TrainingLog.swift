import Core
import Foundation
import Storage

/// The log of training: JSON lines, one for each step and one for each validation.
///
/// ```
/// {"gradient_norm":0.71,"loss":0.12,"rate":0.001,"seconds":12.5,"step":200}
/// {"seconds":14,"step":200,"validation":{"psnr":31.2}}
/// ```
public final class TrainingLog {
    /// A line.
    public struct Line: Codable, Sendable, Equatable {
        /// Number of steps taken.
        public let step: Int
        /// Time that training has taken.
        public let seconds: Double
        /// Loss of the step, before its weights changed.
        public var loss: Double?
        /// Learning rate of the step.
        public var rate: Double?
        /// Norm of all gradients together, before it was limited.
        public var gradientNorm: Double?
        /// Scores of a validation after the step.
        public var validation: [String: Double]?
    }

    private let file: AppendedFile

    /// Opens a log to go on where it had a size; what lies beyond is cut off.
    init(_ path: String, continuingAt size: Int) throws { file = try AppendedFile(path, continuingAt: size) }

    /// Size in bytes.
    var size: Int { file.size }

    func append(_ line: Line) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // A score may be infinite, as that of a perfect image.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        try file.append(String(decoding: encoder.encode(line), as: UTF8.self))
    }

    func synchronise() throws { try file.synchronise() }

    /// Reads the lines of a log; the last is left out when it was cut short.
    ///
    /// - Throws: `CineError(.noInput)` when there is no log, `.badData` with the line that is none.
    public static func read(_ path: String) throws -> [Line] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CineError(.noInput, "Cannot read \(path): expected the log of a training. Check the path.")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // What follows the last end of a line is nothing, or cut short.
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        return try lines.enumerated().map { index, line in
            do {
                return try decoder.decode(Line.self, from: line)
            } catch {
                throw CineError(
                    .badData, "\(path), line \(index + 1): expected a line of a training's log, found other text.")
            }
        }
    }
}
