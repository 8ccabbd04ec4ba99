import Core

/// Lays the brushes over one another at the points of a tile.
struct Painter: Sendable {
    /// The anatomy, first brush at the bottom.
    let brushes: [Brush]
    /// What each brush gives in each sheet, by its place.
    let values: [[Float]]
    /// What is where no brush is, in each sheet.
    let background: [Float]
    /// Relative variation of each brush by the texture.
    let grains: [Float]
    /// Brushes that change nothing.
    let isSkipped: [Bool]
    let texture: Texture
    /// Width of the partial-volume ramp, mm.
    let ramp: Double

    /// A painter of signals: in each sheet each tissue gives its own.
    init(brushes: [Brush], signals: [[Float]], texture: Texture, rampMM: Double) {
        self.brushes = brushes
        values = signals.map { signal in brushes.map { signal[Int($0.tissue.rawValue)] } }
        background = signals.map { $0[Int(Tissue.air.rawValue)] }
        grains = brushes.map { $0.tissue.grain }
        isSkipped = [Bool](repeating: false, count: brushes.count)
        self.texture = texture
        ramp = rampMM
    }

    /// A painter of the fraction of one class.
    init(brushes: [Brush], fractionOf label: Label, texture: Texture, rampMM: Double) {
        self.brushes = brushes
        values = [brushes.map { $0.label == label ? 1 : 0 }]
        background = [label == .background ? 1 : 0]
        grains = [Float](repeating: 0, count: brushes.count)
        isSkipped = brushes.map { $0.label == nil }
        self.texture = texture
        ramp = rampMM
    }

    /// A brush that matters in a tile, and its place.
    struct Candidate {
        let index: Int
        let brush: Brush
    }

    /// What matters in a ball: the topmost brush that covers it, and those above that cut it.
    struct Selection {
        var base: Int?
        var baseLabel: Label = .background
        var candidates: [Candidate] = []
    }

    /// All brushes.
    var everything: Selection {
        Selection(candidates: brushes.enumerated().map { Candidate(index: $0.offset, brush: $0.element) })
    }

    /// What of a selection matters within a ball of material points.
    func select(_ from: Selection, center: Vector3, radius: Double) -> Selection {
        var result = Selection(base: from.base, baseLabel: from.baseLabel)
        for candidate in from.candidates {
            switch candidate.brush.relevance(center: center, radius: radius, ramp: ramp) {
            case .none: continue
            case .partial(let brush): result.candidates.append(Candidate(index: candidate.index, brush: brush))
            case .full:
                if let label = candidate.brush.label {
                    result = Selection(base: candidate.index, baseLabel: label)
                } else {
                    result.candidates.append(candidate)
                }
            }
        }
        return result
    }

    /// Values and names at the tile's (material) points: `rows` vectors for each of some sheets.
    func paint(_ tile: borrowing Tile, rows: Int, sheets: Range<Int>, selection: Selection, names: Bool) {
        let count = rows * sheets.count
        let baseGrain = selection.base.map { grains[$0] } ?? 0
        var hasGrain = baseGrain > 0
        for (place, sheet) in sheets.enumerated() {
            let base = Lanes(repeating: selection.base.map { values[sheet][$0] } ?? background[sheet])
            for i in place * rows..<(place + 1) * rows { tile.values[i] = base }
        }
        for i in 0..<count { tile.grains[i] = Lanes(repeating: baseGrain) }
        if names {
            let name = SIMD16(repeating: Int32(selection.baseLabel.rawValue))
            for i in 0..<count { tile.names[i] = name }
        }
        let slope = Float(-1 / ramp)
        for candidate in selection.candidates where !isSkipped[candidate.index] {
            candidate.brush.distances(in: tile, count: count)
            let grain = Lanes(repeating: grains[candidate.index])
            hasGrain = hasGrain || grains[candidate.index] > 0
            for (place, sheet) in sheets.enumerated() {
                let value = Lanes(repeating: values[sheet][candidate.index])
                for i in place * rows..<(place + 1) * rows {
                    let cover = Lanes.clamp(tile.distances[i] * slope + 0.5, 0, 1)
                    tile.values[i] += cover * (value - tile.values[i])
                    tile.grains[i] += cover * (grain - tile.grains[i])
                }
            }
            if names, let label = candidate.brush.label {
                let name = SIMD16<Int32>(repeating: Int32(label.rawValue))
                for i in 0..<count { tile.names[i].replace(with: name, where: tile.distances[i] .< 0) }
            }
        }
        if hasGrain {
            for i in 0..<count { tile.values[i] *= 1 + tile.grains[i] * texture(tile.points[i]) }
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
