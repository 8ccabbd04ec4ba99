import Core
import Phantom
import Scanner

/// What a schema cannot say: rules between the keys of a recipe.
struct RecipeRules {
    let document: ConfigDocument

    /// Checks what was written, before defaults are filled in.
    func check(_ json: JSONValue) throws {
        guard case .array(let groups) = json["patients"] else { return }
        for (index, group) in groups.enumerated() {
            let isReference = group["reference"] == .bool(true)
            guard isReference != (group["cohort"] != nil) else {
                throw error(
                    ["patients", String(index)],
                    "`patients.\(index)`: expected either `cohort: NAME` or `reference: true`, found "
                        + (isReference ? "both" : "neither"))
            }
        }
        let readsKSpace = json["kspace"] != nil || groups.contains { $0["kspace"] != nil }
        let storesCine = json["cine"] != nil && json["cine"]?["images"] != .bool(false)
        if json["volume"] == nil, !readsKSpace, !storesCine {
            throw error(
                [], "expected at least one of `volume`, `cine` and `kspace`, found none of them; nothing would be made")
        }
        try checkKSpace(json["kspace"], at: ["kspace"])
        for (index, group) in groups.enumerated() {
            try checkKSpace(group["kspace"], at: ["patients", String(index), "kspace"])
        }
        if let volume = json["volume"] { try checkVolume(volume) }
    }

    /// Checks that what a request for volumes sets belongs to its axes.
    private func checkVolume(_ volume: JSONValue) throws {
        if volume["size"] != nil, volume["margin_mm"] != nil {
            throw error(["volume", "margin_mm"], "`volume`: expected `size` or `margin_mm`, found both; remove one")
        }
        let isAlongStack = volume["along"] == .string(Recipe.VolumeRequest.Axes.sax.rawValue)
        let size: Int? = if case .array(let size) = volume["size"] { size.count } else { nil }
        let count = isAlongStack ? 2 : 3
        if size ?? (isAlongStack ? 0 : count) != count {
            throw error(
                ["volume", "size"],
                "`volume.size`: expected \(count) items\(isAlongStack ? " along sax, as [80, 80]" : ""), found \(size ?? 0)"
            )
        }
        let foreign = isAlongStack ? ["spacing_mm", "margin_mm"] : ["slices_per_thick"]
        if let key = foreign.first(where: { volume[$0] != nil }) {
            throw error(
                ["volume", key],
                "`volume.\(key)`: expected nothing "
                    + (isAlongStack ? "along sax, whose pixels are those of `cine`" : "without `along: sax`")
                    + "; remove it")
        }
    }

    /// Checks the values that a request for k-space sets.
    private func checkKSpace(_ request: JSONValue?, at path: [String]) throws {
        do {
            _ = try request?.decode(KSpaceSettings.self)
        } catch let problem as CineError {
            throw error(path, "`\(path.joined(separator: "."))`: \(problem.message)")
        }
    }

    /// Checks the resolved recipe.
    func check(_ recipe: Recipe) throws {
        if let volume = recipe.volume, !volume.image, !volume.label, volume.displacement == .none {
            throw error(
                ["volume"], "`volume`: image, label and displacement are all off; ask for one or remove `volume`")
        }
        if recipe.volume?.along == .sax, let side = recipe.volume?.size?.max(), side > recipe.scan.matrix {
            throw error(
                ["volume", "size"],
                "`volume.size`: expected at most the \(recipe.scan.matrix) pixels of the slices, found \(side)")
        }
        for (key, views) in [("cine", recipe.cine?.views ?? []), ("kspace", recipe.kspace?.views ?? [])]
        where Set(views).count != views.count {
            throw error([key, "views"], "`\(key).views`: a view is listed twice; keep one")
        }
        for request in [recipe.kspace] + recipe.patients.map(\.kspace) {
            if let request { try check(request, recipe) }
        }
        let shares = [recipe.split.train, recipe.split.validation, recipe.split.test]
        let total = shares.reduce(0, +)
        guard total > 0, total <= 1 + 1e-9 else {
            throw error(
                ["split"], "`split`: expected shares that add up to at most 1, found \(Words.number(total))")
        }
        for (index, group) in recipe.patients.enumerated() {
            do {
                _ = try recipe.parameters(of: group, subject: group.firstSubject ?? 0)
            } catch let problem as CineError {
                let path = ["patients", String(index)] + (group.parameters == nil ? [] : ["parameters"])
                throw error(path, "`patients.\(index)`: \(problem.message)")
            }
        }
    }

    /// Checks that what is read fits the matrix.
    private func check(_ request: Recipe.KSpaceRequest, _ recipe: Recipe) throws {
        do {
            _ = try request.settings.sampling.linesPerFrame(matrix: recipe.scan.matrix)
        } catch let problem as CineError {
            throw error(["kspace", "sampling"], "`kspace.sampling`: \(problem.message)")
        }
    }

    private func error(_ path: [String], _ message: String) -> CineError {
        CineError(.badData, "\(document.name):\(document.line(of: path)): \(message)")
    }
}
