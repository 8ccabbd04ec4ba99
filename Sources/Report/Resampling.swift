/// How the values between samples are found.
public enum Interpolation: Sendable {
    /// A straight line between neighbours.
    case linear
    /// A smooth curve through neighbours (Catmull-Rom), which overshoots a little at edges.
    case cubic

    /// Weight of a sample that lies so many samples away.
    func weight(_ distance: Float) -> Float {
        let t = abs(distance)
        switch self {
        case .linear: return max(0, 1 - t)
        case .cubic:
            if t < 1 { return (1.5 * t - 2.5) * t * t + 1 }
            return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0
        }
    }

    var reach: Float { self == .linear ? 1 : 2 }
}

/// Changes the number of samples of an image.
///
/// - Shape: [height, width], x fastest.
/// - Convention: the image keeps its outer edges, so that centres of samples move by half a sample; beyond the
///   edges it goes on as at the edge. Where it shrinks, the kernel widens, so that nothing aliases.
/// - Cost: O(w·h·k) for k samples under the kernel, one axis after the other.
public func resample(
    _ values: [Float], width: Int, height: Int, toWidth: Int, toHeight: Int, by interpolation: Interpolation = .cubic
) -> [Float] {
    precondition(values.count == width * height, "expected \(width * height) samples, found \(values.count)")
    precondition(toWidth > 0 && toHeight > 0, "an image needs pixels, got \(toWidth)×\(toHeight)")
    let columns = taps(from: width, to: toWidth, interpolation)
    let rows = taps(from: height, to: toHeight, interpolation)
    var wide = [Float](repeating: 0, count: toWidth * height)
    for y in 0..<height {
        for (x, taps) in columns.enumerated() {
            var sum: Float = 0
            for tap in taps { sum += values[y * width + tap.index] * tap.weight }
            wide[y * toWidth + x] = sum
        }
    }
    var result = [Float](repeating: 0, count: toWidth * toHeight)
    for (y, taps) in rows.enumerated() {
        for tap in taps {
            for x in 0..<toWidth { result[y * toWidth + x] += wide[tap.index * toWidth + x] * tap.weight }
        }
    }
    return result
}

/// Changes the number of pixels of a label map: each pixel takes the label that has the most of its four
/// neighbours' bilinear weights, so that outlines are smooth and no label is made up.
///
/// - Shape: [height, width], x fastest.
public func resample(labels: [UInt8], width: Int, height: Int, toWidth: Int, toHeight: Int) -> [UInt8] {
    precondition(labels.count == width * height, "expected \(width * height) labels, found \(labels.count)")
    let columns = (0..<toWidth).map { neighbours($0, from: width, to: toWidth) }
    return (0..<toHeight).flatMap { y -> [UInt8] in
        let row = neighbours(y, from: height, to: toHeight)
        return columns.map { column in
            let corners = [
                (labels[row.low * width + column.low], (1 - row.part) * (1 - column.part)),
                (labels[row.low * width + column.high], (1 - row.part) * column.part),
                (labels[row.high * width + column.low], row.part * (1 - column.part)),
                (labels[row.high * width + column.high], row.part * column.part),
            ]
            var best: (label: UInt8, weight: Float) = (0, -1)
            for (label, _) in corners {
                let weight = corners.reduce(0) { $0 + ($1.0 == label ? $1.1 : 0) }
                if weight > best.weight { best = (label, weight) }
            }
            return best.label
        }
    }
}

private func taps(
    from count: Int, to newCount: Int, _ interpolation: Interpolation
) -> [[(index: Int, weight: Float)]] {
    let ratio = Float(count) / Float(newCount)
    let stretch = max(1, ratio)
    let reach = interpolation.reach * stretch
    return (0..<newCount).map { position in
        let center = (Float(position) + 0.5) * ratio - 0.5
        let range = Int((center - reach).rounded(.up))...Int((center + reach).rounded(.down))
        let weights = range.map { interpolation.weight((Float($0) - center) / stretch) }
        let sum = weights.reduce(0, +)
        return zip(range, weights).map { (min(max($0, 0), count - 1), $1 / sum) }
    }
}

private func neighbours(_ position: Int, from count: Int, to newCount: Int) -> (low: Int, high: Int, part: Float) {
    let place = min(max((Float(position) + 0.5) * Float(count) / Float(newCount) - 0.5, 0), Float(count - 1))
    let low = Int(place)
    return (low, min(low + 1, count - 1), place - Float(low))
}
