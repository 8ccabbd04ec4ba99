import Core

extension Preview {
    /// The same slices cut to squares around the heart, so that it fills its tiles.
    ///
    /// The squares have one size and do not move while the heart beats. Slices of one stack are cut at the same place,
    /// so that a breath-hold that displaced one of them still shows.
    ///
    /// - Parameter labels: what the squares hold; by default the chambers of the heart and the LV wall.
    /// - Parameter marginMM: how much more they hold on each side, mm.
    /// - Returns: these previews unchanged when no slice has such labels.
    public func focused(on labels: ClosedRange<UInt8> = 1...5, marginMM: Double = 12) -> Preview {
        let boxes = Dictionary(panels.compactMap { panel in panel.box(of: labels).map { (panel.stack, $0) } }) {
            $0.union($1)
        }
        guard let side = boxes.values.map({ ($0.high - $0.low).max() }).max() else { return self }
        var result = self
        result.panels = panels.map { panel in
            let center = boxes[panel.stack].map { ($0.low + $0.high) / 2 } ?? panel.sizeMM / 2
            return panel.cut(center: center, sideMM: side + 2 * marginMM)
        }
        return result
    }
}

/// A rectangle in mm from the upper left corner of an image.
private struct Box {
    var low: SIMD2<Double>
    var high: SIMD2<Double>

    func union(_ other: Box) -> Box { Box(low: pointwiseMin(low, other.low), high: pointwiseMax(high, other.high)) }
}

extension Panel {
    /// Where labels lie in any frame; nil when nowhere.
    fileprivate func box(of wanted: ClosedRange<UInt8>) -> Box? {
        var (low, high) = (SIMD2(Int.max, Int.max), SIMD2(Int.min, Int.min))
        for map in self.labels {
            for index in map.indices where wanted.contains(map[index]) {
                let place = SIMD2(index % width, index / width)
                low = pointwiseMin(low, place)
                high = pointwiseMax(high, place)
            }
        }
        guard low.x <= high.x else { return nil }
        return Box(low: SIMD2<Double>(low) * spacingMM, high: SIMD2<Double>(high &+ 1) * spacingMM)
    }

    /// The square around a point, or as much of it as the image has, moved inside.
    fileprivate func cut(center: SIMD2<Double>, sideMM: Double) -> Panel {
        func range(_ axis: Int, _ limit: Int) -> Range<Int> {
            let count = min(limit, max(1, Int((sideMM / spacingMM[axis]).rounded())))
            let start = Int((center[axis] / spacingMM[axis]).rounded()) - count / 2
            let inside = min(max(0, start), limit - count)
            return inside..<inside + count
        }
        let (columns, rows) = (range(0, width), range(1, height))
        func cut<Value>(_ values: [Value]) -> [Value] {
            rows.flatMap { values[($0 * width + columns.lowerBound)..<($0 * width + columns.upperBound)] }
        }
        return Panel(
            title: title, stack: stack, width: columns.count, height: rows.count, spacingMM: spacingMM,
            frames: frames.map(cut), labels: labels.map(cut), window: window)
    }
}
