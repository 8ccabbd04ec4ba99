import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C and SIGTERM into a wish to stop; the second one ends the process at once.
final class Interruption: Sendable {
    private let count = Atomic<Int>(0)
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// Whether the user wants to stop.
    var isWanted: Bool { count.load(ordering: .relaxed) > 0 }

    /// Watches from now until the process ends: the handlers keep this object.
    init() {
        sources.withLock { sources in
            for number in [SIGINT, SIGTERM] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { self.take() }
                source.resume()
                sources.append(source)
            }
        }
    }

    private func take() {
        guard count.wrappingAdd(1, ordering: .relaxed).oldValue == 0 else { _exit(75) }
        Terminal.error("\nstopping; what is finished is kept (again to stop at once)")
    }
}
