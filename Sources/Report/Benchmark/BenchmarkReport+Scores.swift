import Core

extension BenchmarkReport {
    /// The tables of methods and metrics, a group of rows for each condition; a table for those of the same metrics.
    func writeScores(_ task: BenchmarkTask, _ html: inout HTML) {
        var rest = task.conditions[...]
        while let first = rest.first {
            let metrics = metrics(task, first)
            let alike = rest.prefix { self.metrics(task, $0) == metrics }
            writeScores(task, Array(alike), metrics, &html)
            rest = rest.dropFirst(alike.count)
        }
        if let fewest = task.conditions.map({ patientCount(task, $0) }).min(), (1..<6).contains(fewest) {
            html.add(
                "p", ["class": "note"],
                "With \(Words.count(fewest, "patient")), intervals are too narrow and a paired test cannot reach 0.05: six "
                    + "are needed for that.")
        }
    }

    private func writeScores(
        _ task: BenchmarkTask, _ conditions: [BenchmarkCondition], _ metrics: [BenchmarkMetric], _ html: inout HTML
    ) {
        html.addTable("Scores, \(task.name)", caption: "Mean ± SD over patients, [95 % interval of the mean]") { html in
            html.addHead("Method") { html in
                for metric in metrics { html.addColumn(metric.title, note: Wording.direction(metric.best)) }
            }
            for condition in conditions { writeRows(task, condition, metrics, &html) }
        }
    }

    private func writeRows(
        _ task: BenchmarkTask, _ condition: BenchmarkCondition, _ metrics: [BenchmarkMetric], _ html: inout HTML
    ) {
        let count = patientCount(task, condition)
        let columns = metrics.map { column(task, condition, $0, table, of: count) }
        html.add("tbody") { html in
            html.add("tr", ["class": "group"]) { html in
                html.add("th", ["scope": "rowgroup", "colspan": "\(columns.count + 1)"]) { html in
                    html.write(condition.name)
                    html.add("small", "n = \(count)")
                }
            }
            write(columns, task.methods, &html)
        }
    }

    /// The headline's metric under the hardest condition, for each group or part apart; nothing where there is but one.
    func writeBreakdown(
        _ task: BenchmarkTask, _ kind: String, _ key: KeyPath<BenchmarkScore, String>, _ html: inout HTML
    ) {
        guard let metric = task.headlineMetric, let condition = conditions(task, metric).hardest else { return }
        let scores = results.scores.filter {
            $0.task == task.name && $0.condition == condition.name && $0.metric == metric.name
        }
        var seen: Set<String> = []
        let names = scores.map { $0[keyPath: key] }.filter { seen.insert($0).inserted }
        guard names.count > 1 else { return }
        let parts = names.map { name in scores.filter { $0[keyPath: key] == name } }
        let counts = parts.map { Set($0.map(\.patient)).count }
        let columns = zip(parts, counts).map { column(task, condition, metric, ScoreTable($0), of: $1) }
        html.add("h3", "By \(kind), \(condition.name)")
        html.addTable("\(task.name) by \(kind)", caption: "\(metric.title), mean ± SD over patients, [95 % interval]") {
            html in
            html.addHead("Method") { html in
                for (name, count) in zip(names, counts) {
                    html.addColumn(name.isEmpty ? "none" : name, note: "n = \(count)")
                }
            }
            html.add("tbody") { write(columns, task.methods, &$0) }
        }
    }

    // MARK: Cells

    /// A metric's cells, one for each method.
    private struct Column {
        let metric: BenchmarkMetric
        let cells: [CellSummary]
        let best: [Bool]
        /// How many patients there were to score.
        let count: Int
    }

    private func column(
        _ task: BenchmarkTask, _ condition: BenchmarkCondition, _ metric: BenchmarkMetric, _ table: ScoreTable,
        of count: Int
    ) -> Column {
        let cells = cells(task, condition, metric, in: table)
        return Column(
            metric: metric, cells: cells, best: CellSummary.best(of: cells, decimals: metric.decimals), count: count)
    }

    private func write(_ columns: [Column], _ methods: [String], _ html: inout HTML) {
        for (row, method) in methods.enumerated() {
            html.add("tr") { html in
                html.add("th", ["scope": "row"], method)
                for column in columns { write(column, row, &html) }
            }
        }
    }

    private func write(_ column: Column, _ row: Int, _ html: inout HTML) {
        let (cell, metric) = (column.cells[row], column.metric)
        html.add("td") { html in
            let words = Wording.mean(cell, metric)
            guard cell.mean != nil else {
                html.add("span", ["class": cell.failures > 0 ? "failed" : "faint"], words)
                return
            }
            html.add(column.best[row] ? "strong" : "span", words)
            if let interval = cell.interval {
                html.add("small", Wording.interval(interval, decimals: metric.decimals))
            }
            guard cell.failures > 0 || cell.count < column.count else { return }
            html.add("small") { html in
                if cell.failures > 0 { html.add("span", ["class": "failed"], "\(cell.failures) failed ") }
                if cell.count < column.count { html.write("n = \(cell.count)") }
            }
        }
    }
}

extension HTML {
    /// Adds a table that scrolls by itself where the window is narrow.
    ///
    /// - Parameter label: what a screen reader calls it.
    mutating func addTable(_ label: String, caption: String? = nil, _ body: (inout HTML) -> Void) {
        add("div", ["class": "wide", "tabindex": "0", "role": "region", "aria-label": label]) { html in
            html.add("table") { html in
                if let caption { html.add("caption", caption) }
                body(&html)
            }
        }
    }

    /// Adds the head of a table: the first column's title, and others.
    mutating func addHead(_ first: String, _ others: (inout HTML) -> Void) {
        add("thead") { html in
            html.add("tr") { html in
                html.addColumn(first)
                others(&html)
            }
        }
    }

    /// Adds a column's title.
    mutating func addColumn(_ title: String, note: String = "") {
        add("th", ["scope": "col"]) { html in
            html.write(title)
            if !note.isEmpty { html.add("small", note) }
        }
    }
}
