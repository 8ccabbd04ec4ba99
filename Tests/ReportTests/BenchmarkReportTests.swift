import Core
import Foundation
import Metrics
import Testing

@testable import Report

/// Writes what `Tests/Interop/test_report.py` reads with Python's csv, json and a browser.
@Suite("Report for other tools", .enabled(if: ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"] != nil))
struct ReportInteropSamples {
    @Test("A report is written once")
    func write() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"])
        let report = try BenchmarkReport(BenchmarkSamples.whole())
        try report.write(to: "\(folder)/report")
        print(report.terminalTable)
    }
}
