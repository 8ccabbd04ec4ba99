import Core

extension HeartMotion {
    /// Replaces the points of a tile by the material points that are there now, step by step, and only those steps
    /// that reach the tile.
    func pullBack(_ points: UnsafeMutablePointer<Point<Lanes>>, count: Int, support: MotionSupport) {
        if !respiration.isIdentity {
            let map = respiration
            points.map(count) { map.inverse($0) }
        }
        let intoFrame = toFrame
        points.map(count) { intoFrame.apply($0) }
        var box = points.bounds(count)
        /// Only what meets the tile is taken back; where that puts its points must be known for the next step.
        func step(_ support: Bounds, _ move: () -> Void) {
            guard support.meets(box) else { return }
            move()
            box = points.bounds(count)
        }
        step(support.longitudinal) { [map = longitudinal] in points.map(count) { map.inverse($0) } }
        step(support.ventricle) { [map = ventricle] in points.map(count) { map.inverse($0) } }
        step(support.freeWall) { [map = freeWall] in points.map(count) { map.inverse($0) } }
        step(support.rightDescent) { [map = rightDescent] in points.map(count) { map.inverse($0) } }
        step(support.rightAtrium) { [map = rightAtrium] in points.map(count) { map.inverse($0) } }
        step(support.leftAtrium) { [map = leftAtrium] in points.map(count) { map.inverse($0) } }
        let outOfFrame = frame
        points.map(count) { outOfFrame.apply($0) }
    }
}

/// Boxes of the LV frame outside which the steps of a motion move nothing.
struct MotionSupport: Sendable {
    let longitudinal: Bounds
    let ventricle: Bounds
    let freeWall: Bounds
    let rightDescent: Bounds
    let rightAtrium: Bounds
    let leftAtrium: Bounds

    init(_ motion: HeartMotion) {
        longitudinal = motion.longitudinal.support
        ventricle = motion.ventricle.support
        freeWall = motion.freeWall.support
        rightDescent = motion.rightDescent.support
        rightAtrium = motion.rightAtrium.support
        leftAtrium = motion.leftAtrium.support
    }

    var all: [Bounds] { [longitudinal, ventricle, freeWall, rightDescent, rightAtrium, leftAtrium] }
}

extension LongitudinalMap {
    var support: Bounds {
        let reach = frame.widest + frame.fade
        return Bounds(
            low: [-reach, -reach, frame.columns.roof], high: [frame.rightReach + reach, reach, frame.columns.floor])
    }
}

extension RightDescentMap {
    var support: Bounds {
        let reach = frame.halfWidth + frame.fade
        return Bounds(
            low: [frame.septal, frame.middle - reach, frame.columns.roof],
            high: [frame.lateral + 10 + frame.fade, frame.middle + reach, frame.columns.floor])
    }
}

extension VentricleMap {
    /// Bounded by the outer surface of the thickest wall on the widest side.
    var support: Bounds {
        var (radius, length) = (0.0, 0.0)
        for step in 0...64 {
            let q = Double(step) / 64
            let s = 1 - q * q
            let epi = Prolate.volume(h: shape.outward(thicknessMM: shape.thickestMM, s: s), s: s)
            let outer = Prolate.height(volume: VentricleMap.widestRoom * epi, s: s)
            radius = max(radius, shape.focalMM * (outer * (2 + outer) * s).squareRoot())
            length = max(length, shape.focalMM * (1 + outer) * q)
        }
        // Less than that between the steps.
        let reach = Vector3(radius, radius, length) * 1.005
        return Bounds(low: -reach, high: reach)
    }
}

extension FreeWallMap {
    var support: Bounds {
        // What moves ends at most this far beyond the outermost of septum, ellipsoid and outflow tract: roundings
        // (2 + 2 mm), offset (1.5 mm), knot (4 mm), room.
        let beyond = frame.room + 10
        let septum = frame.septum.radius + max(abs(frame.septum.x), abs(frame.septum.y))
        let side = max(
            abs(frame.center.y) + frame.halfAxes.y,
            max(abs(frame.conus.y), abs(frame.pulmonaryValve.y)) + frame.conusRadius,
            septum)
        let front = max(frame.center.x + frame.halfAxes.x, frame.conus.x + frame.conusRadius, septum)
        // Rays that miss the ellipsoid reach back no farther than its width.
        return Bounds(
            low: [-0.35 * (max(front, side) + beyond), -side - beyond, frame.basal - 26],
            high: [front + beyond, side + beyond, frame.apical + 4])
    }
}

extension AtrialMap {
    var support: Bounds {
        Bounds(
            low: [frame.axisX - frame.rim, frame.axisY - frame.rim, frame.roof],
            high: [frame.axisX + frame.rim, frame.axisY + frame.rim, frame.basal])
    }
}
