import Datasets
import Testing

@Suite("Time left") struct TimeLeftTests {
    @Test("Nothing is told before five hundredths are done and two seconds have passed")
    func start() {
        var left = TimeLeft()
        #expect(left.take(share: 0, finished: 0, seconds: 30) == nil)
        #expect(left.take(share: 0.01, finished: 0, seconds: 31) == nil)
        #expect(left.take(share: 0.03, finished: 0, seconds: 40) == nil, "three hundredths")
        // The second half: three hundredths in 2 s.
        #expect(abs((left.take(share: 0.06, finished: 0, seconds: 42) ?? 0) - 94.0 / 1.5) < 1e-9)
        #expect(left.take(share: 1, finished: 9, seconds: 50) == nil)

        var short = TimeLeft()
        #expect(short.take(share: 0.2, finished: 0, seconds: 0.1) == nil)
        #expect(short.take(share: 0.9, finished: 0, seconds: 1) == nil, "one second")
    }

    @Test("In a long run the first patient is enough")
    func long() {
        var left = TimeLeft()
        #expect(left.take(share: 1e-5, finished: 0, seconds: 10) == nil)
        #expect(left.take(share: 5e-4, finished: 0, seconds: 20) == nil)
        #expect(abs((left.take(share: 1e-3, finished: 1, seconds: 30) ?? 0) - 19_980) < 0.1)
    }

    /// Half a hundredth a second but for ten slow seconds at the start and a pause of ten after a minute: 215 s in all.
    @Test("A slow start is forgotten, and a pause moves the end smoothly")
    func smooth() {
        var left = TimeLeft()
        var ends: [(seconds: Double, end: Double)] = []
        for step in 1...420 {
            let seconds = Double(step) / 2
            let quick = max(0, min(seconds, 60) - 10) + max(0, seconds - 70)
            if let told = left.take(
                share: 0.0005 * min(seconds, 10) + 0.005 * quick, finished: 0, seconds: seconds)
            {
                ends.append((seconds, seconds + told))
            }
        }
        let jumps = zip(ends, ends.dropFirst()).map { abs($0.end - $1.end) }
        #expect(jumps.max() ?? .infinity < 25, "\(jumps.max() ?? 0)")
        #expect(ends.first { $0.seconds >= 30 }.map { abs($0.end - 209) < 4 } ?? false, "before the pause")
        #expect(ends.allSatisfy { $0.seconds < 160 || abs($0.end - 219) < 4 }, "long after it")
    }
}
