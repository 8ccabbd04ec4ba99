import Core
import Testing

@testable import Storage

@Suite("SHA-256")
struct SHA256Tests {
    /// FIPS 180-4 examples.
    @Test(
        "Digests are the published ones",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func publishedVectors(text: String, digest: String) throws {
        #expect(try SHA256.hex(of: text) == digest)
        let folder = try TemporaryFolder()
        try folder.write(text.utf8, "text")
        #expect(try SHA256.hex(ofFile: folder.file("text")) == digest)
    }

    @Test("A million times a has the published digest")
    func millionTimesA() throws {
        let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(try SHA256.hex(of: [UInt8](repeating: 97, count: 1_000_000)) == digest)
    }

    @Test("A file of several pieces has the digest of its bytes")
    func largeFile() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<9_000_001).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        try folder.write(bytes, "large")
        #expect(try SHA256.hex(ofFile: folder.file("large")) == SHA256.hex(of: bytes))
    }

    @Test("What is not a file has no digest")
    func missing() throws {
        let folder = try TemporaryFolder()
        expectError(.noInput, mentions: "none") { _ = try SHA256.hex(ofFile: folder.file("none")) }
        expectError(.noInput, mentions: folder.path) { _ = try SHA256.hex(ofFile: folder.path) }
    }
}
