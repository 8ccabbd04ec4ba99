import Core
import Foundation
import Testing

@testable import Storage

@Suite("Atomic files")
struct AtomicFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A file appears whole under its name, and replaces an older one")
    func publishes() throws {
        try AtomicFile.write("old", to: folder.file("a.txt"))
        try AtomicFile.write(to: folder.file("a.txt")) { partial in
            #expect(AtomicFile.isLeftover(URL(fileURLWithPath: partial.path).lastPathComponent))
            try partial.append(Array("new".utf8))
            #expect(try folder.bytes("a.txt") == Array("old".utf8))
        }
        #expect(try folder.bytes("a.txt") == Array("new".utf8))
        #expect(try folder.names == ["a.txt"])
    }

    @Test("A writer that fails leaves the older file and nothing else")
    func failureLeavesNothing() throws {
        try AtomicFile.write("old", to: folder.file("a.txt"))
        expectError(.badData, mentions: "stop") {
            try AtomicFile.write(to: folder.file("a.txt")) { partial in
                try partial.append([1, 2, 3])
                throw CineError(.badData, "stop")
            }
        }
        #expect(try folder.bytes("a.txt") == Array("old".utf8))
        #expect(try folder.names == ["a.txt"])
    }

    @Test("A folder that does not exist, or a name that is taken by one, cannot be created")
    func cannotCreate() throws {
        expectError(.cannotCreate, mentions: "none/a.txt", "exist") {
            try AtomicFile.write("", to: folder.file("none/a.txt"))
        }
        try FileManager.default.createDirectory(atPath: folder.file("taken"), withIntermediateDirectories: false)
        expectError(.cannotCreate, mentions: "taken") { try AtomicFile.write("", to: folder.file("taken")) }
        #expect(try folder.names == ["taken"])
    }

    @Test("What a killed writer of the same process number left does not stop the next, and can be cleared")
    func leftovers() throws {
        let stale = ".a.txt.partial-\(getpid())"
        try folder.write([1], stale)
        try AtomicFile.write("new", to: folder.file("a.txt"))
        #expect(try folder.names == [stale, "a.txt"])
        #expect(try AtomicFile.removeLeftovers(in: folder.path) == [stale])
        #expect(try folder.names == ["a.txt"])
    }

    @Test("A disk that takes no more is a typed error, for bytes and for HDF5, and leaves nothing")
    func fullDisk() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            // A limit on the size of files stands in for a full disk; the signal that comes with it is ignored.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 20, rlim_max: rlim_t.max)
            getrlimit(__rlimit_resource_t(1), &limit)
            limit.rlim_cur = 1 << 20
            try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)
            let values = [Float](repeating: 1, count: 1 << 20)
            var kinds: [CineError.Kind] = []
            do {
                try AtomicFile.write([UInt8](repeating: 1, count: 2 << 20), to: folder.file("a.bin"))
            } catch let error as CineError { kinds.append(error.kind) }
            for packing in [HDF5Packing.plain, .checksummed] {
                do {
                    try HDF5File.write(to: folder.file("a.h5")) { try $0.write("x", values, packing: packing) }
                } catch let error as CineError { kinds.append(error.kind) }
            }
            let left = try folder.names
            // A process that exits frees nothing by itself.
            try FileManager.default.removeItem(atPath: folder.path)
            guard kinds == [.inputOutput, .inputOutput, .inputOutput], left.isEmpty else {
                FileHandle.standardError.write(Data("\(kinds) \(left)".utf8))
                exit(1)
            }
            exit(0)
        }
    }
}
