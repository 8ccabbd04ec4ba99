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
        func step(_ support: Bounds, unless isStill: Bool = false, _ move: () -> Void) {
            guard support.meets(box), !isStill else { return }
            move()
            box = points.bounds(count)
        }
        step(support.longitudinal) { [map = longitudinal] in points.map(count) { map.inverse($0) } }
        step(support.ventricle, unless: support.isBeyondVentricle(box)) { [map = ventricle] in
            points.map(count) { map.inverse($0) }
        }
        step(support.freeWall, unless: freeWall.isStill(box)) { [map = freeWall] in
            points.map(count) { map.inverse($0) }
        }
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
    /// Half the focal distance, and coshλ − 1 beyond which the ventricle moves nothing.
    private let focalMM: Double
    private let outermost: Double

    init(_ motion: HeartMotion) {
        longitudinal = motion.longitudinal.support
        ventricle = motion.ventricle.support
        freeWall = motion.freeWall.support
        rightDescent = motion.rightDescent.support
        rightAtrium = motion.rightAtrium.support
        leftAtrium = motion.leftAtrium.support
        focalMM = motion.ventricle.shape.focalMM
        outermost = motion.ventricle.outermost
    }

    /// Whether the ventricle moves nothing in a box: coshλ changes by no more than 1/d a millimetre.
    func isBeyondVentricle(_ box: Bounds) -> Bool {
        Prolate(Point(box.center), focalMM: focalMM).h - box.radius / focalMM > outermost
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
    /// The outer surface over the thickest wall on the widest side, coshλ − 1 from the equator (0) to the apex (1).
    private func outer(q: Double) -> Double {
        let s = 1 - q * q
        let epi = Prolate.volume(h: shape.outward(thicknessMM: shape.thickestMM, s: s), s: s)
        return Prolate.height(volume: VentricleMap.widestRoom * epi, s: s)
    }

    private static let levels = (0...64).map { Double($0) / 64 }

    /// The largest coshλ − 1 that moves, 0.5 % more for what lies between the levels.
    var outermost: Double { 1.005 * VentricleMap.levels.reduce(0) { max($0, outer(q: $1)) } }

    /// Bounded by that surface.
    var support: Bounds {
        let reach = VentricleMap.levels.reduce(into: Vector3.zero) { reach, q in
            let h = outer(q: q)
            let radius = shape.focalMM * (h * (2 + h) * (1 - q * q)).squareRoot()
            reach = Vector3(max(reach.x, radius), max(reach.y, radius), max(reach.z, shape.focalMM * (1 + h) * q))
        }
        return Bounds(low: reach * -1.005, high: reach * 1.005)
    }
}

extension FreeWallMap {
    var support: Bounds {
        // What moves ends at most this far beyond the outermost of septum, ellipsoid and outflow tract: roundings
        // (2 + 2 mm), offset (1.5 mm), knot (4 mm), room.
        let beyond = Frame.mostRoom + 10
        let septum = frame.septum.radius + max(abs(frame.septum.x), abs(frame.septum.y))
        let side = max(
            abs(frame.center.y) + frame.halfAxes.y,
            max(abs(frame.conus.y), abs(frame.pulmonaryValve.y)) + frame.conusRadius,
            septum)
        let front = max(frame.center.x + frame.halfAxes.x, frame.conus.x + frame.conusRadius, septum)
        // Rays that miss the ellipsoid reach back no farther than its width.
        return Bounds(
            low: [-0.45 * (max(front, side) + beyond), -side - beyond, frame.basal - 26],
            high: [front + beyond, side + beyond, frame.apical + 4])
    }
}

extension FreeWallMap {
    /// Whether a box lies within the septal body, in which nothing moves.
    func isStill(_ box: Bounds) -> Bool {
        let circle = frame.septum
        let away = Vector3(box.center.x, box.center.y, 0)
        let depth = (abs(box.center.z) + box.radius) / frame.septumLength
        guard depth < 0.99, box.low.z > frame.basal else { return false }
        // Along every ray the body reaches at least as far as a circle about the axis that fits into it.
        let inner = circle.radius - (circle.x * circle.x + circle.y * circle.y).squareRoot()
        return length(away) + box.radius < inner * (1 - depth * depth).squareRoot()
    }
}

extension AtrialMap {
    var support: Bounds {
        Bounds(
            low: [frame.axisX - frame.rim, frame.axisY - frame.rim, frame.roof],
            high: [frame.axisX + frame.rim, frame.axisY + frame.rim, frame.basal])
    }
}
