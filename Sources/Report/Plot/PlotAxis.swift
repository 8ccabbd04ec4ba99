import Foundation

/// What an axis shows and how.
public struct PlotAxis: Sendable, Hashable {
    /// How values become lengths.
    public enum Scale: Sendable, Hashable {
        /// In proportion.
        case linear
        /// By their logarithm; only values above 0 are shown.
        case logarithmic
    }

    /// What it shows, with its unit: "Displacement (mm)".
    public var title: String
    /// How values become lengths.
    public var scale: Scale
    /// What it spans; nil for the data's range up to round numbers.
    public var range: ClosedRange<Double>?
    /// Names at whole places 0, 1, 2 … instead of numbers.
    public var categories: [String]

    /// Makes an axis.
    ///
    /// - Precondition: a logarithmic axis spans values above 0.
    public init(
        _ title: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil, categories: [String] = []
    ) {
        precondition(scale == .linear || range.map { $0.lowerBound > 0 } ?? true, "logarithms are of what is above 0")
        (self.title, self.scale, self.range, self.categories) = (title, scale, range, categories)
    }

    /// Whether a value has a place on this axis.
    func shows(_ value: Double) -> Bool { value.isFinite && (scale == .linear || value > 0) }

    /// What the axis spans for some data.
    func span(of values: [Double], ticks: Int, endsOnTicks: Bool) -> ClosedRange<Double> {
        if let range, range.lowerBound < range.upperBound { return range }
        if !categories.isEmpty { return -0.5...Double(categories.count) - 0.5 }
        let shown = values.filter(shows)
        guard let low = shown.min(), let high = shown.max() else { return scale == .linear ? 0...1 : 1...10 }
        switch scale {
        case .logarithmic:
            // A twentieth of its length beyond both ends, and never nothing.
            let margin = max(pow(high / low, 0.05), 1.1)
            return low / margin...high * margin
        case .linear:
            let size = high > low ? high - low : max(abs(high), 1) * 0.1
            let range = high > low ? low...high : low - size...high + size
            return endsOnTicks
                ? Ticks.widened(range, count: ticks) : range.lowerBound - 0.03 * size...range.upperBound + 0.03 * size
        }
    }
}

/// An axis with its place in a drawing.
struct PlacedAxis {
    let axis: PlotAxis
    let span: ClosedRange<Double>
    /// Where both ends of the span lie, in pixels.
    let from: Double
    let to: Double
    let ticks: [Tick]

    init(_ axis: PlotAxis, span: ClosedRange<Double>, from: Double, to: Double, tickCount: Int) {
        (self.axis, self.span, self.from, self.to) = (axis, span, from, to)
        ticks =
            if !axis.categories.isEmpty {
                axis.categories.enumerated().map { Tick(value: Double($0), label: $1) }
            } else if axis.scale == .logarithmic {
                Ticks.logarithmic(span, count: tickCount)
            } else {
                Ticks.linear(span, count: tickCount)
            }
    }

    /// The pixel of a value; what has no place, or lies far outside, is just far enough outside to be cut off.
    func callAsFunction(_ value: Double) -> Double {
        let part: Double =
            switch axis.scale {
            case .linear: (value - span.lowerBound) / (span.upperBound - span.lowerBound)
            case .logarithmic: log(max(value, 0) / span.lowerBound) / log(span.upperBound / span.lowerBound)
            }
        return from + min(max(part, -100), 100) * (to - from)
    }
}
