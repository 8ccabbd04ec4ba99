import CTorchInterface
import Core
import Foundation
import Testing

@testable import Learning

@Suite("Opening the tensor engine")
struct TorchLibraryTests {
    @Test("A library that is not there is named, with what to install")
    func missing() {
        expectError(.noInput, mentions: "/nowhere/libCineTorch.so", "apt-get install libtorch-dev", "CINEFORGE_TORCH") {
            _ = try TorchLibrary(path: "/nowhere/libCineTorch.so")
        }
    }

    @Test("A library that is not ours is refused")
    func foreign() {
        expectError(.badData, mentions: "libz.so.1", "cinetorch_entry") { _ = try TorchLibrary(path: "libz.so.1") }
    }

    @Test("A table of another version or size is refused", arguments: [(7, 0), (0, 8)])
    func stale(version: Int, size: Int) {
        var table = CTorchAPI()
        table.version = UInt32(Int(CTORCH_VERSION) + version)
        table.size = UInt32(MemoryLayout<CTorchAPI>.size - size)
        expectError(.badData, mentions: "old.so", "version \(table.version)", "\(table.size) bytes", "Build") {
            _ = try TorchLibrary(table: &table, path: "old.so")
        }
    }

    @Test("Devices are read from text")
    func devices() throws {
        #expect(try [Device("cpu"), Device("cuda"), Device("cuda:3")] == [.cpu, .cuda(0), .cuda(3)])
        for text in ["", "gpu", "cpu:0", "cuda:", "cuda:-1", "cuda:1:2"] {
            expectError(.usage, mentions: "\"\(text)\"") { _ = try Device(text) }
        }
    }
}
