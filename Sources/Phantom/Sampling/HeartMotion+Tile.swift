import Core

extension HeartMotion {
    /// Replaces the points of a tile by the material points that are there now, step by step, and only those steps
    /// that reach the tile.
    ///
    /// - Returns: whether anything in the tile moves with the heart.
    func pullBack(_ tile: borrowing Tile, count: Int) {
        if !respiration.isIdentity {
            let map = respiration
            tile.map(count) { map.inverse($0) }
        }
        let intoFrame = toFrame
        tile.map(count) { intoFrame.apply($0) }
        if longitudinal.support.meets(tile.bounds(count)) {
            let map = longitudinal
            tile.map(count) { map.inverse($0) }
        }
        if ventricle.support.meets(tile.bounds(count)) {
            let map = ventricle
            tile.map(count) { map.inverse($0) }
        }
        let bounds = tile.bounds(count)
        if freeWall.support.meets(bounds) {
            let map = freeWall
            tile.map(count) { map.inverse($0) }
        }
        if rightAtrium.support.meets(bounds) {
            let map = rightAtrium
            tile.map(count) { map.inverse($0) }
        }
        if leftAtrium.support.meets(bounds.grown(by: 12)) {
            let map = leftAtrium
            tile.map(count) { map.inverse($0) }
        }
        let outOfFrame = frame
        tile.map(count) { outOfFrame.apply($0) }
    }

    /// A box of the patient frame outside which the beating heart moves nothing.
    var support: Bounds {
        longitudinal.support.union(ventricle.support).union(freeWall.support).union(rightAtrium.support)
            .union(leftAtrium.support).mapped(by: frame)
    }

    /// The boxes of the LV frame outside which nothing moves.
    var supports: [Bounds] {
        [longitudinal.support, ventricle.support, freeWall.support, rightAtrium.support, leftAtrium.support]
    }
}

extension LongitudinalMap {
    var support: Bounds {
        let reach = frame.core * 1.07 + frame.fade
        return Bounds(low: [-reach, -reach, frame.roof], high: [frame.rightReach + reach, reach, frame.floor])
    }
}

extension VentricleMap {
    /// Bounded by the outer surface of the thickest wall on the widest side.
    var support: Bounds {
        let epi = shape.outward(thicknessMM: shape.thickestMM, s: 1.0)
        let outer = Prolate<Double>.height(volume: 4.0 * Prolate<Double>.volume(h: epi, s: 1), s: 1)
        let radius = shape.focalMM * (outer * (2 + outer)).squareRoot()
        let tip = Prolate<Double>.height(
            volume: 4.0 * Prolate<Double>.volume(h: shape.outward(thicknessMM: shape.thickestMM, s: 0.0), s: 0), s: 0)
        let length = shape.focalMM * (1 + max(tip, outer))
        return Bounds(low: [-radius, -radius, -length], high: [radius, radius, length])
    }
}

extension FreeWallMap {
    var support: Bounds {
        let side = max(frame.center.y.magnitude + frame.halfAxes.y, frame.septum + 12) + frame.room + 4
        return Bounds(
            low: [-side, -side, frame.basal - 14],
            high: [
                max(frame.center.x + frame.halfAxes.x, frame.septum + frame.septumShift + 12) + frame.room + 2, side,
                frame.apical + 4,
            ])
    }
}

extension AtrialMap {
    var support: Bounds {
        Bounds(
            low: [frame.axisX - frame.rim, frame.axisY - frame.rim, frame.roof],
            high: [frame.axisX + frame.rim, frame.axisY + frame.rim, frame.basal])
    }
}
