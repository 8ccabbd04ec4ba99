import Core
import Evaluation
import Foundation
import Synchronization

/// Shows how far a benchmark has come: datasets and trainings with their own progress, then scores.
final class BenchmarkProgress: Sendable {
    private struct State: ~Copyable {
        var generation: ProgressBar?
        var training: TrainingProgress?
    }

    private let state = Mutex(State())

    /// Takes what happened.
    func take(_ event: BenchmarkRunner.Event) {
        state.withLock { state in
            switch event {
            case .generating(let dataset, let patients):
                Self.close(&state)
                Terminal.error("making the dataset \(dataset)")
                state.generation = ProgressBar(total: patients)
            case .generated(let event): state.generation?.take(event)
            case .training(let method, let steps):
                Self.close(&state)
                state.training = TrainingProgress(name: method, steps: steps)
            case .trained(let event): state.training?.take(event)
            case .scored(let method, let patients, let total):
                if patients == 1 { Self.close(&state) }
                let text = "\(method)  scored \(patients)/\(total) patients"
                if Terminal.isInteractive {
                    Terminal.progress(text)
                } else if patients == total {
                    Terminal.error(text)
                }
            }
        }
    }

    /// Ends the line.
    func close() {
        state.withLock { Self.close(&$0) }
        Terminal.endProgress()
    }

    private static func close(_ state: inout State) {
        state.generation?.close()
        state.training?.close()
        (state.generation, state.training) = (nil, nil)
    }
}
