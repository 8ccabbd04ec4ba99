/// Curves with bands: a score over the severity of a fault, or losses over steps.
public struct LinePlot: Sendable {
    /// One curve.
    public struct Series: Sendable {
        /// Its name in the legend.
        public var name: String
        /// Its points in order; where a value is not finite, the curve is interrupted.
        public var points: [SIMD2<Double>]
        /// What the band about each point spans, such as an interval or ± SD; empty for no band.
        public var band: [ClosedRange<Double>]

        /// Makes a curve.
        ///
        /// - Precondition: as many ranges as points, or none.
        public init(_ name: String, points: [SIMD2<Double>], band: [ClosedRange<Double>] = []) {
            precondition(band.isEmpty || band.count == points.count, "a band has a range for each point")
            (self.name, self.points, self.band) = (name, points, band)
        }
    }

    /// What stands above it.
    public var title: String
    /// Across.
    public var x: PlotAxis
    /// Upwards.
    public var y: PlotAxis
    /// The curves.
    public var series: [Series]
    /// A level to compare with, and its name; nil for none.
    public var reference: (name: String, value: Double)?

    /// Points of one curve up to which each has a marker.
    private static let mostMarkers = 30

    /// Makes a plot.
    public init(
        _ title: String, x: PlotAxis, y: PlotAxis, series: [Series], reference: (name: String, value: Double)? = nil
    ) {
        (self.title, self.x, self.y, self.series, self.reference) = (title, x, y, series, reference)
    }

    /// The drawing, as a document of its own that may also stand in a page.
    public func svg(_ style: PlotStyle = PlotStyle()) -> String {
        let points = series.flatMap(\.points)
        let bands = series.flatMap(\.band).flatMap { [$0.lowerBound, $0.upperBound] }
        let frame = PlotFrame(
            style, title: title, x: x, y: y,
            values: (points.map(\.x), points.map(\.y) + bands + (reference.map { [$0.value] } ?? [])),
            entries: series.count > 1
                ? series.enumerated().map { .init(name: $1.name, series: $0, sign: isMarked($1) ? .markedLine : .line) }
                : [])
        return style.document(description: title) { svg in
            frame.draw(&svg) { svg in
                if let reference { draw(reference, frame, &svg) }
                for (index, series) in series.enumerated() { drawBand(series, index, frame, &svg) }
                for (index, series) in series.enumerated() { drawCurve(series, index, frame, &svg) }
            }
        }
    }

    private func draw(_ reference: (name: String, value: Double), _ frame: PlotFrame, _ svg: inout SVG) {
        let height = frame.y(reference.value)
        svg.line([frame.left, height], [frame.right, height], class: "axis", style: "stroke-dasharray:5 4")
        svg.label(reference.name, at: [frame.right - 6, height - 5], anchor: .end, class: "note")
    }

    private func drawBand(_ series: Series, _ index: Int, _ frame: PlotFrame, _ svg: inout SVG) {
        for run in runs(series) where !series.band.isEmpty && run.count > 1 {
            let upper = run.map { frame(series.points[$0].x, series.band[$0].upperBound) }
            let lower = run.reversed().map { frame(series.points[$0].x, series.band[$0].lowerBound) }
            svg.path(upper + lower, closed: true, class: SeriesStyle.band(index))
        }
    }

    private func drawCurve(_ series: Series, _ index: Int, _ frame: PlotFrame, _ svg: inout SVG) {
        for run in runs(series) {
            let places = run.map { frame(series.points[$0].x, series.points[$0].y) }
            svg.path(places, class: SeriesStyle.curve(index), style: SeriesStyle.dash(index))
            // A point between two gaps has no line: it shows by its marker alone.
            if isMarked(series) || places.count == 1 {
                for place in places { SeriesStyle.marker(index, at: place, into: &svg) }
            }
        }
    }

    private func isMarked(_ series: Series) -> Bool { series.points.count <= LinePlot.mostMarkers }

    /// Stretches of points that have a place in the plot.
    private func runs(_ series: Series) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (index, point) in series.points.enumerated() where x.shows(point.x) && y.shows(point.y) {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }
}
