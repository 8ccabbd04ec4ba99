import Core
import Foundation
import Testing

@testable import Storage

@Suite("Files that grow")
struct AppendedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Lines are in the file at once; going on cuts off what lies beyond")
    func lines() throws {
        let file = try AppendedFile(folder.file("log"))
        try file.append("one")
        #expect(try folder.bytes("log") == Array("one\n".utf8) && file.size == 4)
        try file.append("two")
        try file.synchronise()
        let next = try AppendedFile(folder.file("log"), continuingAt: 4)
        try next.append("drei")
        #expect(try folder.bytes("log") == Array("one\ndrei\n".utf8) && next.size == 9)
        #expect(try AppendedFile(folder.file("log"), continuingAt: 100).size == 9)
        #expect(try AppendedFile(folder.file("log")).size == 0)
        #expect(try folder.bytes("log").isEmpty)
    }

    @Test("A full device and a folder that is none are typed errors")
    func errors() throws {
        expectError(.inputOutput, mentions: "/dev/full", "No space left") {
            try AppendedFile("/dev/full").append("one")
        }
        expectError(.cannotCreate, mentions: "none/log") { _ = try AppendedFile(folder.file("none/log")) }
    }
}

@Suite("Locks on folders")
struct FolderLockTests {
    @Test("One may work on everything, or several on parts of it")
    func locks() throws {
        let folder = try TemporaryFolder()
        let url = URL(fileURLWithPath: folder.file("new"))
        func expectTaken(_ part: String? = nil, location: SourceLocation = #_sourceLocation) {
            expectError(.cannotCreate, mentions: "another cineforge", "another folder", location: location) {
                _ = try FolderLock(url, part: part)
            }
        }
        try withExtendedLifetime(FolderLock(url)) {
            expectTaken()
            expectTaken("0-of-2")
        }
        try withExtendedLifetime(FolderLock(url, part: "0-of-2")) {
            expectTaken()
            expectTaken("0-of-2")
            _ = try FolderLock(url, part: "1-of-2")
        }
        _ = try FolderLock(url)
        try folder.write([], "file")
        expectError(.cannotCreate, mentions: "file") {
            _ = try FolderLock(URL(fileURLWithPath: folder.file("file")))
        }
    }
}
