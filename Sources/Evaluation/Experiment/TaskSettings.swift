import Core
import Datasets

/// Which task, and its numbers.
public enum TaskSettings: Sendable, Hashable {
    /// Images from few lines of k-space.
    case reconstruction(ReconstructionSettings)
    /// Fine slices from thick ones.
    case superResolution(SuperResolutionSettings)
    /// The ventricles in stacks.
    case segmentation(StackSettings)

    /// The names that experiments and protocols have for tasks, in the order in which they are run.
    static let names = ["reconstruction", "super_resolution", "segmentation"]

    /// Its name.
    public var name: String {
        switch self {
        case .reconstruction: "reconstruction"
        case .superResolution: "super_resolution"
        case .segmentation: "segmentation"
        }
    }

    /// The task.
    var task: any LearningTask {
        switch self {
        case .reconstruction(let settings): ReconstructionTask(settings)
        case .superResolution(let settings): SuperResolutionTask(settings)
        case .segmentation(let settings): SegmentationTask(settings)
        }
    }

    /// The kinds of methods of a task.
    static func kinds(of name: String) -> [String] {
        switch name {
        case "super_resolution": SuperResolutionTask.kinds
        case "segmentation": SegmentationTask.kinds
        default: ReconstructionTask.kinds
        }
    }

    /// The entries of a task in YAML.
    static func properties(of name: String) -> [Schema.Property] {
        switch name {
        case "super_resolution": SuperResolutionSettings.properties
        case "segmentation": StackSettings.properties
        default: ReconstructionSettings.properties
        }
    }

    /// Lays what was written over the defaults.
    static func filled(_ name: String, _ json: JSONValue) throws -> TaskSettings {
        switch name {
        case "super_resolution": .superResolution(try json.laid(over: SuperResolutionSettings()))
        case "segmentation": .segmentation(try json.laid(over: StackSettings()))
        default: .reconstruction(try json.laid(over: ReconstructionSettings()))
        }
    }

    /// As JSON, every default included.
    var json: JSONValue {
        get throws {
            switch self {
            case .reconstruction(let settings): try JSONValue(encoding: settings)
            case .superResolution(let settings): try JSONValue(encoding: settings)
            case .segmentation(let settings): try JSONValue(encoding: settings)
            }
        }
    }
}

extension JSONValue {
    /// Values as written, with defaults for all that was not; keys that the type does not have are let alone.
    func laid<Settings: Codable>(over defaults: Settings) throws -> Settings {
        try JSONValue(encoding: defaults).overlaid(with: self).decode()
    }

    /// The members but for some.
    func without(_ keys: String...) -> JSONValue {
        keys.reduce(into: self) { $0[$1] = nil }
    }
}
