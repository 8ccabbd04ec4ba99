import Core

/// Lays the brushes over one another at the points of a tile.
struct Painter: Sendable {
    /// The anatomy, first brush at the bottom.
    let stack: Stack
    /// Images that are painted at once: covers are theirs together, values their own.
    let images: Int
    /// What each brush gives in each image of each sheet, [sheet][image][brush].
    let values: [[[Float]]]
    /// What is where no brush is, [sheet][image].
    let background: [[Float]]
    /// Relative variation of each brush by the texture.
    let grains: [Float]
    /// Whether brushes without a name of their own paint.
    let paintsUnnamed: Bool
    let texture: Texture
    /// Width of the partial-volume ramp, mm.
    let ramp: Double

    /// A painter of signals: in each image of each sheet each tissue gives its own.
    init(brushes: [Brush], signals: [[[Float]]], texture: Texture, rampMM: Double) {
        stack = Stack(brushes)
        images = signals.first?.count ?? 1
        values = signals.map { $0.map { signal in brushes.map { signal[Int($0.tissue.rawValue)] } } }
        background = signals.map { $0.map { $0[Int(Tissue.air.rawValue)] } }
        grains = brushes.map { $0.tissue.grain }
        paintsUnnamed = true
        self.texture = texture
        ramp = rampMM
    }

    /// A painter of the fraction of one class.
    init(brushes: [Brush], fractionOf label: Label, texture: Texture, rampMM: Double) {
        stack = Stack(brushes)
        images = 1
        values = [[brushes.map { $0.label == label ? 1 : 0 }]]
        background = [[label == .background ? 1 : 0]]
        grains = [Float](repeating: 0, count: brushes.count)
        paintsUnnamed = false
        self.texture = texture
        ramp = rampMM
    }

    /// What of a selection matters within a ball of material points.
    func select(_ from: borrowing Selection, in ball: Ball, into result: inout Selection) {
        stack.select(from, in: ball, ramp: ramp, into: &result)
    }

    /// Values and names at material points, into a tile: `rows` vectors for each of some sheets, one image after the
    /// other.
    func paint(
        _ points: UnsafeMutablePointer<Point<Lanes>>, _ tile: borrowing Tile, rows: Int, sheets: Range<Int>,
        selection: borrowing Selection, names: Bool
    ) {
        let count = rows * sheets.count
        let baseGrain = selection.base < 0 ? 0 : grains[selection.base]
        var hasGrain = baseGrain > 0
        for (place, sheet) in sheets.enumerated() {
            for image in 0..<images {
                let value = selection.base < 0 ? background[sheet][image] : values[sheet][image][selection.base]
                let first = image * count + place * rows
                for i in first..<first + rows { tile.values[i] = Lanes(repeating: value) }
            }
        }
        for i in 0..<count { tile.grains[i] = Lanes(repeating: baseGrain) }
        if names {
            let name = Lanes(
                repeating: Float((selection.base < 0 ? nil : stack.layers[selection.base].label)?.rawValue ?? 0))
            for i in 0..<count { tile.names[i] = name }
        }
        let slope = Float(-1 / ramp)
        var known = Tile.Known()
        for place in 0..<selection.count {
            let entry = selection.entries[place]
            let index = Int(entry.layer)
            let label = stack.layers[index].label
            if label == nil && !paintsUnnamed { continue }
            stack.distances(selection, entry, at: points, in: tile, &known, count: count)
            let grain = Lanes(repeating: grains[index])
            hasGrain = hasGrain || grains[index] > 0
            for i in 0..<count {
                let cover = Lanes.clamp(tile.distances[i] * slope + 0.5, 0, 1)
                tile.covers[i] = cover
                tile.grains[i] += cover * (grain - tile.grains[i])
            }
            for (place, sheet) in sheets.enumerated() {
                for image in 0..<images {
                    let value = Lanes(repeating: values[sheet][image][index])
                    let target = tile.values + image * count
                    for i in place * rows..<(place + 1) * rows { target[i] += tile.covers[i] * (value - target[i]) }
                }
            }
            if names, let label {
                let name = Lanes(repeating: Float(label.rawValue))
                for i in 0..<count {
                    tile.names[i] = Lanes.pick(tile.distances[i], lessThan: Lanes(0), name, else: tile.names[i])
                }
            }
        }
        if hasGrain {
            for i in 0..<count {
                let factor = 1 + tile.grains[i] * texture(points[i])
                for image in 0..<images { tile.values[image * count + i] *= factor }
            }
        }
    }
}

extension Tissue {
    /// Relative standard deviation of the signal within the tissue (design choice: 2-4 % in muscle and organs, more
    /// where structure below the voxel shows).
    var grain: Float {
        switch self {
        case .air, .valve, .pericardialFluid, .corticalBone, .cartilage, .skin: 0
        case .arterialBlood, .venousBlood: 0.012
        case .stomachFluid: 0.05
        case .myocardium, .scar: 0.05
        case .fat: 0.045
        case .lung: 0.22
        case .liver, .spleen: 0.035
        case .muscle: 0.06
        case .marrow: 0.08
        case .spinalCanal: 0.05
        }
    }
}
