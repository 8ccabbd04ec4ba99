import Metrics

/// A table of methods and measures, in which each number has a bar: for the eye to compare and the reader to quote.
public struct BarTable: Sendable {
    /// A measure.
    public struct Column: Sendable {
        /// Its name, with its unit.
        public var title: String
        /// Which of its numbers is shown in bold.
        public var best: Best
        /// Digits behind the point.
        public var decimals: Int

        /// Makes a column.
        public init(_ title: String, best: Best = .none, decimals: Int = 2) {
            (self.title, self.best, self.decimals) = (title, best, decimals)
        }
    }

    /// A number of a method.
    public struct Cell: Sendable {
        /// The number; nil where there is none, which is said, and has no bar where it is infinite.
        public var value: Double?
        /// An interval, drawn as a whisker on the bar; nil for none.
        public var interval: Interval?

        /// Makes a cell.
        public init(_ value: Double?, interval: Interval? = nil) {
            (self.value, self.interval) = (value, interval)
        }
    }

    /// A method and its numbers, one for each column.
    public struct Row: Sendable {
        /// Its name.
        public var name: String
        /// Its numbers.
        public var cells: [Cell]

        /// Makes a row.
        public init(_ name: String, _ cells: [Cell]) { (self.name, self.cells) = (name, cells) }
    }

    /// What stands above it.
    public var title: String
    /// The measures.
    public var columns: [Column]
    /// The methods.
    public var rows: [Row]

    private static let rowHeight = 28.0

    /// Makes a table.
    ///
    /// - Precondition: each row has a cell for each column.
    public init(_ title: String, columns: [Column], rows: [Row]) {
        precondition(rows.allSatisfy { $0.cells.count == columns.count }, "each row has \(columns.count) cells")
        (self.title, self.columns, self.rows) = (title, columns, rows)
    }

    /// The drawing; its height is that of its rows, and its width at least what its columns need.
    public func svg(_ style: PlotStyle = PlotStyle()) -> String {
        let top = title.isEmpty ? 36.0 : 62.0
        let left = 28 + (rows.map { TextWidth.of($0.name, size: 12) }.max() ?? 0)
        // Narrower than this, a column has no room for its title or its bars.
        let least = columns.indices.map { index in
            max(TextWidth.of(columns[index].title, size: 12), (texts(of: index).map(BarTable.width).max() ?? 0) + 50)
                + 20
        }
        let width = max((style.width - left - 16) / Double(max(columns.count, 1)), least.max() ?? 0)
        let total = left + width * Double(columns.count) + 16
        let height = top + Double(rows.count) * BarTable.rowHeight + 16
        return style.document(description: title, width: max(total, style.width), height: height) { svg in
            svg.label(title, at: [16, 26], class: "title")
            for (index, row) in rows.enumerated() {
                let base = top + (Double(index) + 0.5) * BarTable.rowHeight
                svg.line([16, base - 14], [max(total, style.width) - 16, base - 14], class: "grid")
                svg.label(row.name, at: [16, base + 4], class: "value")
            }
            for index in columns.indices {
                let area = (from: left + Double(index) * width, width: width - 18)
                svg.label(columns[index].title, at: [area.from, top - 10], class: "axis-title")
                draw(column: index, from: area.from, width: area.width, top: top, &svg)
            }
        }
    }

    private func texts(of column: Int) -> [String] {
        rows.map { row in row.cells[column].value.map { Ticks.label($0, decimals: columns[column].decimals) } ?? "none"
        }
    }

    /// Room for a number and the gap to its bar.
    private static func width(_ text: String) -> Double { 8 + TextWidth.of(text, size: 13) }

    private func draw(column index: Int, from: Double, width: Double, top: Double, _ svg: inout SVG) {
        let cells = rows.map { $0.cells[index] }
        let column = columns[index]
        let values = cells.compactMap(\.value).filter(\.isFinite)
        let ends =
            values + cells.flatMap { [$0.interval?.lower, $0.interval?.upper].compactMap { $0 } }.filter(\.isFinite)
        let (low, high) = (min(0, ends.min() ?? 0), max(0, ends.max() ?? 0))
        let texts = texts(of: index)
        let room = texts.map(BarTable.width).max() ?? 0
        let scale = high > low ? (width - room) / (high - low) : 0
        func place(_ value: Double) -> Double { from + room + (value - low) * scale }
        let best: Double? =
            switch column.best {
            case .highest: values.max()
            case .lowest: values.min()
            case .nearestToZero: values.min { abs($0) < abs($1) }
            case .none: nil
            }
        for (row, cell) in cells.enumerated() {
            let base = top + (Double(row) + 0.5) * BarTable.rowHeight
            // What reads the same is as good.
            let isBest = best.map { Ticks.label($0, decimals: column.decimals) == texts[row] } ?? false
            let name = cell.value == nil ? "warning" : isBest ? "value best" : "value"
            svg.label(texts[row], at: [from + room - 8, base + 4], anchor: .end, class: name)
            guard let value = cell.value, value.isFinite else { continue }
            svg.rectangle([place(0), base - 7], [place(value), base + 7], class: SeriesStyle.shape(index), radius: 2)
            if let interval = cell.interval, interval.lower.isFinite, interval.upper.isFinite {
                let (start, end) = (place(interval.lower), place(interval.upper))
                svg.line([start, base], [end, base], class: SeriesStyle.whisker(index))
                for tip in [start, end] {
                    svg.line([tip, base - 4], [tip, base + 4], class: SeriesStyle.whisker(index))
                }
            }
        }
    }
}
