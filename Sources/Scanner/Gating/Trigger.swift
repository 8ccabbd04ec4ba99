import Core
import Phantom

/// When the scanner believes that an R wave came.
struct Trigger: Sendable, Hashable {
    /// The beat that caused it.
    let beat: Int
    /// Time after that beat's true R wave in ms.
    let offsetMS: Double
    /// Time since the start of the sequence in ms.
    let timeMS: Double

    /// After a trigger the scanner takes no other for this long.
    static let refractoryMS = 200.0
    /// Largest deviation of a trigger by the T wave from its mean delay.
    static let falseSpreadMS = 50.0

    /// The triggers of a series of beats, in order.
    ///
    /// Every beat takes the same draws whatever the settings, so that a rising severity changes nothing else.
    static func all(of beats: [Beat], _ settings: GatingSettings, random: inout Philox) -> [Trigger] {
        var triggers: [Trigger] = []
        for (index, beat) in beats.enumerated() {
            let (missing, falling) = (random.uniform(), random.uniform())
            let delay = settings.falseTriggerDelayMS + falseSpreadMS * (2 * random.uniform() - 1)
            let jitter = settings.triggerJitterMS * random.normal()
            guard missing >= settings.missedTrigger else { continue }
            let offset = (falling < settings.falseTrigger ? delay : 0) + jitter
            triggers.append(Trigger(beat: index, offsetMS: offset, timeMS: beat.startMS + offset))
        }
        var last = -Double.infinity
        return triggers.sorted { $0.timeMS < $1.timeMS }.filter { trigger in
            guard trigger.timeMS - last >= refractoryMS else { return false }
            last = trigger.timeMS
            return true
        }
    }
}
