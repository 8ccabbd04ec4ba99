import Testing

@testable import Phantom

@Suite("Cardiac timing") struct TimingTests {
    @Test("Systole follows Weissler's regressions at every rate", arguments: [50.0, 60, 70, 80, 100])
    func systole(_ rate: Double) {
        let men = CardiacTiming(heartRateBPM: rate, isFemale: false)
        let women = CardiacTiming(heartRateBPM: rate, isFemale: true)
        #expect(abs(men.ejectionMS - (413 - 1.7 * rate)) < 1e-9)
        #expect(abs(women.ejectionMS - (418 - 1.6 * rate)) < 1e-9)
        // Weissler's own QS2 line and the sum of his PEP and LVET lines differ by their rounding.
        #expect(abs(men.electromechanicalSystoleMS - (546 - 2.1 * rate)) < 4)
        #expect(abs(women.electromechanicalSystoleMS - (549 - 2.0 * rate)) < 4)
        #expect((60.0...90).contains(men.isovolumicRelaxationMS))
    }

    @Test("Diastasis is long at 50 beats a minute and gone above 90")
    func diastasis() {
        #expect(CardiacTiming(heartRateBPM: 50, isFemale: false).diastasisMS > 200)
        #expect(CardiacTiming(heartRateBPM: 91, isFemale: false).diastasisMS < 0)
    }

    @Test("The phase of the mean beat is its own time over RR", arguments: [45.0, 65, 90, 130])
    func meanBeat(_ rate: Double) {
        let timing = CardiacTiming(heartRateBPM: rate, isFemale: true)
        for step in 0..<100 {
            let phase = Double(step) / 100
            #expect(abs(timing.phase(atMS: phase * timing.rrMS, rrMS: timing.rrMS) - phase) < 1e-12)
        }
    }

    @Test("Another RR keeps systole and runs through diastole once, forwards", arguments: [700.0, 900, 1000, 1400])
    func otherBeats(_ rr: Double) {
        let timing = CardiacTiming(heartRateBPM: 65, isFemale: false)
        for time in stride(from: 0.0, to: timing.mitralOpeningMS, by: 7) {
            #expect(abs(timing.phase(atMS: time, rrMS: rr) * timing.rrMS - time) < 1e-9)
        }
        let phases = (0...1000).map { timing.phase(atMS: Double($0) / 1000 * rr, rrMS: rr) }
        #expect(zip(phases, phases.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(phases[1000] > 1 - 1e-9)
    }

    @Test("A longer beat keeps its A wave")
    func aWave() {
        let timing = CardiacTiming(heartRateBPM: 60, isFemale: false)
        for before in stride(from: 0.0, through: 130, by: 10) {
            let phase = timing.phase(atMS: 1300 - before, rrMS: 1300)
            #expect(abs(phase - (1 - before / timing.rrMS)) < 1e-9)
        }
    }

    @Test("A beat too short to fill ends before its phase reaches 1")
    func interruptedBeat() {
        let timing = CardiacTiming(heartRateBPM: 65, isFemale: false)
        #expect(timing.phase(atMS: 420, rrMS: 420) < 0.6)
    }
}
