import Metrics

/// Differences of two measures over their means, with bias and limits of agreement and the intervals of all three.
public struct BlandAltmanPlot: Sendable {
    /// What stands above it.
    public var title: String
    /// Across: the mean of both, with its unit.
    public var x: PlotAxis
    /// Upwards: the difference, with its unit.
    public var y: PlotAxis
    /// What it shows.
    public var agreement: BlandAltman
    /// Cases that have no difference, since one of both failed.
    public var failures: Int

    /// Makes a plot.
    public init(_ title: String, x: PlotAxis, y: PlotAxis, agreement: BlandAltman, failures: Int = 0) {
        (self.title, self.x, self.y, self.agreement, self.failures) = (title, x, y, agreement, failures)
    }

    /// The drawing, as a document of its own that may also stand in a page.
    public func svg(_ style: PlotStyle = PlotStyle()) -> String {
        let intervals = agreement.limitIntervals()
        let levels = [
            (name: "+1.96 SD", value: agreement.limits.upper, interval: intervals.upper, series: 1),
            (name: "bias", value: agreement.bias, interval: agreement.biasInterval(), series: 0),
            (name: "−1.96 SD", value: agreement.limits.lower, interval: intervals.lower, series: 1),
        ]
        let ends = levels.flatMap { [$0.interval.lower, $0.interval.upper] }
        let frame = PlotFrame(
            style, title: title, x: x, y: y, values: (agreement.means, agreement.differences + ends), rightMargin: 84,
            topNotes: failures > 0 ? 1 : 0)
        return style.document(description: title) { svg in
            frame.draw(&svg) { svg in
                for level in levels {
                    let (low, high) = (frame.y(level.interval.lower), frame.y(level.interval.upper))
                    svg.rectangle([frame.left, low], [frame.right, high], class: SeriesStyle.band(level.series))
                }
                svg.line([frame.left, frame.y(0)], [frame.right, frame.y(0)], class: "axis")
                for level in levels {
                    let height = frame.y(level.value)
                    svg.line(
                        [frame.left, height], [frame.right, height], class: SeriesStyle.curve(level.series),
                        style: level.series == 0 ? nil : "stroke-dasharray:7 4")
                }
                for (mean, difference) in zip(agreement.means, agreement.differences) {
                    let place = frame(mean, difference)
                    let n = SVG.number
                    svg.add("circle", ["cx": n(place.x), "cy": n(place.y), "r": "3.5", "class": SeriesStyle.dot(5)])
                }
            }
            for level in levels {
                let height = frame.y(level.value)
                svg.label(level.name, at: [frame.right + 8, height - 3], class: "note")
                svg.label(Self.value(level.value), at: [frame.right + 8, height + 11], class: "value")
            }
            if failures > 0 {
                let text =
                    "\(failures) of \(failures + agreement.differences.count) cases failed and have no difference"
                svg.label(text, at: [frame.left, frame.top - 8], class: "warning")
            }
        }
    }

    /// Three significant digits, or all before the point.
    private static func value(_ value: Double) -> String {
        let decimals = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
        return Ticks.label(value, decimals: decimals)
    }
}
