import Core
import Foundation
import Phantom
import Scanner

/// Turns a recipe file into a resolved recipe: overrides applied, defaults filled in, cohorts and tissues found.
public struct RecipeLoader {
    /// Folders in which cohorts and tissue tables are looked for, in this order.
    public let folders: [URL]

    /// Looks in the given folders.
    public init(folders: [URL]) { self.folders = folders }

    /// Looks where users keep these files: beside the recipe, in `phantoms` next to its folder, in `./phantoms`,
    /// and where they came along with the program.
    ///
    /// - Parameter recipe: path of the recipe.
    /// - Parameter executable: path of the running program.
    public init(recipe: URL, executable: URL?) {
        let beside = recipe.deletingLastPathComponent()
        var folders = [
            beside, beside.appendingPathComponent("../phantoms"), URL(fileURLWithPath: "phantoms"),
        ]
        folders += Self.supplied("phantoms", executable)
        self.folders = folders
    }

    /// Where a folder of the project came along with a program: installed by `make install`, or built in `.build`.
    private static func supplied(_ folder: String, _ executable: URL?) -> [URL] {
        guard let executable else { return [] }
        let program = executable.resolvingSymlinksInPath().deletingLastPathComponent()
        return ["../share/cineforge/\(folder)", "../../../\(folder)"].map {
            program.appendingPathComponent($0).standardizedFileURL
        }
    }

    /// The file of a recipe, or of another document that comes along with the program.
    ///
    /// - Parameter name: its path, or the bare name of one in the folder, here or where it came along with the program.
    /// - Parameter folder: `datasets` or `protocols`.
    /// - Parameter executable: path of the running program.
    /// - Throws: `CineError` of kind `noInput`, with the names that there are.
    public static func file(of name: String, in folder: String = "datasets", executable: URL?) throws -> URL {
        func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
        let path = URL(fileURLWithPath: name)
        if exists(path) { return path }
        let folders = [URL(fileURLWithPath: folder)] + supplied(folder, executable)
        let named = name.contains("/") ? [] : folders.map { $0.appendingPathComponent(name + ".yml") }
        if let found = named.first(where: exists) { return found }
        let files = folders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0.path)) ?? [] }
        let known = Set(files.filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }).sorted()
        let stem = path.deletingPathExtension().lastPathComponent
        throw CineError(
            .noInput,
            "cannot find \(name)" + Nearest.advice(for: stem, among: known, other: "the path of a .yml file"))
    }

    /// Reads and resolves a recipe.
    ///
    /// - Parameter url: the file.
    /// - Parameter overrides: options `key.path=value`.
    /// - Parameter seed: seed instead of the recipe's.
    /// - Throws: `CineError`: `noInput` when a file is missing, `badData` with lines and hints when a document is wrong,
    ///   `usage` when an override is.
    public func load(_ url: URL, overrides: [String] = [], seed: UInt64? = nil) throws -> Recipe {
        try resolve(ConfigDocument(contentsOf: url), overrides: overrides, seed: seed)
    }

    /// Resolves a parsed recipe.
    ///
    /// - Throws: as `load`.
    public func resolve(_ document: ConfigDocument, overrides: [String] = [], seed: UInt64? = nil) throws -> Recipe {
        var document = document
        for override in overrides { try document.tree.apply(override: override) }
        var json = try document.json(schema: Recipe.schema)
        try RecipeRules(document: document).check(json)
        if case .string(let name) = json["tissues"] {
            json["tissues"] = try contents(
                name, schema: TissueTable.schema, kind: "tissue table", document, ["tissues"], as: TissueTable.self)
        }
        try addCohorts(to: &json, document)
        var recipe = try RecipeLoader.filled(json, name: document.name)
        if let seed { recipe.seed = seed }
        try RecipeRules(document: document).check(recipe)
        return recipe
    }

    // MARK: - Cohorts and tissues

    /// Puts the contents of every cohort that is named into the recipe, under its name without folder and ending.
    private func addCohorts(to json: inout JSONValue, _ document: ConfigDocument) throws {
        guard case .array(var groups) = json["patients"] else { return }
        var cohorts = if case .object(let written) = json["cohorts"] { written } else { [String: JSONValue]() }
        for index in groups.indices {
            guard case .string(let name) = groups[index]["cohort"], cohorts[name] == nil else { continue }
            let found = try contents(
                name, schema: Cohort.schema, kind: "cohort", document, ["patients", String(index), "cohort"],
                others: Array(cohorts.keys), as: Cohort.self)
            let stem = URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent
            if let other = cohorts[stem], other != found {
                throw error(document, "patients", "two different cohorts are both called `\(stem)`; rename one file")
            }
            cohorts[stem] = found
            groups[index]["cohort"] = .string(stem)
        }
        json["patients"] = .array(groups)
        if !cohorts.isEmpty { json["cohorts"] = .object(cohorts) }
    }

    private func contents(
        _ name: String, schema: Schema, kind: String, _ document: ConfigDocument, _ path: [String],
        others: [String] = [], as type: (some Decodable).Type
    ) throws -> JSONValue {
        let file = name.hasSuffix(".yml") || name.hasSuffix(".yaml") ? name : name + ".yml"
        let places =
            file.hasPrefix("/") ? [URL(fileURLWithPath: file)] : folders.map { $0.appendingPathComponent(file) }
        guard let url = places.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            let known = others + available(kind)
            let line = document.line(of: path)
            throw CineError(
                .badData,
                "\(document.name):\(line): no \(kind) `\(name)`"
                    + Nearest.advice(for: name, among: known, other: "the path of a .yml file"))
        }
        let json = try ConfigDocument(contentsOf: url).json(schema: schema)
        do {
            _ = try json.decode(type)
        } catch let error as CineError {
            throw CineError(error.kind, "\(url.lastPathComponent): \(error.message)")
        }
        return json
    }

    private func available(_ kind: String) -> [String] {
        let names = folders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0.path)) ?? [] }
        let stems = names.filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }
        return Set(stems).filter { $0.hasPrefix("tissues") == (kind != "cohort") && isOf(kind, $0) }.sorted()
    }

    /// Recipes lie beside cohorts in some folders: only what starts like a cohort is offered.
    private func isOf(_ kind: String, _ stem: String) -> Bool {
        folders.contains { folder in
            let url = folder.appendingPathComponent(stem + ".yml")
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { return false }
            return text.contains(kind == "cohort" ? /(?m)^group:/ : /(?m)^tissues:/)
        }
    }

    private func error(_ document: ConfigDocument, _ key: String, _ message: String) -> CineError {
        CineError(.badData, "\(document.name):\(document.line(of: [key])): \(message)")
    }

    // MARK: - Defaults

    /// Lays a checked document over the defaults of every part that it asks for.
    private static func filled(_ json: JSONValue, name: String) throws -> Recipe {
        var full = try JSONValue(encoding: Recipe())
        full["patients"] = nil
        full["tissues"] = json["tissues"] == nil ? full["tissues"] : nil
        if json["volume"] != nil { full["volume"] = try JSONValue(encoding: Recipe.VolumeRequest()) }
        if json["cine"] != nil { full["cine"] = try JSONValue(encoding: Recipe.CineRequest()) }
        if json["kspace"] != nil { full["kspace"] = try JSONValue(encoding: Recipe.KSpaceRequest()) }
        if json["breath_holds"] != nil { full["breath_holds"] = try JSONValue(encoding: BreathHoldModel()) }
        if json["field"] != nil { full["field"] = try JSONValue(encoding: FieldSettings()) }
        if json["volume"]?["size"] != nil { full["volume"]?["margin_mm"] = nil }
        if json["volume"]?["along"] == .string(Recipe.VolumeRequest.Axes.sax.rawValue) {
            full["volume"]?["spacing_mm"] = nil
            full["volume"]?["slices_per_thick"] = .integer(5)
        }
        full = full.overlaid(with: json)
        let (frames, field) = (full["frames"], full["tissues"]?["field_t"])
        full["cine"]?["frames"] = frames
        full["cine"]?["field_t"] = field
        if case .array(let groups) = json["patients"] {
            full["patients"] = .array(try filled(groups, of: full))
        }
        do {
            return try full.decode()
        } catch let error as CineError {
            throw CineError(error.kind, "\(name): \(error.message)")
        }
    }

    /// Lays what groups set of their own over what all patients share.
    private static func filled(_ groups: [JSONValue], of recipe: JSONValue) throws -> [JSONValue] {
        let shared: [(String, any Encodable)] = [
            ("breath_holds", BreathHoldModel()), ("kspace", Recipe.KSpaceRequest()), ("field", FieldSettings()),
        ]
        var next = 0
        return try groups.map { group in
            var group = try JSONValue(encoding: Recipe.PatientGroup()).overlaid(with: group)
            for (key, defaults) in shared {
                guard let own = group[key] else { continue }
                group[key] = try (recipe[key] ?? JSONValue(encoding: defaults)).overlaid(with: own)
            }
            if group["first_subject"] == nil { group["first_subject"] = .integer(next) }
            if case .integer(let first) = group["first_subject"], case .integer(let count) = group["count"] {
                next = max(next, first + count)
            }
            return group
        }
    }
}
