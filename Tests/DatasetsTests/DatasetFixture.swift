import Core
import Datasets
import Foundation
import Fourier
import Storage
import Synchronization

/// A tiny dataset that is made once; every test takes a copy.
enum DatasetFixture {
    private static let original = Mutex<TemporaryFolder?>(nil)

    /// A copy of the dataset, in a folder that goes with the test.
    static func copy() throws -> (folder: TemporaryFolder, dataset: DatasetFolder) {
        let source = try original.withLock { made in
            let folder = try made ?? make()
            made = folder
            return folder.url
        }
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(at: source.appendingPathComponent("dataset"), to: folder("dataset"))
        return (folder, DatasetFolder(folder("dataset")))
    }

    private static func make() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        var options = Generator.Options()
        options.jobs = 2
        options.threads = 2
        _ = try Generator(resolve(tinyRecipe), in: DatasetFolder(folder("dataset")), options: options).run()
        return folder
    }

    /// Writes a patient file anew with some datasets or attributes changed, and its new hash into the manifest.
    static func rewrite(_ dataset: DatasetFolder, patient: Int, _ change: Change) throws {
        var manifest = try Manifest(contentsOf: dataset.manifest)
        let path = dataset.url.appendingPathComponent(manifest.patients[patient].file).path
        do {
            let source = try HDF5File.open(path)
            try HDF5File.write(to: path + ".new") { try copy(source.root, to: $0, at: "", change) }
        }
        rename(path + ".new", path)
        manifest.patients[patient].sha256 = try SHA256.hex(ofFile: path)
        manifest.patients[patient].bytes = try Data(contentsOf: URL(fileURLWithPath: path)).count
        try manifest.text().write(to: dataset.manifest, atomically: true, encoding: .utf8)
    }

    /// What to change: called with a path and its values.
    struct Change {
        var floats: (String, [Float]) -> [Float] = { $1 }
        var bytes: (String, [UInt8]) -> [UInt8] = { $1 }
        var doubles: (String, [Double]) -> [Double] = { $1 }
        var halves: (String, [Float16]) -> [Float16] = { $1 }
        var attribute: (String, HDF5Value) -> HDF5Value = { $1 }
    }

    private static func copy(_ source: HDF5Group, to target: HDF5Group, at path: String, _ change: Change) throws {
        for name in try source.attributes.names {
            switch change.attribute("\(path)@\(name)", try source.attributes.value(name)) {
            case .text(let text): try target.attributes.set(name, text)
            case .integer(let number): try target.attributes.set(name, number)
            case .numbers(let numbers, let shape): try target.attributes.set(name, numbers, shape: shape)
            }
        }
        for name in try source.children {
            let inner = path + "/" + name
            if source.holdsGroup(name) {
                try copy(source.group(name), to: target.makeGroup(name), at: inner, change)
                continue
            }
            let from = try source.dataset(name)
            guard let type = from.type else { continue }
            let to = try target.makeDataset(name, type, shape: from.shape, chunk: from.chunk, packing: from.packing)
            switch type {
            case .float32: try to.write(change.floats(inner, from.read()))
            case .uint8: try to.write(change.bytes(inner, from.read()))
            case .float64: try to.write(change.doubles(inner, from.read()))
            case .float16: try to.write(change.halves(inner, from.read()))
            case .int32: try to.write(from.read() as [Int32])
            case .complex64: try to.write(from.read() as [ComplexFloat])
            }
        }
    }
}
