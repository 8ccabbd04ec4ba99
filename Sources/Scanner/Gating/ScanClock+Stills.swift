import Phantom

/// How finely a scan follows the motion of the body.
public enum Fidelity: String, Sendable, Codable, CaseIterable {
    /// The body is still during a frame: no motion but from frame to frame, and no faults of gating or breathing.
    case frame
    /// The body is still during a segment, where it is at the segment's middle readout.
    case shot
    /// Every readout sees the body at its own time.
    case readout
}

extension ScanClock {
    /// All readouts, each with the moment that it sees at a fidelity, [T, L].
    ///
    /// Times, beats and segments stay those of the scan.
    public func readouts(at fidelity: Fidelity) -> [Readout] {
        var seen = readouts
        switch fidelity {
        case .frame:
            for number in seen.indices {
                seen[number].heart = frameStates[number / linesPerFrame]
                seen[number].breathing = frameBreathing[number / linesPerFrame]
            }
        case .shot:
            for (frame, shots) in segments.enumerated() {
                for shot in shots {
                    let middle = readouts[frame * linesPerFrame + shot[shot.count / 2]]
                    for place in shot {
                        seen[frame * linesPerFrame + place].heart = middle.heart
                        seen[frame * linesPerFrame + place].breathing = middle.breathing
                    }
                }
            }
        case .readout: break
        }
        return seen
    }

    /// The moments at which the body is to be sampled: as few as a fidelity allows, in the order of their first readout.
    ///
    /// Readouts of different beats share a moment when heart and breathing are the same to the last bit, as those of
    /// equal beats are. Every readout belongs to one still.
    public func stills(at fidelity: Fidelity) -> [Still] {
        struct Key: Hashable {
            let heart: BeatState
            let breathing: BreathingPosition
        }
        var places: [Key: Int] = [:]
        var stills: [Still] = []
        for (number, readout) in readouts(at: fidelity).enumerated() {
            let key = Key(heart: readout.heart, breathing: readout.breathing)
            if let place = places[key] {
                stills[place].readouts.append(number)
            } else {
                places[key] = stills.count
                stills.append(Still(heart: readout.heart, breathing: readout.breathing, readouts: [number]))
            }
        }
        return stills
    }
}
