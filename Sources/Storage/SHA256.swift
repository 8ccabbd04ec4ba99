internal import CCrypto
import Core

/// SHA-256 digests, as 64 lower-case hexadecimal digits.
///
/// - Cost: about 0.5 ns a byte with the CPU's own instructions; a file is read in pieces of 4 MB.
/// - Reference: FIPS 180-4.
public enum SHA256 {
    private static let pieceSize = 4 << 20

    /// The digest of a file's bytes.
    ///
    /// - Throws: `CineError` of kind `.noInput` when the file cannot be opened, `.inputOutput` when reading fails.
    public static func hex(ofFile path: String) throws -> String {
        let file = try InputFile(path)
        let digest = try Digest()
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 64)
        defer { piece.deallocate() }
        while true {
            let count = try file.read(into: piece)
            if count == 0 { return try digest.finish() }
            try digest.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }

    /// The digest of bytes.
    ///
    /// - Throws: `CineError(.inputOutput)` when the cryptographic library refuses.
    public static func hex(of bytes: [UInt8]) throws -> String {
        let digest = try Digest()
        try bytes.withUnsafeBytes { try digest.update($0) }
        return try digest.finish()
    }

    /// The digest of text in UTF-8.
    ///
    /// - Throws: `CineError(.inputOutput)` when the cryptographic library refuses.
    public static func hex(of text: String) throws -> String { try hex(of: Array(text.utf8)) }
}

/// One digest under way.
private struct Digest: ~Copyable {
    private let context: OpaquePointer

    init() throws {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw Digest.refused
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) throws {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw Digest.refused }
    }

    func finish() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard EVP_DigestFinal_ex(context, &bytes, nil) == 1 else { throw Digest.refused }
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static var refused: CineError {
        CineError(.inputOutput, "libcrypto refuses SHA-256. Check its installation and its FIPS settings.")
    }
}
