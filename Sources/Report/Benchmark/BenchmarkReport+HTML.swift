import Core
import Foundation

extension BenchmarkReport {
    /// A page that needs nothing beside itself: no script, no other file, light or dark as the reader's system is.
    public var html: String {
        var page = HTML()
        page.add("head") { head in
            head.addEmpty("meta", ["charset": "utf-8"])
            head.addEmpty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            head.addEmpty("meta", ["name": "color-scheme", "content": "light dark"])
            head.add("title", results.title)
            head.add("style") { $0.insert(ReportStyle.sheet) }
        }
        page.add("body") { body in
            body.add("header") { writeHeader(&$0) }
            body.add("main") { main in
                for (index, task) in results.tasks.enumerated() { writeSection(task, index, &main) }
                writeReading(&main)
            }
            body.add("footer") { writeProvenance(&$0) }
        }
        return "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n\(page.text)</html>\n"
    }

    private func writeHeader(_ html: inout HTML) {
        html.add("h1", results.title)
        let patients = Set(results.scores.map(\.patient)).count
        let facts = [
            dateText, Words.count(patients, "patient"), Words.count(results.tasks.count, "task"),
            Words.count(results.scores.count, "score"),
        ]
        html.add("p", ["class": "facts"], facts.joined(separator: " · "))
        html.add("section", ["class": "short", "aria-labelledby": "short"]) { html in
            html.add("h2", ["id": "short"], "In short")
            html.add("dl") { html in
                for (index, task) in results.tasks.enumerated() { writeHeadline(task, index, &html) }
            }
        }
    }

    /// Who is best at a task under each condition, and how the expected orders fared.
    private func writeHeadline(_ task: BenchmarkTask, _ index: Int, _ html: inout HTML) {
        guard let metric = task.metrics.first(where: { $0.best != .none }) else { return }
        html.add("dt") { html in
            html.add("a", ["href": "#task-\(index + 1)"], task.title)
            html.write(", by \(metric.name)")
        }
        for condition in task.conditions {
            guard let words = Wording.headline(task, condition.name, metric, table) else { continue }
            html.add("dd") { html in
                html.add("b", condition.name)
                html.write(": \(words).")
            }
        }
        let steps = outcomes.filter { $0.ordering.task == task.name }.flatMap(\.successive)
        if !steps.isEmpty { html.add("dd", "Of what was expected: \(Wording.outcome(steps)).") }
        let failures = results.scores.count { $0.task == task.name && $0.value == nil }
        if failures > 0 { html.add("dd", ["class": "failed"], "\(Words.count(failures, "score")) failed.") }
    }

    private func writeSection(_ task: BenchmarkTask, _ index: Int, _ html: inout HTML) {
        html.add("section", ["aria-labelledby": "task-\(index + 1)"]) { html in
            html.add("h2", ["id": "task-\(index + 1)"], task.title)
            if !task.note.isEmpty { html.add("p", ["class": "lead"], task.note) }
            writeScores(task, &html)
            writeOrderings(task, &html)
            writeSpread(task, &html)
            writeSeverity(task, &html)
            writeAgreement(task, &html)
            writeLearning(task, &html)
            writeWorstCases(task, &html)
        }
    }

    /// How the numbers were made.
    private func writeReading(_ html: inout HTML) {
        html.add("section", ["aria-labelledby": "reading"]) { html in
            html.add("h2", ["id": "reading"], "How to read this")
            let paragraphs = [
                "Scores are averaged per patient first, since patients are what varies independently. A cell gives mean ± "
                    + "standard deviation over patients, and below it the 95 % interval of the mean (bootstrap of "
                    + "patients, bias-corrected and accelerated). What is best is bold; so is what reads the same.",
                "A method that fails is not excused: failures stand beside the mean, which is of the other scores; a "
                    + "method that failed more often than another is not the best, and on a patient on which it failed "
                    + "more often it loses the comparison.",
                "p-values are of Wilcoxon's signed-rank test on the patients that both methods were tried on, two-sided, "
                    + "by Holm's correction for all comparisons of one order. With fewer than 6 patients no such test "
                    + "can reach 0.05, and intervals are too narrow.",
                "Phantoms tell which method is better and why. Their absolute scores are not those of a hospital's data.",
            ]
            for paragraph in paragraphs { html.add("p", paragraph) }
        }
    }

    private func writeProvenance(_ html: inout HTML) {
        let provenance = results.provenance
        html.add("h2", "Provenance")
        html.add("table", ["class": "facts"]) { html in
            html.add("tbody") { html in
                func row(_ name: String, _ value: String, isCode: Bool = false) {
                    html.add("tr") { html in
                        html.add("th", ["scope": "row"], name)
                        html.add("td") { html in isCode ? html.add("code", value) : html.write(value) }
                    }
                }
                row("Command", results.command, isCode: true)
                row("Program", provenance.program)
                row("Date", dateText)
                row("Device", "\(provenance.device), \(Words.count(provenance.threads, "thread"))")
                for item in provenance.datasets { row("Dataset \(item.name), SHA-256", item.value, isCode: true) }
                for item in provenance.seeds { row("Seed, \(item.name)", item.value, isCode: true) }
                for model in provenance.models {
                    row(
                        model.method,
                        "\(model.parameterCount.formatted(.number.locale(Locale(identifier: "en")))) parameters, trained "
                            + "for \(Words.duration(model.trainingSeconds))")
                    row("\(model.method), weights' SHA-256", model.weightsSHA256, isCode: true)
                }
            }
        }
    }

    /// "2026-11-24 02:10 UTC".
    private var dateText: String {
        let text = results.date.formatted(.iso8601)
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + " UTC"
    }
}
