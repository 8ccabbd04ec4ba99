extension BenchmarkReport {
    /// One row a score, in the order given, after RFC 4180.
    ///
    /// Columns: `task`, `condition`, `severity` (empty for none), `method`, `patient`, `group`, `part`, `metric`, `unit`,
    /// `best` (highest, lowest, nearest to zero, none), `failed` (0 or 1), `value` (empty where failed), `truth` and
    /// `predicted` (empty for none). Numbers have all digits that tell them apart.
    public var csv: String {
        let header = [
            "task", "condition", "severity", "method", "patient", "group", "part", "metric", "unit", "best", "failed",
            "value", "truth", "predicted",
        ]
        let tasks = Dictionary(results.tasks.map { ($0.name, $0) }) { first, _ in first }
        let rows = results.scores.map { entry in
            let task = tasks[entry.task]
            let metric = task?.metrics.first { $0.name == entry.metric }
            let severity = task?.conditions.first { $0.name == entry.condition }?.severity
            return [
                entry.task, entry.condition, number(severity), entry.method, entry.patient, entry.group, entry.part,
                entry.metric, metric?.unit ?? "", metric?.best.rawValue ?? "", entry.value == nil ? "1" : "0",
                number(entry.value), number(entry.truth), number(entry.predicted),
            ]
        }
        return ([header] + rows).map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }
}

private func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

/// A field in quotes, if it needs them.
private func quoted(_ field: String) -> String {
    // By scalars: a carriage return and a line feed are one character.
    let isSpecial = field.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
    return isSpecial ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
}
