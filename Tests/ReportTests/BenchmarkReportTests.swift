import Core
import Foundation
import Metrics
import Testing

@testable import Report

/// Writes what `Tests/Interop/test_report.py` reads with Python and a browser.
@Suite("Report for other tools", .enabled(if: ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"] != nil))
struct ReportInteropSamples {
    @Test("A report is written of many patients, and of few")
    func write() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"])
        try BenchmarkReport(BenchmarkSamples.whole()).write(to: "\(folder)/report")
        try BenchmarkReport(BenchmarkSamples.whole(patients: 4)).write(to: "\(folder)/report-few")
    }
}

@Suite("Report of a benchmark")
struct BenchmarkReportTests {
    /// Two methods on two patients of two parts; "good" fails on one part.
    private static let small = BenchmarkSamples.results(
        of: ["bad", "good"], best: .lowest,
        scores: [
            ("bad", "p1", [2, 4]), ("bad", "p2", [6, 8]),
            ("good", "p1", [1, 3]), ("good", "p2", [5, nil]),
        ])

    @Test("Patients are averaged first, and failures shown")
    func cells() throws {
        let report = try BenchmarkReport(Self.small)
        // bad: patients 3 and 7, mean 5, SD √8. good: patients 2 and 5, mean 3.5, SD √4.5.
        for text in [report.html, report.terminalTable] {
            #expect(text.contains("5.00 ± 2.83") && text.contains("3.50 ± 2.12"))
        }
        #expect(report.html.contains("1 failed") && report.html.contains("1 score failed: 1 of good."))
        #expect(report.terminalTable.contains("3.50 ± 2.12 (1 failed)"))
    }

    @Test("A method that failed more often is not the best")
    func best() throws {
        let report = try BenchmarkReport(Self.small)
        #expect(report.html.contains("<strong>5.00 ± 2.83</strong>") && !report.html.contains("<strong>3.50"))
        #expect(report.terminalTable.contains("5.00 ± 2.83 *"))
        #expect(report.html.contains("bad, 5.00 mm; good failed more often."))
    }

    @Test("The headline says who is ahead, by how much, and where nobody is")
    func headline() throws {
        func headline(_ second: [Double]) throws -> String {
            let results = BenchmarkSamples.results(
                of: ["a", "b"], best: .highest,
                scores: (0..<6).flatMap { [("a", "p\($0)", [Double($0)]), ("b", "p\($0)", [Double($0) + second[$0]])] })
            return try BenchmarkReport(results).html
        }
        #expect(try headline([2, 2, 2, 2, 2, 2]).contains("b, 4.50 mm, 2.00 mm [2.00, 2.00] ahead of a."))
        #expect(
            try headline([2, -2, 2, -2, 2, -1]).contains(
                "b, 2.67 mm, not to be told from a, whose difference is 0.17 mm ["))
    }

    @Test("A value that is not finite is a failure")
    func infinity() throws {
        let results = BenchmarkSamples.results(
            of: ["a"], best: .lowest, scores: [("a", "p1", [.infinity]), ("a", "p2", [.nan]), ("a", "p3", [2])])
        let report = try BenchmarkReport(results)
        #expect(report.terminalTable.contains("2.00 * (2 failed)") && report.html.contains("2 failed"))
    }

    @Test("Signed errors are compared by their size, and reported with their sign")
    func signed() throws {
        let results = BenchmarkSamples.results(
            of: ["wide", "narrow"], best: .nearestToZero,
            scores: [("wide", "p1", [-9]), ("wide", "p2", [9]), ("narrow", "p1", [-2]), ("narrow", "p2", [-2])])
        let report = try BenchmarkReport(results)
        // A mean of zero is no merit when it is of large errors.
        #expect(report.html.contains("<strong>−2.00 ± 0.00</strong>") && report.html.contains("7.00 mm"))
        #expect(report.html.contains("nearer to 0 ahead of wide"))
    }

    @Test("Names that were not declared are refused")
    func undeclared() throws {
        func expectRefused(_ change: (inout BenchmarkResults) -> Void) {
            var results = Self.small
            change(&results)
            let error = #expect(throws: CineError.self) { try BenchmarkReport(results) }
            #expect(error?.kind == .badData && error?.message.contains("\"nobody\"") == true)
        }
        expectRefused { $0.scores[0].task = "nobody" }
        expectRefused { $0.scores[0].condition = "nobody" }
        expectRefused { $0.scores[0].method = "nobody" }
        expectRefused { $0.scores[0].metric = "nobody" }
        expectRefused { $0.orderings[0].methods[1] = "nobody" }
        expectRefused { $0.learningCurves = [.init(task: "nobody", method: "good", points: [])] }
    }

    @Test("Groups and parts are told apart where there are several")
    func breakdown() throws {
        let html = try BenchmarkReport(Self.small).html
        // The second part of "good" failed on p2; group is the same everywhere.
        #expect(html.contains("<h3>By part, usual</h3>") && !html.contains("By group"))
        #expect(html.contains("<strong>6.00 ± 2.83</strong>"))
        #expect(html.contains("<span>3.00</span><small><span class=\"failed\">1 failed </span>n = 1</small>"))
    }

    @Test("A plot of losses is linear where logarithms are not")
    func negativeLoss() throws {
        var results = Self.small
        results.learningCurves = [
            .init(
                task: "task", method: "good", points: [.init(step: 1, training: 0.5), .init(step: 2, training: -0.5)])
        ]
        let html = try BenchmarkReport(results).html
        #expect(html.contains(">−0.50<") || html.contains(">−0.5<"))
    }

    @Test("Few patients are said to be few")
    func few() throws {
        #expect(try BenchmarkReport(Self.small).html.contains("With 2 patients, intervals are too narrow"))
        #expect(try !BenchmarkReport(BenchmarkSamples.whole()).html.contains("intervals are too narrow and"))
    }

    // MARK: Files

    @Test("A table of commas, quotes and line ends comes back from CSV")
    func csv() throws {
        var results = try BenchmarkSamples.whole(patients: 4)
        results.scores[0].group = "plain"
        let rows = try #require(parseCSV(BenchmarkReport(results).csv))
        #expect(rows.count == results.scores.count + 1 && rows.allSatisfy { $0.count == rows[0].count })
        for (row, score) in zip(rows.dropFirst(), results.scores) {
            let fields = Dictionary(uniqueKeysWithValues: zip(rows[0], row))
            #expect(fields["method"] == score.method && fields["patient"] == score.patient)
            #expect(fields["failed"] == (score.value == nil ? "1" : "0"))
            #expect(fields["value"].flatMap(Double.init) == score.value)
            #expect(fields["truth"].flatMap(Double.init) == score.truth)
        }
    }

    @Test("All results come back from JSON")
    func json() throws {
        let results = try BenchmarkSamples.whole()
        let text = try BenchmarkReport(results).json()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .iso8601
        let document = try decoder.decode(BenchmarkDocument.self, from: Data(text.utf8))
        #expect(document.results == results && document.format == "cineforge.benchmark")
        #expect(document.orderings.map(\.expected) == results.orderings)
        // 3 conditions × 5 methods × 3 metrics, 1 × 4 × 2 and 3 × 3 × 3.
        #expect(document.summaries.count == 45 + 8 + 27)
        #expect(text == (try BenchmarkReport(results).json()))
    }

    @Test("Three files are written, or the reason why not")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let report = try BenchmarkReport(Self.small)
        try report.write(to: "\(folder)/new/folder")
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/new/folder").sorted()
        #expect(names == ["report.html", "results.csv", "results.json"])
        #expect(try String(contentsOfFile: "\(folder)/new/folder/report.html", encoding: .utf8) == report.html)
        let error = #expect(throws: CineError.self) { try report.write(to: "\(folder)/new/folder/results.csv/below") }
        #expect(error?.kind == .cannotCreate)
    }

    // MARK: The page

    @Test("The page is well-formed, accessible, and needs nothing beside itself")
    func page() throws {
        let html = try BenchmarkReport(BenchmarkSamples.whole()).html
        let found = try #require(elements(html.replacing("<!DOCTYPE html>\n", with: "")))
        #expect(found[0].name == "html" && found[0].attributes["lang"] == "en")
        #expect(found.filter { $0.name == "th" }.allSatisfy { $0.attributes["scope"] != nil })
        #expect(
            found.filter { $0.name == "svg" && $0.attributes["class"] != nil }.allSatisfy {
                $0.attributes["aria-label"] != ""
            })
        #expect(found.filter { $0.name == "img" }.allSatisfy { $0.attributes["alt"] != "" })
        #expect(!found.contains { ["script", "link", "iframe", "object"].contains($0.name) })
        let addresses = found.flatMap { [$0.attributes["href"], $0.attributes["src"]].compactMap { $0 } }
        #expect(addresses.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:image/png;base64,") })
        #expect(!html.contains("url(") && !html.contains("@import"))
        let identifiers = found.compactMap { $0.attributes["id"] }
        #expect(Set(identifiers).count == identifiers.count)
        #expect(addresses.filter { $0.hasPrefix("#") }.allSatisfy { identifiers.contains(String($0.dropFirst())) })
        #expect(html == (try BenchmarkReport(BenchmarkSamples.whole()).html))
    }

    @Test("Each task has its tables and plots")
    func structure() throws {
        let html = try BenchmarkReport(BenchmarkSamples.whole()).html
        let found = try #require(elements(html.replacing("<!DOCTYPE html>\n", with: "")))
        func count(_ name: String) -> Int { found.count { $0.name == name } }
        // Spread: 3 + 2 + 3 metrics. Severity: 3 + 3. Agreement: 3 methods. Training: 2 networks.
        #expect(found.count { $0.name == "svg" && $0.attributes["role"] == "img" } == 8 + 6 + 3 + 2)
        #expect(count("img") == 1)
        // Scores, one order and one breakdown by group a task; provenance.
        #expect(count("table") == 3 + 3 + 3 + 1)
        // In short, three tasks, reading; provenance.
        #expect(count("h2") == 6)
        for heading in ["Over severity", "Agreement with the truth, breath-hold 8 mm", "Training", "Worst cases"] {
            #expect(html.contains("<h3>\(heading)</h3>"))
        }
    }

    @Test("Names are shown as they are")
    func escaping() throws {
        var results = try BenchmarkSamples.whole(patients: 4)
        results.title = "<script>&\"'"
        results.command = "cineforge benchmark \"a&b\" <c>"
        results.worstCases[0].description = "\"><script>"
        let html = try BenchmarkReport(results).html
        #expect(elements(html.replacing("<!DOCTYPE html>\n", with: "")) != nil)
        #expect(!html.contains("<script") && !html.contains("<b>co"))
        #expect(html.contains("L+S &quot;λ &lt; 1&quot; &amp; &lt;b&gt;co&lt;/b&gt;"))
        #expect(html.contains("&quot;a&amp;b&quot; &lt;c&gt;"))
    }

    @Test("Without scores there is a page that says so")
    func empty() throws {
        let results = BenchmarkSamples.results(of: ["a", "b"], best: .highest, scores: [])
        let report = try BenchmarkReport(results)
        #expect(elements(report.html.replacing("<!DOCTYPE html>\n", with: "")) != nil)
        #expect(report.html.contains("not tried") && report.terminalTable.contains("not tried"))
        #expect(!["nan", "inf"].contains { report.html.contains("\"\($0)") || report.html.contains(" \($0)") })
    }

    @Test("More methods than colours stand under their names, a plot for each condition")
    func manyMethods() throws {
        let methods = (1...8).map { "method \($0)" }
        let results = BenchmarkSamples.results(
            of: methods, best: .highest, scores: methods.map { ($0, "p1", [Double($0.count)]) })
        #expect(try BenchmarkReport(results).html.contains(">Error, usual<"))
    }

    @Test("The terminal's columns are aligned, and names cannot steer it")
    func terminal() throws {
        let table = try BenchmarkReport(BenchmarkSamples.whole()).terminalTable
        let block = try #require(table.components(separatedBy: "\n\n").first).components(separatedBy: "\n")
        // A title, a head, and five methods.
        #expect(block.count == 7)
        let places = block.dropFirst(2).map { line in
            line.distance(from: line.startIndex, to: line.firstIndex(of: "±") ?? line.endIndex)
        }
        #expect(Set(places).count == 1)
        #expect(!table.contains("\r") && !block.contains { $0.hasSuffix(" ") })
    }
}

/// The rows of a table after RFC 4180; nil where it is none.
private func parseCSV(_ text: String) -> [[String]]? {
    var (rows, row, field, isQuoted): ([[String]], [String], String, Bool) = ([], [], "", false)
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
        switch (scalar, isQuoted) {
        case ("\"", true) where scalars.first == "\"":
            scalars.removeFirst()
            field.unicodeScalars.append("\"")
        case ("\"", true): isQuoted = false
        case ("\"", false) where field.isEmpty: isQuoted = true
        case (",", false):
            row.append(field)
            field = ""
        case ("\r", false):
            guard scalars.popFirst() == "\n" else { return nil }
            rows.append(row + [field])
            (row, field) = ([], "")
        case ("\n", false): return nil
        default: field.unicodeScalars.append(scalar)
        }
    }
    return row.isEmpty && field.isEmpty && !isQuoted ? rows : nil
}
