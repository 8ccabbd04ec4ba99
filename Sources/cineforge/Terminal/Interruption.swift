import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C and SIGTERM into a wish to stop; the second Ctrl-C ends the process at once.
final class Interruption: Sendable {
    private let count = Atomic<Int>(0)
    private let sources: [any DispatchSourceSignal]

    /// Whether the user wants to stop.
    var isWanted: Bool { count.load(ordering: .relaxed) > 0 }

    /// Watches from now on.
    init() {
        let queue = DispatchQueue(label: "signals")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler { [self] in
                let before = count.wrappingAdd(1, ordering: .relaxed).oldValue
                guard before == 0 else { _exit(75) }
                Terminal.error("\nstopping; what is finished is kept (again to stop at once)")
            }
            source.resume()
        }
    }
}
