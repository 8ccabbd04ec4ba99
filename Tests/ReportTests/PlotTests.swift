import Core
import Foundation
import Metrics
import Testing

@testable import Report

/// Plots of all kinds, with what could break them.
enum PlotSamples {
    private static func normal(_ count: Int, mean: Double, deviation: Double, seed: UInt64) -> [Double] {
        var random = Philox(seed: seed, patient: 0, stage: .recipe)
        return (0..<count).map { _ in mean + deviation * random.normal() }
    }

    static var severity: LinePlot {
        let methods = [
            ("2D FCN", 0.94, 0.021), ("3D U-Net", 0.95, 0.016), ("ACNN", 0.945, 0.008), ("U-Net & motion", 0.943, 0.01),
        ]
        let series = methods.map { name, start, slope in
            let points = (0...8).map { step -> SIMD2<Double> in
                let offset = Double(step)
                return [offset, start - slope * offset - 0.001 * offset * offset]
            }
            let band = points.map { point -> ClosedRange<Double> in
                let half = 0.008 + 0.002 * point.x
                return point.y - half...point.y + half
            }
            return LinePlot.Series(name, points: points, band: band)
        }
        return LinePlot(
            "Dice of the left ventricle under breath-hold motion", x: PlotAxis("Largest offset between slices (mm)"),
            y: PlotAxis("Dice"), series: series, reference: ("between observers", 0.93))
    }

    static var loss: LinePlot {
        let steps = (0..<120).map { Double($0 * 50 + 1) }
        let training = steps.map { step in
            let ripple: Double = 1 + 0.1 * sin(step)
            return SIMD2<Double>(step, 2 * pow(step, -0.55) * ripple)
        }
        var validation = steps.map { SIMD2<Double>($0, 2.2 * pow($0, -0.45)) }
        validation[60].y = .nan
        return LinePlot(
            "Loss", x: PlotAxis("Step", scale: .logarithmic), y: PlotAxis("Mean squared error", scale: .logarithmic),
            series: [.init("training", points: training), .init("validation", points: validation)])
    }

    static func spread(_ shape: DistributionPlot.Shape) -> DistributionPlot {
        let series = [("FFD", 2.6), ("joint model", 1.6), ("biomechanical prior", 1.4)].enumerated().map {
            index, method in
            DistributionPlot.Series(
                method.0,
                groups: (0..<4).map { grade in
                    normal(40, mean: 0, deviation: 0.3, seed: UInt64(10 * index + grade)).map {
                        exp($0) * (method.1 + 0.7 * Double(grade))
                    }
                }, failures: index == 0 ? [0, 0, 1, 4] : [0, 0, 0, 1])
        }
        return DistributionPlot(
            "Endpoint error by motion grade", groups: ["none", "mild", "moderate", "severe"], groupTitle: "Motion",
            y: PlotAxis("Endpoint error (mm)", range: 0...12), series: series, shape: shape)
    }

    static var agreement: BlandAltmanPlot? {
        let truth = normal(60, mean: 58, deviation: 9, seed: 3)
        let found = zip(truth, normal(60, mean: 1.2, deviation: 2.4, seed: 4)).map { $0 + $1 }
        return BlandAltman(found, truth).map {
            BlandAltmanPlot(
                "Ejection fraction, network against truth", x: PlotAxis("Mean of both (%)"),
                y: PlotAxis("Network − truth (points)"), agreement: $0, failures: 2)
        }
    }

    static var table: BarTable {
        func cell(_ value: Double, _ half: Double) -> BarTable.Cell {
            .init(value, interval: Interval(lower: value - half, upper: value + half))
        }
        return BarTable(
            "Reconstruction at acceleration 8",
            columns: [
                .init("PSNR (dB)", best: .highest, decimals: 1), .init("SSIM", best: .highest, decimals: 3),
                .init("EF bias (points)", decimals: 1), .init("Time (s)", best: .lowest, decimals: 2),
            ],
            rows: [
                .init("Zero-filled", [cell(24.3, 0.6), cell(0.712, 0.02), cell(-6.2, 1.4), .init(0.02)]),
                .init("CG-SENSE", [cell(29.1, 0.7), cell(0.841, 0.015), cell(-2.4, 1.1), .init(1.31)]),
                .init("k-t FOCUSS", [cell(33.8, 0.5), cell(0.938, 0.008), cell(-0.8, 0.7), .init(6.4)]),
                .init("L+S", [cell(34.6, 0.5), cell(0.949, 0.007), cell(0.4, 0.6), .init(8.9)]),
                .init("k-t NEXT", [cell(37.9, 0.4), cell(0.971, 0.004), cell(0.3, 0.4), .init(nil)]),
            ])
    }

    static func all(_ style: PlotStyle) -> [(name: String, svg: String)] {
        [
            ("severity", severity.svg(style)), ("loss", loss.svg(style)), ("box", spread(.box).svg(style)),
            ("violin", spread(.violin).svg(style)), ("agreement", agreement?.svg(style) ?? ""),
            ("table", table.svg(style)),
        ]
    }
}

@Suite("Plots")
struct PlotTests {
    @Test(
        "Plots are well-formed, self-contained, and the same each time",
        arguments: [PlotStyle.Ground.light, .dark, .automatic])
    func documents(ground: PlotStyle.Ground) throws {
        for (name, svg) in PlotSamples.all(PlotStyle(ground: ground)) {
            let found = try #require(elements(svg), "\(name)")
            #expect(found[0].name == "svg" && found[0].attributes["role"] == "img")
            #expect(!svg.contains("href") && !svg.contains("url(") && !svg.contains("NaN") && !svg.contains("nan"))
            // The name space is the one address in it.
            #expect(svg.components(separatedBy: "http").count == 2)
            #expect(svg.contains("prefers-color-scheme") == (ground == .automatic))
        }
        #expect(PlotSamples.severity.svg() == PlotSamples.severity.svg())
    }

    @Test("Names that mean something in XML are shown as they are")
    func escaping() throws {
        let title = "a < b & \"c\" > 'd'\u{1}"
        let plot = LinePlot(title, x: PlotAxis(title), y: PlotAxis(title), series: [.init(title, points: [[1, 2]])])
        let found = try #require(elements(plot.svg()))
        #expect(found[0].attributes["aria-label"] == "a < b & \"c\" > 'd'\u{FFFD}")
    }

    @Test("Plots without data are empty, not broken")
    func empty() throws {
        let axis = PlotAxis("x", scale: .logarithmic)
        let nothing = [
            LinePlot("none", x: axis, y: axis, series: []).svg(),
            LinePlot("bad", x: axis, y: axis, series: [.init("s", points: [[0, .nan], [-1, 2]])]).svg(),
            DistributionPlot("none", groups: ["a"], y: PlotAxis(), series: [.init("s", groups: [[]])]).svg(),
            DistributionPlot(
                "one", groups: ["a"], y: PlotAxis(), series: [.init("s", groups: [[3, 3]])], shape: .violin
            )
            .svg(),
            BarTable("none", columns: [.init("c")], rows: [.init("r", [.init(nil)])]).svg(),
        ]
        for svg in nothing {
            #expect(elements(svg) != nil && !svg.contains("nan") && !svg.contains("inf"))
        }
    }

    @Test("Values and bands that have no place are cut off, not broken")
    func infinities() throws {
        let axis = PlotAxis("y", scale: .logarithmic)
        let series = LinePlot.Series("s", points: [[1, 2], [2, 3]], band: [-1...4, 0...Double.infinity])
        let line = LinePlot("log", x: PlotAxis(), y: axis, series: [series], reference: ("zero", 0)).svg()
        let far = LinePlot("far", x: PlotAxis(range: 0...1), y: PlotAxis(), series: [.init("s", points: [[1e300, 1]])])
            .svg()
        let table = BarTable(
            "t", columns: [.init("PSNR")],
            rows: [
                .init("same", [.init(.infinity, interval: Interval(lower: 3, upper: .infinity))]),
                .init("a", [.init(3)]),
            ]
        ).svg()
        for svg in [line, far, table] {
            #expect(elements(svg) != nil && !svg.contains("nan") && !svg.contains("inf"))
        }
        #expect(table.contains(">∞<"))
    }

    @Test("A value without a place interrupts its curve")
    func gaps() throws {
        let points: [SIMD2<Double>] = [[0, 1], [1, 2], [2, .nan], [3, 2], [4, 1], [5, .infinity], [6, 0]]
        let plot = LinePlot("gaps", x: PlotAxis(), y: PlotAxis(), series: [.init("s", points: points)])
        let found = try #require(elements(plot.svg()))
        #expect(found.count { $0.name == "path" && $0.attributes["class"] == "curve stroke0" } == 3)
        #expect(found.count { $0.name == "circle" } == 5)
    }

    @Test("Long titles break between words, and narrow tables widen")
    func widths() throws {
        let lines = TextWidth.lines("Dice of the left ventricle", size: 10, width: 80)
        #expect(lines == ["Dice of the left", "ventricle"])
        #expect(
            TextWidth.lines("", size: 10, width: 80) == [] && TextWidth.lines("word", size: 10, width: 1) == ["word"])
        let narrow = try #require(elements(PlotSamples.table.svg(PlotStyle(width: 200))))
        #expect(Double(try #require(narrow[0].attributes["width"])) ?? 0 > 300)
    }

    @Test("Failures are said")
    func failures() throws {
        #expect(PlotSamples.spread(.box).svg().contains(">4✕<"))
        #expect(try #require(PlotSamples.agreement).svg().contains("2 of 62 cases failed"))
        #expect(PlotSamples.table.svg().contains(">none<"))
    }

    @Test("The best of a column is bold, and so is what reads the same")
    func best() throws {
        let table = BarTable(
            "", columns: [.init("Dice", best: .highest), .init("HD", best: .lowest)],
            rows: [
                .init("a", [.init(0.901), .init(5)]), .init("b", [.init(0.899), .init(3)]),
                .init("c", [.init(0.5), .init(4)]),
            ])
        let bold = table.svg().components(separatedBy: "\n").filter { $0.contains("value best") }
        #expect(
            bold.count == 3 && bold[0].contains(">0.90<") && bold[1].contains(">0.90<") && bold[2].contains(">3.00<"))
    }

    @Test("Series stand out from their ground, and texts can be read", arguments: [PlotTheme.light, .dark])
    func contrast(theme: PlotTheme) {
        #expect(Color(0xFFFFFF).contrast(with: Color(0)) == 21)
        for color in theme.series { #expect(color.contrast(with: theme.background) >= 3) }
        for color in [theme.text, theme.faintText, theme.warning] {
            #expect(color.contrast(with: theme.background) >= 4.5)
        }
    }

    @Test("Densities have Silverman's width and end at the extremes")
    func density() throws {
        // SD √2.5, quartiles 2 and 4: 2 / 1.34 is the smaller.
        let density = KernelDensity(try #require(Summary([1, 2, 3, 4, 5])))
        #expect(abs(density.widthOfKernel - 0.9 * 2 / 1.34 * pow(5, -0.2)) < 1e-12)
        let outline = density.outline(steps: 10)
        #expect(outline[0].value == 1 && outline[10].value == 5 && outline[5].density == 1)
    }
}

@Suite("Axes")
struct PlotAxisTests {
    @Test("Ticks are round numbers")
    func linear() {
        #expect(Ticks.linear(0...1, count: 6).map(\.label) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(Ticks.linear(-3...7, count: 6).map(\.label) == ["−2", "0", "2", "4", "6"])
        #expect(Ticks.linear(0.113...0.1271, count: 5).map(\.label) == ["0.115", "0.120", "0.125"])
        #expect(Ticks.linear(0...10, count: 5).map(\.label) == ["0.0", "2.5", "5.0", "7.5", "10.0"])
        #expect(Ticks.linear(0...120_000, count: 4).map(\.label) == ["0", "50000", "100000"])
    }

    @Test("Ticks fit, keep their distance and differ", arguments: 0..<200)
    func properties(seed: Int) {
        var random = Philox(seed: 9, patient: seed, stage: .recipe)
        let low = random.normal() * exp(6 * random.normal())
        let range = low...low + exp(6 * random.normal())
        // Beyond a part in 10⁶ of the value, labels of one width cannot tell ticks apart.
        guard range.upperBound - low > 1e-6 * abs(low) else { return }
        let count = 3 + seed % 8
        let ticks = Ticks.linear(range, count: count)
        #expect(ticks.count <= count && ticks.count >= count / 4)
        #expect(Set(ticks.map(\.label)).count == ticks.count)
        let slack = 1e-6 * (range.upperBound - low)
        #expect(ticks.allSatisfy { $0.value >= low - slack && $0.value <= range.upperBound + slack })
        let wide = Ticks.widened(range, count: count)
        #expect(wide.lowerBound <= low + slack && wide.upperBound >= range.upperBound - slack)
    }

    @Test("Logarithmic ticks are powers of ten, and 2 and 5 times them where there are few")
    func logarithmic() {
        #expect(Ticks.logarithmic(0.01...1000, count: 8).map(\.label) == ["0.01", "0.1", "1", "10", "100", "1000"])
        #expect(Ticks.logarithmic(0.3...4, count: 8).map(\.label) == ["0.5", "1", "2"])
        #expect(Ticks.logarithmic(1e-8...1e-2, count: 4).map(\.label) == ["10⁻⁸", "10⁻⁶", "10⁻⁴", "0.01"])
    }

    @Test("An axis that ends on ticks has them at both ends", arguments: 0..<100)
    func ends(seed: Int) {
        var random = Philox(seed: 10, patient: seed, stage: .recipe)
        let low = random.normal()
        let range = low...low + exp(3 * random.normal())
        let (count, size) = (3 + seed % 7, range.upperBound - low)
        let wide = Ticks.widened(range, count: count)
        let ticks = Ticks.linear(wide, count: count)
        #expect(abs((ticks.first?.value ?? .nan) - wide.lowerBound) < 1e-6 * size)
        #expect(abs((ticks.last?.value ?? .nan) - wide.upperBound) < 1e-6 * size)
    }

    @Test("Values lie between the ends, in proportion or by logarithm")
    func places() {
        let line = PlacedAxis(PlotAxis(), span: 2...6, from: 100, to: 0, tickCount: 5)
        #expect(line(2) == 100 && line(6) == 0 && line(3) == 75)
        let decades = PlacedAxis(PlotAxis(scale: .logarithmic), span: 0.01...100, from: 0, to: 80, tickCount: 5)
        #expect(abs(decades(1) - 40) < 1e-12 && abs(decades(10) - 60) < 1e-12)
        #expect(PlotAxis(categories: ["a", "b"]).span(of: [], ticks: 5, endsOnTicks: true) == -0.5...1.5)
        #expect(PlotAxis().span(of: [3, .nan, 8.2], ticks: 6, endsOnTicks: true) == 2...10)
    }
}

@Suite("Plots for the eye", .enabled(if: ProcessInfo.processInfo.environment["CINEFORGE_PLOTS"] != nil))
struct PlotGallery {
    @Test("Every plot on either ground")
    func write() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["CINEFORGE_PLOTS"])
        for ground in [PlotStyle.Ground.light, .dark, .automatic] {
            for (name, svg) in PlotSamples.all(PlotStyle(ground: ground)) {
                try svg.write(toFile: "\(folder)/\(name)_\(ground).svg", atomically: true, encoding: .utf8)
            }
            for (name, svg) in PlotSamples.all(PlotStyle(ground: ground, width: 360, height: 260)) {
                try svg.write(toFile: "\(folder)/\(name)_\(ground)_small.svg", atomically: true, encoding: .utf8)
            }
        }
    }
}
