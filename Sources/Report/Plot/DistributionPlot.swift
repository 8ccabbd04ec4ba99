import Metrics

/// How values are spread in each of some groups: boxes, or violins with boxes.
///
/// A box spans the quartiles, its bar is the median, and whiskers reach the farthest values within 1.5 times the box's
/// height; what lies beyond is a dot. Of fewer than six values each is a dot about the median, as quartiles of so few say
/// nothing. Cases that failed have no value: they are counted above their group.
public struct DistributionPlot: Sendable {
    /// What shows the spread.
    public enum Shape: Sendable, Hashable {
        /// Boxes alone.
        case box
        /// A Gaussian kernel density of Silverman's width, cut at the extremes, about a narrow box.
        case violin
    }

    /// One method's values in each group.
    public struct Series: Sendable {
        /// Its name in the legend.
        public var name: String
        /// Its values in each group.
        public var groups: [[Double]]
        /// How many cases failed in each group; empty for none.
        public var failures: [Int]

        /// Makes a series.
        public init(_ name: String, groups: [[Double]], failures: [Int] = []) {
            (self.name, self.groups, self.failures) = (name, groups, failures)
        }
    }

    /// What stands above it.
    public var title: String
    /// The groups' names, and what they are.
    public var x: PlotAxis
    /// The values.
    public var y: PlotAxis
    /// The methods, side by side in each group.
    public var series: [Series]
    /// What shows the spread.
    public var shape: Shape

    /// Fewer values than this have no box.
    private static let fewest = 6

    /// Makes a plot.
    ///
    /// - Parameter groups: their names, from left to right.
    /// - Precondition: each series has as many groups as there are names.
    public init(
        _ title: String, groups: [String], groupTitle: String = "", y: PlotAxis, series: [Series], shape: Shape = .box
    ) {
        precondition(
            series.allSatisfy { $0.groups.count == groups.count }, "each series has all \(groups.count) groups")
        (self.title, self.y, self.series, self.shape) = (title, y, series, shape)
        x = PlotAxis(groupTitle, categories: groups)
    }

    /// The drawing, as a document of its own that may also stand in a page.
    public func svg(_ style: PlotStyle = PlotStyle()) -> String {
        let failed = series.contains { $0.failures.contains { $0 > 0 } }
        let frame = PlotFrame(
            style, title: title, x: x, y: y, values: ([], series.flatMap { $0.groups.flatMap { $0 } }),
            entries: series.count > 1
                ? series.enumerated().map { .init(name: $1.name, series: $0, sign: .square) } : [],
            topNotes: failed ? 1 : 0)
        let step = 0.8 / Double(series.count)
        let slot = frame.x(step) - frame.x(0)
        return style.document(description: title) { svg in
            frame.draw(&svg) { svg in
                for (index, series) in series.enumerated() {
                    for (group, values) in series.groups.enumerated() {
                        let values = values.filter(y.shows)
                        let middle = frame.x(Double(group) - 0.4 + (Double(index) + 0.5) * step)
                        draw(values, index, middle: middle, half: min(0.38 * slot, 34), frame.y, &svg)
                    }
                }
            }
            for (index, series) in series.enumerated() {
                for (group, count) in series.failures.enumerated() where count > 0 {
                    let middle = frame.x(Double(group) - 0.4 + (Double(index) + 0.5) * step)
                    let text = slot > 50 ? "\(count) failed" : "\(count)✕"
                    svg.label(text, at: [middle, frame.top - 5], anchor: .middle, class: "warning")
                }
            }
        }
    }

    private func draw(
        _ values: [Double], _ index: Int, middle: Double, half: Double, _ y: PlacedAxis, _ svg: inout SVG
    ) {
        guard let summary = Summary(values) else { return }
        guard summary.count >= DistributionPlot.fewest else {
            for value in summary.rising { drawDot(SIMD2(middle, y(value)), index, &svg) }
            drawMedian(summary, index, middle: middle, half: min(half, 12), y, &svg)
            return
        }
        let isViolin = shape == .violin && summary.maximum > summary.minimum
        if isViolin {
            let outline = KernelDensity(summary).outline(steps: 64)
            let right = outline.map { SIMD2(middle + half * $0.density, y($0.value)) }
            let left = right.reversed().map { SIMD2(2 * middle - $0.x, $0.y) }
            svg.path(right + left, closed: true, class: SeriesStyle.shape(index))
        }
        let (lower, upper) = (summary.percentile(25), summary.percentile(75))
        let reach = 1.5 * (upper - lower)
        let inside = summary.rising.filter { $0 >= lower - reach && $0 <= upper + reach }
        let width = isViolin ? min(half * 0.22, 6) : half
        svg.line([middle, y(inside.first ?? lower)], [middle, y(lower)], class: SeriesStyle.whisker(index))
        svg.line([middle, y(upper)], [middle, y(inside.last ?? upper)], class: SeriesStyle.whisker(index))
        svg.rectangle(
            [middle - width, y(lower)], [middle + width, y(upper)], class: SeriesStyle.shape(index), radius: 2)
        drawMedian(summary, index, middle: middle, half: width, y, &svg)
        // The density shows what lies beyond the whiskers.
        for value in summary.rising where !isViolin && (value < lower - reach || value > upper + reach) {
            drawDot(SIMD2(middle, y(value)), index, &svg)
        }
    }

    private func drawMedian(
        _ summary: Summary, _ index: Int, middle: Double, half: Double, _ y: PlacedAxis, _ svg: inout SVG
    ) {
        svg.line(
            [middle - half, y(summary.median)], [middle + half, y(summary.median)], class: SeriesStyle.curve(index),
            style: "stroke-width:3;stroke-linecap:butt")
    }

    private func drawDot(_ place: SIMD2<Double>, _ index: Int, _ svg: inout SVG) {
        let n = SVG.number
        svg.add("circle", ["cx": n(place.x), "cy": n(place.y), "r": "2.5", "class": SeriesStyle.dot(index)])
    }
}
