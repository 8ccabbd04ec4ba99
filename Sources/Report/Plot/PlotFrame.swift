/// The parts that drawings share: title, legend, axes with their marks, and the place for data between them.
struct PlotFrame {
    /// An entry of the legend.
    struct Entry {
        let name: String
        let series: Int
        /// What stands beside the name.
        var sign = Sign.line

        enum Sign { case line, markedLine, square }
    }

    let style: PlotStyle
    let x: PlacedAxis
    let y: PlacedAxis
    private let titleLines: [String]
    private let entries: [Entry]
    private let legendRows: [[Int]]
    /// What stands at each mark across, in one or more lines.
    private let markLines: [[String]]
    private let titleHeight: Double
    private let lower: SIMD2<Double>
    private let upper: SIMD2<Double>

    /// Height of a line of legend or notes.
    static let lineHeight = 18.0
    private static let markHeight = 13.0
    private static let swatch = 26.0
    private static let gap = 16.0

    /// Lays a drawing out.
    ///
    /// - Parameters:
    ///   - values: what the axes must show.
    ///   - rightMargin: room for notes beside the data.
    ///   - topNotes: lines of notes above the data.
    init(
        _ style: PlotStyle, title: String, x: PlotAxis, y: PlotAxis, values: (x: [Double], y: [Double]),
        entries: [Entry] = [], rightMargin: Double = 20, topNotes: Int = 0
    ) {
        (self.style, self.entries) = (style, entries)
        titleLines = TextWidth.lines(title, size: 17.5, width: style.width - 32)
        let tickCounts = (max(3, Int(style.width / 90)), max(3, Int(style.height / 55)))
        let spanX = x.span(of: values.x, ticks: tickCounts.0, endsOnTicks: false)
        let spanY = y.span(of: values.y, ticks: tickCounts.1, endsOnTicks: true)
        let labels = PlacedAxis(y, span: spanY, from: 0, to: 1, tickCount: tickCounts.1).ticks.map(\.label)
        let left = 16 + (labels.map { TextWidth.of($0, size: 11) }.max() ?? 0) + (y.title.isEmpty ? 4 : 24)
        legendRows = PlotFrame.rows(entries, width: style.width - left - rightMargin)
        titleHeight = titleLines.isEmpty ? 16 : 22 + 20 * Double(titleLines.count)
        let top = titleHeight + Double(legendRows.count + topNotes) * PlotFrame.lineHeight
        let slot = (style.width - left - rightMargin) / Double(max(x.categories.count, 1))
        let names = x.categories.map { TextWidth.lines($0, size: 11, width: slot - 10) }
        let extraLines = max((names.map(\.count).max() ?? 1) - 1, 0)
        let bottom = style.height - (x.title.isEmpty ? 30 : 50) - Double(extraLines) * PlotFrame.markHeight
        lower = [left, top]
        upper = [style.width - rightMargin, bottom]
        self.x = PlacedAxis(x, span: spanX, from: lower.x, to: upper.x, tickCount: tickCounts.0)
        self.y = PlacedAxis(y, span: spanY, from: upper.y, to: lower.y, tickCount: tickCounts.1)
        markLines = names.isEmpty ? self.x.ticks.map { [$0.label] } : names
    }

    /// Where the data begin, from above.
    var top: Double { lower.y }
    /// Where the data end.
    var right: Double { upper.x }
    /// Where the data begin.
    var left: Double { lower.x }

    /// The place of a value.
    func callAsFunction(_ px: Double, _ py: Double) -> SIMD2<Double> { [x(px), y(py)] }

    /// Draws all that lies below the data, the data, and all that lies above.
    ///
    /// - Parameter data: cut off at the axes.
    func draw(_ svg: inout SVG, data: (inout SVG) -> Void) {
        for (index, line) in titleLines.enumerated() {
            svg.label(line, at: [16, 26 + 20 * Double(index)], class: "title")
        }
        drawLegend(&svg)
        for tick in y.ticks where y.axis.categories.isEmpty {
            svg.line([lower.x, y(tick.value)], [upper.x, y(tick.value)], class: "grid")
        }
        for tick in x.ticks where x.axis.categories.isEmpty {
            svg.line([x(tick.value), lower.y], [x(tick.value), upper.y], class: "grid")
        }
        // Nested, so that it clips without a name that could be another's on the page.
        let n = SVG.number
        var inner = SVG()
        data(&inner)
        let size = upper - lower
        svg.nested(
            [
                "x": n(lower.x), "y": n(lower.y), "width": n(size.x), "height": n(size.y),
                "viewBox": "\(n(lower.x)) \(n(lower.y)) \(n(size.x)) \(n(size.y))",
            ], inner)
        svg.line([lower.x, upper.y], [upper.x, upper.y], class: "axis")
        for (tick, lines) in zip(x.ticks, markLines) {
            if x.axis.categories.isEmpty {
                svg.line([x(tick.value), upper.y], [x(tick.value), upper.y + 4], class: "axis")
            }
            for (row, line) in lines.enumerated() {
                let height = upper.y + 18 + Double(row) * PlotFrame.markHeight
                svg.label(line, at: [x(tick.value), height], anchor: .middle)
            }
        }
        for tick in y.ticks { svg.label(tick.label, at: [lower.x - 8, y(tick.value) + 4], anchor: .end) }
        let middle = (lower + upper) / 2
        if !x.axis.title.isEmpty {
            let height = style.height - 10
            svg.label(x.axis.title, at: [middle.x, height], anchor: .middle, class: "axis-title")
        }
        if !y.axis.title.isEmpty {
            svg.label(y.axis.title, at: [20, middle.y], anchor: .middle, class: "axis-title", turned: true)
        }
    }

    private func drawLegend(_ svg: inout SVG) {
        for (row, indices) in legendRows.enumerated() {
            var place = SIMD2(lower.x, titleHeight + 6 + Double(row) * PlotFrame.lineHeight)
            for index in indices {
                let entry = entries[index]
                if entry.sign != .square {
                    svg.line(
                        place - [0, 4], place + [18, -4], class: SeriesStyle.curve(entry.series),
                        style: SeriesStyle.dash(entry.series))
                    if entry.sign == .markedLine { SeriesStyle.marker(entry.series, at: place + [9, -4], into: &svg) }
                } else {
                    svg.rectangle(
                        place + [2, -10], place + [14, 2], class: SeriesStyle.shape(entry.series), radius: 2)
                }
                svg.label(entry.name, at: place + [PlotFrame.swatch, 0], class: "legend")
                place.x += PlotFrame.width(entry)
            }
        }
    }

    private static func width(_ entry: Entry) -> Double { swatch + TextWidth.of(entry.name, size: 12) + gap }

    /// Which entries share a row.
    private static func rows(_ entries: [Entry], width limit: Double) -> [[Int]] {
        var rows: [[Int]] = []
        var used = Double.infinity
        for (index, entry) in entries.enumerated() {
            if used + width(entry) - gap > limit {
                rows.append([])
                used = 0
            }
            rows[rows.count - 1].append(index)
            used += width(entry)
        }
        return rows
    }
}
