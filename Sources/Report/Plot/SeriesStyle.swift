/// What tells series apart: classes for their colours, dashes and markers.
enum SeriesStyle {
    /// After so many, colours repeat, with other dashes and markers.
    private static let count = PlotTheme.light.series.count
    private static func turned(_ series: Int) -> Int { (series + series / count) % count }

    static func curve(_ series: Int) -> String { "curve stroke\(series % count)" }
    static func whisker(_ series: Int) -> String { "whisker stroke\(series % count)" }
    static func band(_ series: Int) -> String { "band fill\(series % count)" }
    static func dot(_ series: Int) -> String { "dot fill\(series % count)" }
    static func shape(_ series: Int) -> String { "shape fill\(series % count) stroke\(series % count)" }

    /// Lines after the first are dashed, each its own way.
    static func dash(_ series: Int) -> String? {
        let dashes = [nil, "7 4", "2 4", "9 3 2 3", "12 4", "4 3"]
        return dashes[turned(series)].map { "stroke-dasharray:\($0)" }
    }

    /// A disc, square, triangle, diamond, hanging triangle or cross of the series.
    static func marker(_ series: Int, at place: SIMD2<Double>, into svg: inout SVG, radius: Double = 3.5) {
        let name = "fill\(series % count)"
        let n = SVG.number
        func polygon(_ points: [SIMD2<Double>]) {
            svg.path(points.map { place + $0 * radius }, closed: true, class: name)
        }
        switch turned(series) {
        case 0: svg.add("circle", ["cx": n(place.x), "cy": n(place.y), "r": n(radius), "class": name])
        case 1: polygon([[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]])
        case 2: polygon([[0, -1.2], [1.1, 0.8], [-1.1, 0.8]])
        case 3: polygon([[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]])
        case 4: polygon([[0, 1.2], [1.1, -0.8], [-1.1, -0.8]])
        default:
            polygon([
                [-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2],
                [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4],
            ])
        }
    }
}
