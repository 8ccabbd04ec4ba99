import Core
import Phantom
import Storage

extension Recipe {
    /// The recipe as JSON, as the manifest holds it.
    public func json() throws -> JSONValue { try JSONValue(encoding: self) }

    /// The SHA-256 of the canonical JSON.
    public func sha256() throws -> String { try SHA256.hex(of: json().text()) }

    /// The recipe as YAML that resolves to itself.
    public func yaml() throws -> String {
        var json = try json()
        // The recipe's own keys say these.
        if case .object(var cine) = json["cine"] {
            cine["frames"] = nil
            cine["field_t"] = nil
            json["cine"] = .object(cine)
        }
        return YAMLPrinter.text(json, schema: Recipe.schema)
    }

    /// The values of one subject of a group.
    ///
    /// - Parameter attempt: draws anew where earlier draws made no heart.
    /// - Throws: `CineError` when no draw keeps its limits or a replaced value breaks them.
    func parameters(of group: PatientGroup, subject: Int, attempt: UInt64 = 0) throws -> PatientParameters {
        guard let name = group.cohort else { return try PatientParameters().replacing(group.parameters) }
        guard let cohort = cohorts[name] else { throw CineError(.badData, "no cohort `\(name)`") }
        return try cohort.draw(seed: seed &+ attempt &* 0x9E37_79B9_7F4A_7C15, patient: subject).replacing(
            group.parameters)
    }
}
