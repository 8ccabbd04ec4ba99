import Core

extension YAMLTree {
    /// Lays `key.path=value` over the document, as if the file said so; the schema judges it later.
    ///
    /// - Convention: a number in the path counts list items from 0: `patients.0.count=5`. The value is YAML.
    /// - Throws: `CineError` of kind `usage` when the option is not of that form or the path leads nowhere.
    public mutating func apply(override option: String) throws {
        let label = "--set \(option)"
        guard let equals = option.firstIndex(of: "="), equals != option.startIndex else {
            throw CineError(.usage, "\(label): expected key=value, for example volume.spacing_mm=2")
        }
        let keys = option[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !keys.contains("") else { throw CineError(.usage, "\(label): the key has an empty part") }
        let text = String(option[option.index(after: equals)...])
        let parsed =
            text.isEmpty
            ? YAMLTree(.scalar("", isQuoted: false), at: .line(1)) : try StrictYAML.parse(text, name: label)
        try set(keys[...], to: parsed.placed(at: .option(label)), label: label)
    }

    private mutating func set(_ keys: ArraySlice<String>, to value: YAMLTree, label: String) throws {
        guard let key = keys.first else {
            self = value
            return
        }
        let rest = keys.dropFirst()
        switch content {
        case .mapping(var entries):
            let index = entries.firstIndex { $0.key == key } ?? entries.count
            if index == entries.count {
                let empty = YAMLTree(.mapping([]), at: value.place)
                entries.append(Entry(key: key, place: value.place, value: empty))
            }
            try entries[index].value.set(rest, to: value, label: label)
            content = .mapping(entries)
        case .sequence(var items):
            guard let index = Int(key), items.indices.contains(index) else {
                throw CineError(.usage, "\(label): `\(key)` is no item of a list of \(items.count); they count from 0")
            }
            try items[index].set(rest, to: value, label: label)
            content = .sequence(items)
        case .scalar:
            throw CineError(.usage, "\(label): nothing lies below a plain value; `\(key)` leads nowhere")
        }
    }

    private func placed(at place: Place) -> YAMLTree {
        switch content {
        case .scalar: YAMLTree(content, at: place)
        case .sequence(let items): YAMLTree(.sequence(items.map { $0.placed(at: place) }), at: place)
        case .mapping(let entries):
            YAMLTree(
                .mapping(entries.map { Entry(key: $0.key, place: place, value: $0.value.placed(at: place)) }), at: place
            )
        }
    }
}
