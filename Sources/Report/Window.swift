/// The values that become black and white.
public struct Window: Sendable, Hashable {
    /// What is black, with all below.
    public var low: Float
    /// What is white, with all above.
    public var high: Float

    /// Makes a window from its ends.
    public init(low: Float, high: Float) {
        self.low = low
        self.high = high
    }

    /// Makes a window from its centre and width, as scanners name it.
    public init(level: Float, width: Float) { self.init(low: level - width / 2, high: level + width / 2) }

    /// The window that saturates half a percent at either end of all the frames together.
    ///
    /// Values that are not finite do not count. At most 65,536 values are looked at.
    public init(fitting frames: [[Float]]) {
        let total = frames.reduce(0) { $0 + $1.count }
        let step = max(1, total / 65_536)
        var sample: [Float] = []
        var next = 0
        for frame in frames {
            while next < frame.count {
                if frame[next].isFinite { sample.append(frame[next]) }
                next += step
            }
            next -= frame.count
        }
        sample.sort()
        guard let first = sample.first, let last = sample.last, first < last else {
            self.init(low: sample.first ?? 0, high: (sample.first ?? 0) + 1)
            return
        }
        let low = sample[sample.count / 200]
        let high = sample[sample.count - 1 - sample.count / 200]
        self.init(low: low < high ? low : first, high: low < high ? high : last)
    }

    /// The grey of a value; black for what is not a number.
    public func grey(_ value: Float) -> UInt8 {
        let place = (value - low) / max(high - low, .leastNormalMagnitude)
        return place > 0 ? UInt8((min(place, 1) * 255).rounded()) : 0
    }
}
