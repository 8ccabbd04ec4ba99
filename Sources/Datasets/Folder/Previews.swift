import Core
import Foundation

/// Pictures of a patient: a montage and a beating animation.
public enum Previews {
    /// Makes both from a patient file.
    public static func write(file: String, into folder: URL, id: String) throws {}

    /// Makes one picture of a group of a patient file.
    public static func write(_ file: PatientFile, group: String?, to path: String) throws {}
}
