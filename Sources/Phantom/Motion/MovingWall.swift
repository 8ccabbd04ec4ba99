/// A chamber whose wall moves until its volume is right.
struct MovingWall: Sendable {
    let name: String
    /// The chamber at end-diastole, and one point in seven of it.
    let samples: ChamberSamples
    let fewSamples: ChamberSamples
    /// Its volume there, mL.
    let volumeAtED: Double
    /// What moves, how far it may, and about how the chamber grows with it, relative to its volume.
    let place: WritableKeyPath<HeartMotion, Double> & Sendable
    let range: ClosedRange<Double>
    let slope: Double
    /// Where its volume stands among the four.
    let volume: KeyPath<ChamberVolumes, Double> & Sendable

    /// Free wall of the RV and both atria of an anatomy.
    static func all(of anatomy: Anatomy, volumes: ChamberVolumes) -> [MovingWall] {
        let layout = anatomy.layout
        let (left, right) = (layout.leftAtrialFrame, layout.rightAtrialFrame)
        func wall(
            _ name: String, _ label: Label, spacingMM: Double, _ place: WritableKeyPath<HeartMotion, Double> & Sendable,
            _ range: ClosedRange<Double>, slope: Double, _ volume: KeyPath<ChamberVolumes, Double> & Sendable
        ) -> MovingWall {
            let samples = ChamberSamples(anatomy: anatomy, label: label, spacingMM: spacingMM)
            return MovingWall(
                name: name, samples: samples, fewSamples: samples.thinned(by: 7),
                volumeAtED: volumes[keyPath: volume], place: place, range: range, slope: slope, volume: volume)
        }
        return [
            wall(
                "LA", .laCavity, spacingMM: 2, \.leftAtrium.widening, left.wideningRange, slope: 1.6 / left.radius,
                \.laML),
            wall(
                "RA", .raCavity, spacingMM: 2, \.rightAtrium.widening, right.wideningRange, slope: 1.6 / right.radius,
                \.raML),
            wall("RV", .rvCavity, spacingMM: 2, \.freeWall.squeeze, -0.25...0.98, slope: -0.7, \.rvML),
        ]
    }
}

extension AtrialMap.Frame {
    /// How far the atrium may shrink and grow.
    fileprivate var wideningRange: ClosedRange<Double> { -0.6 * radius...0.85 * (rim - radius) }
}
