import Core
import Foundation
import Synchronization
import Testing

@testable import Learning
@testable import Storage

/// Calls a function before each file operation in a folder, with the operation's number; its errors are the operation's.
private func beforeOperations(
    in folder: RunFolder, _ function: @escaping @Sendable (Int, String) throws -> Void, _ body: () throws -> Void
) rethrows -> Int {
    let count = Mutex(0)
    FileOperation.listener.withLock { listener in
        // Other tests write elsewhere meanwhile.
        listener = { _, path in
            guard path.hasPrefix(folder.url.path) else { return }
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            try function(number, path)
        }
    }
    defer { FileOperation.listener.withLock { $0 = nil } }
    try body()
    return count.withLock { $0 }
}

/// Long enough to be killed often.
private func longTraining() throws -> TrainingFixture {
    let fixture = try TrainingFixture()
    fixture.plan.steps = 300
    fixture.plan.checkpointInterval = 5
    fixture.plan.validationInterval = 10
    return fixture
}

extension EngineTests {
    @Suite("Training that is killed, and disks that are full")
    final class CrashTests {
        init() throws { try Torch.setDeterministic(true) }

        deinit { try? Torch.setDeterministic(false) }

        @Test("Killed between any two file operations, training goes on to the same losses")
        func kill() throws {
            try withRunFolder { straight in
                try withRunFolder { pictures in
                    try FileManager.default.createDirectory(at: pictures.url, withIntermediateDirectories: true)
                    // What a kill before an operation leaves is a picture of the folder.
                    let count = try beforeOperations(in: straight) { number, _ in
                        try FileManager.default.copyItem(
                            at: straight.url, to: pictures.url.appendingPathComponent("\(number)"))
                    } _: {
                        try TrainingFixture(isSmall: true).train(in: straight)
                    }
                    let curve = try straight.curve
                    let weights = try Checkpoint(contentsOf: straight.last).bytes
                    var begun = 0
                    for number in 0..<count {
                        let folder = RunFolder(pictures.url.appendingPathComponent("\(number)"))
                        let isBegun = FileManager.default.fileExists(atPath: folder.last)
                        #expect(isBegun || begun == 0, "no checkpoint before operation \(number)")
                        begun += isBegun ? 1 : 0
                        for file in [folder.last, folder.best] where FileManager.default.fileExists(atPath: file) {
                            _ = try Checkpoint(contentsOf: file)
                        }
                        // Looking is cheap, and training again is not.
                        guard
                            number.isMultiple(of: 5) || !isBegun
                                || folder.names.allSatisfy({ !AtomicFile.isLeftover($0) })
                        else { continue }
                        try TrainingFixture(isSmall: true).train(in: folder, resume: isBegun)
                        #expect(try folder.curve == curve, "killed before operation \(number)")
                        #expect(try Checkpoint(contentsOf: folder.last).bytes == weights)
                        #expect(folder.names.allSatisfy { !AtomicFile.isLeftover($0) })
                    }
                    // Three last checkpoints and at least one best, each of some ten operations.
                    #expect(count > 40 && begun > 30)
                }
            }
        }

        @Test("Whichever file operation fails, the error is typed and training can go on")
        func failure() throws {
            try withRunFolder { straight in
                try TrainingFixture(isSmall: true).train(in: straight)
                let curve = try straight.curve
                var operation = 0
                while true {
                    let isEnd = try withRunFolder { folder in
                        let wanted = operation
                        do {
                            _ = try beforeOperations(in: folder) { number, path in
                                if number == wanted { throw fileError(.inputOutput, "write", path, code: ENOSPC) }
                            } _: {
                                try TrainingFixture(isSmall: true).train(in: folder)
                            }
                            return true
                        } catch let error as CineError {
                            #expect(error.kind == .inputOutput)
                            #expect(
                                error.message.contains("No space left") && error.message.contains("Free some space"))
                        }
                        #expect(folder.names.allSatisfy { !AtomicFile.isLeftover($0) })
                        guard operation.isMultiple(of: 7) else { return false }
                        let isBegun = FileManager.default.fileExists(atPath: folder.last)
                        try TrainingFixture(isSmall: true).train(in: folder, resume: isBegun)
                        #expect(try folder.curve == curve, "after operation \(operation) failed")
                        return false
                    }
                    if isEnd { break }
                    operation += 1
                }
                #expect(operation > 40)
            }
        }

        @Test("Killed at random moments again and again, training ends with the same losses")
        func randomKills() async throws {
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("run \(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: url) }
            let stopped = RunFolder(url)
            for number in 0..<4 {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [path = url.path as String, number = number as Int] in
                    let folder = RunFolder(URL(fileURLWithPath: path))
                    try Torch.setDeterministic(true)
                    let fixture = try longTraining()
                    var random = stream(UInt64(number))
                    let delay = 0.005 + 0.2 * random.uniform()
                    let timer = Thread {
                        Thread.sleep(forTimeInterval: delay)
                        raise(SIGKILL)
                    }
                    timer.start()
                    try fixture.train(in: folder, resume: FileManager.default.fileExists(atPath: folder.last))
                    // Where that was quicker than the kill.
                    Thread.sleep(forTimeInterval: 10)
                }
            }
            try longTraining().train(in: stopped, resume: FileManager.default.fileExists(atPath: stopped.last))
            try withRunFolder { straight in
                try longTraining().train(in: straight)
                #expect(try stopped.curve == straight.curve)
                #expect(try Checkpoint(contentsOf: stopped.last).bytes == Checkpoint(contentsOf: straight.last).bytes)
                #expect(try Checkpoint(contentsOf: stopped.best).bytes == Checkpoint(contentsOf: straight.best).bytes)
            }
        }

        @Test("A log that takes no more stops training, says what to do, and leaves the checkpoint")
        func fullDisk() throws {
            try withRunFolder { folder in
                try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(atPath: folder.log, withDestinationPath: "/dev/full")
                expectError(.inputOutput, mentions: "log.jsonl", "No space left", "Free some space") {
                    try TrainingFixture().train(in: folder)
                }
                #expect(try Checkpoint(contentsOf: folder.last).state.step == 0)
            }
        }

        @Test("A disk that is too small for a checkpoint stops training, and the one before stays")
        func smallDisk() async {
            await #expect(processExitsWith: .success) {
                // A limit on the size of files stands in for a full disk; the signal that comes with it is ignored.
                signal(SIGXFSZ, SIG_IGN)
                try withRunFolder { folder in
                    let fixture = try TrainingFixture()
                    fixture.onStep = { step in
                        guard step == 5 else { return }
                        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
                        getrlimit(__rlimit_resource_t(1), &limit)
                        limit.rlim_cur = 2048
                        try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)
                    }
                    var kind: CineError.Kind?
                    do { try fixture.train(in: folder) } catch let error as CineError { kind = error.kind }
                    try #require(kind == .inputOutput)
                    try #require(folder.names.allSatisfy { !AtomicFile.isLeftover($0) })
                    try #require(Checkpoint(contentsOf: folder.last).state.step == 3)
                }
            }
        }
    }
}
