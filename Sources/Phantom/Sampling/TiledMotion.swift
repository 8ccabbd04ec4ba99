import Core

/// A motion that is applied to tiles of neighbouring points, step by step, and only those steps that reach the tile.
struct TiledMotion: Sendable {
    let motion: HeartMotion
    /// Boxes of the LV frame outside which the steps move nothing, before and after them.
    private let boxes: [Bounds]
    /// coshλ − 1 beyond which the ventricle moves nothing.
    private let outermost: Double

    /// The steps of a beat, in the order in which material points take them.
    private enum Step: Int, CaseIterable {
        case leftAtrium, rightAtrium, rightDescent, freeWall, ventricle, widening, columns
    }

    init(_ motion: HeartMotion) {
        self.motion = motion
        boxes = Step.allCases.map { step in
            switch step {
            case .leftAtrium: motion.leftAtrium.support
            case .rightAtrium: motion.rightAtrium.support
            case .rightDescent: motion.rightDescent.support
            case .freeWall: motion.freeWall.support
            case .ventricle: motion.ventricle.support
            case .widening: motion.longitudinal.wideningSupport
            case .columns: motion.longitudinal.columnSupport
            }
        }
        outermost = motion.ventricle.outermost
    }

    /// Whether breathing moves anything.
    var breathes: Bool { !motion.respiration.isIdentity }

    /// Whether any step of the beat reaches a box of the patient frame, now or at end-diastole.
    func reaches(_ box: Bounds) -> Bool {
        let local = box.mapped(by: motion.toFrame)
        return Step.allCases.contains { reaches(local, $0) }
    }

    /// Whether a step reaches a box of the LV frame.
    private func reaches(_ box: Bounds, _ step: Step) -> Bool {
        guard boxes[step.rawValue].meets(box) else { return false }
        switch step {
        case .leftAtrium: return !motion.leftAtrium.isBeyondRim(box)
        case .rightAtrium: return !motion.rightAtrium.isBeyondRim(box)
        case .rightDescent: return true
        case .freeWall: return !motion.freeWall.isStill(box)
        case .ventricle: return !isBeyondVentricle(box)
        case .widening: return !motion.longitudinal.isBeyondRim(box)
        case .columns: return !motion.longitudinal.hasStillColumns(box)
        }
    }

    /// Whether the ventricle moves nothing in a box: coshλ changes by no more than 1/d a millimetre.
    private func isBeyondVentricle(_ box: Bounds) -> Bool {
        let focalMM = motion.ventricle.shape.focalMM
        return Prolate(Point(box.center), focalMM: focalMM).h - box.radius / focalMM > outermost
    }

    /// Replaces the points of a tile by the material points that are there now.
    ///
    /// - Convention: patient frame.
    /// - Returns: a ball that holds them.
    func pullBack(_ points: UnsafeMutablePointer<Point<Lanes>>, count: Int) -> Ball {
        if breathes {
            let map = motion.respiration
            points.map(count) { map.inverse($0) }
        }
        let intoFrame = motion.toFrame
        points.map(count) { intoFrame.apply($0) }
        var box = points.bounds(count)
        for step in Step.allCases.reversed() where reaches(box, step) {
            takeBack(step, points, count)
            // Where that put the points decides the next step.
            box = points.bounds(count)
        }
        let outOfFrame = motion.frame
        points.map(count) { outOfFrame.apply($0) }
        return points.ball(count)
    }

    /// Replaces material points by where they are now, and gives det J of the beat.
    ///
    /// - Convention: patient frame; what nothing reaches keeps its coordinates to the last bit.
    func push(
        _ points: UnsafeMutablePointer<Point<Lanes>>, _ determinants: UnsafeMutablePointer<Lanes>, count: Int
    ) {
        if reaches(points.bounds(count)) {
            let (intoFrame, outOfFrame) = (motion.toFrame, motion.frame)
            points.map(count) { intoFrame.apply($0) }
            beat(points, determinants, count: count)
            points.map(count) { outOfFrame.apply($0) }
        }
        if breathes {
            let map = motion.respiration
            points.map(count) { map.forward($0) }
        }
    }

    /// Replaces material points by where they are now, breathing left out, and gives det J.
    ///
    /// - Convention: LV frame.
    func beat(
        _ points: UnsafeMutablePointer<Point<Lanes>>, _ determinants: UnsafeMutablePointer<Lanes>, count: Int
    ) {
        for i in 0..<count { determinants[i] = Lanes(1) }
        var box = points.bounds(count)
        for step in Step.allCases where reaches(box, step) {
            take(step, points, determinants, count)
            box = points.bounds(count)
        }
    }

    private func takeBack(_ step: Step, _ points: UnsafeMutablePointer<Point<Lanes>>, _ count: Int) {
        switch step {
        case .leftAtrium: points.map(count) { [map = motion.leftAtrium] in map.inverse($0) }
        case .rightAtrium: points.map(count) { [map = motion.rightAtrium] in map.inverse($0) }
        case .rightDescent: points.map(count) { [map = motion.rightDescent] in map.inverse($0) }
        case .freeWall: points.map(count) { [map = motion.freeWall] in map.inverse($0) }
        case .ventricle: points.map(count) { [map = motion.ventricle] in map.inverse($0) }
        case .widening: points.map(count) { [map = motion.longitudinal] in map.narrow($0) }
        case .columns: points.map(count) { [map = motion.longitudinal] in map.slideBack($0) }
        }
    }

    private func take(
        _ step: Step, _ points: UnsafeMutablePointer<Point<Lanes>>, _ determinants: UnsafeMutablePointer<Lanes>,
        _ count: Int
    ) {
        @inline(__always) func each(_ map: (Point<Lanes>) -> (point: Point<Lanes>, determinant: Lanes)) {
            for i in 0..<count {
                let moved = map(points[i])
                points[i] = moved.point
                determinants[i] = determinants[i] * moved.determinant
            }
        }
        switch step {
        case .leftAtrium: each { [map = motion.leftAtrium] in map.forward($0) }
        case .rightAtrium: each { [map = motion.rightAtrium] in map.forward($0) }
        case .rightDescent: each { [map = motion.rightDescent] in map.forward($0) }
        case .freeWall: each { [map = motion.freeWall] in map.forward($0) }
        case .ventricle: each { [map = motion.ventricle] in map.forward($0) }
        case .widening: each { [map = motion.longitudinal] in map.widen($0) }
        case .columns: each { [map = motion.longitudinal] in map.slide($0) }
        }
    }
}

extension LongitudinalMap {
    var columnSupport: Bounds {
        let reach = frame.widest + frame.fade
        return Bounds(
            low: [-reach, -reach, frame.columns.roof], high: [frame.rightReach + reach, reach, frame.columns.floor])
    }

    var wideningSupport: Bounds {
        Bounds(
            low: [-frame.rim, -frame.rim, frame.columns.basal - 22], high: [frame.rim, frame.rim, frame.columns.floor])
    }

    /// Whether all columns of a box lie beyond those that move.
    func hasStillColumns(_ box: Bounds) -> Bool {
        let nearest = min(max(0, box.low.x), frame.rightReach)
        return box.distance(toAxisAt: (nearest, 0)) > frame.widest + frame.fade
    }

    /// Whether nothing in a box is widened.
    func isBeyondRim(_ box: Bounds) -> Bool { box.distance(toAxisAt: (0, 0)) > frame.rim }
}

extension Bounds {
    /// How near a box comes to a line along z.
    fileprivate func distance(toAxisAt axis: (x: Double, y: Double)) -> Double {
        let dx = max(low.x - axis.x, axis.x - high.x, 0)
        let dy = max(low.y - axis.y, axis.y - high.y, 0)
        return (dx * dx + dy * dy).squareRoot()
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
    /// Whether nothing moves in a box: it lies within the septal body, or behind it.
    func isStill(_ box: Bounds) -> Bool {
        // Behind the LV, more than 114° from the septum: cosine below −0.4.
        if box.high.x < 0 && -box.high.x > 0.44 * max(abs(box.low.y), abs(box.high.y)) { return true }
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

    /// Whether nothing in a box is widened.
    func isBeyondRim(_ box: Bounds) -> Bool { box.distance(toAxisAt: (frame.axisX, frame.axisY)) > frame.rim }
}
