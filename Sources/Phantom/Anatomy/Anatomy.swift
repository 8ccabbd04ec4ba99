import Core
import Foundation

/// The patient's body at end-diastole: one continuous function from position to tissue.
struct Anatomy: Sendable {
    let layout: HeartLayout
    /// Brushes from the skin to the heart's innermost parts.
    let brushes: [Brush]
    /// How many of the brushes belong to the chest.
    private let chestCount: Int
    /// The heart's brushes alone: they cover the chest's, so its chambers need no others.
    var heartBrushes: [Brush] { Array(brushes[chestCount...]) }
    /// Variation of the signal within tissues.
    let texture: Texture

    /// The anatomy of a patient whose chambers are already sized.
    init(layout: HeartLayout, parameters: PatientParameters) {
        self.layout = layout
        texture = Texture(seed: parameters.textureSeed)
        let chest = ChestBrushes(chest: parameters.chest, seed: parameters.textureSeed)
        let heart = HeartBrushes(layout: layout, parameters: parameters)
        brushes = chest.all + heart.all
        chestCount = brushes.count - heart.all.count
    }

    /// Sizes RV and atria so that their volumes at end-diastole are the requested ones.
    ///
    /// - Error: 1e-4 of each volume, by quadrature of the fractions on a 1.5 mm lattice.
    static func sized(
        for parameters: PatientParameters, atED volumes: ChamberVolumes, threads: Int
    ) throws -> Anatomy {
        var layout = HeartLayout(lv: try VentricleShape(parameters.lv), chest: parameters.chest)
        let initial = layout
        let chambers: [(label: Label, targetML: Double)] = [
            (.rvCavity, volumes.rvML), (.laCavity, volumes.laML), (.raCavity, volumes.raML),
        ]
        var factors = [1.0, 1.0, 1.0]
        // dlog(volume)/dlog(size) of each chamber, learnt on the way.
        var powers = [2.2, 2.8, 2.8]
        var last: (factors: [Double], volumes: [Double])?
        var isClose = false
        for _ in 0..<16 {
            let anatomy = Anatomy(layout: layout, parameters: parameters)
            // Coarse lattices find the way.
            let spacing = isClose ? 1.5 : 3.5
            let measured = Workers.map(chambers.count, threads: threads) {
                ChamberSamples(anatomy: anatomy, label: chambers[$0].label, spacingMM: spacing).volumeML
            }
            let misses = zip(chambers, measured).map { log($0.targetML / max($1, 1)) }
            if isClose && misses.allSatisfy({ abs($0) < 1e-4 }) { return anatomy }
            for i in chambers.indices {
                if let last, abs(log(factors[i] / last.factors[i])) > 1e-4 {
                    let power = log(measured[i] / last.volumes[i]) / log(factors[i] / last.factors[i])
                    if (1.0...6).contains(power) { powers[i] = power }
                }
            }
            last = (factors, measured)
            for i in chambers.indices { factors[i] *= exp(misses[i] / powers[i]) }
            guard factors.allSatisfy({ (0.4...2.5).contains($0) }) else { break }
            layout = initial.scaled(rv: factors[0], la: factors[1], ra: factors[2])
            if !isClose && misses.allSatisfy({ abs($0) < 3e-3 }) {
                isClose = true
                last = nil
            }
        }
        throw CineError(
            .badData,
            "RV \(Words.number(volumes.rvML)) mL, LA \(Words.number(volumes.laML)) mL and RA \(Words.number(volumes.raML)) mL at"
                + " end-diastole do not fit around an LV of \(Words.number(parameters.lv.edvML)) mL; choose volumes nearer to one another"
        )
    }
}

extension HeartLayout {
    /// The layout with RV and atria larger or smaller.
    func scaled(rv: Double, la: Double, ra: Double) -> HeartLayout {
        var result = self
        result.rvHalfAxes = rvHalfAxes * Vector3(rv, 0.3 + 0.7 * rv, 0.4 + 0.6 * rv)
        // A larger RV grows away from the septum.
        result.rvCenter.x = rvCenter.x + 0.4 * (result.rvHalfAxes.x - rvHalfAxes.x)
        // The orifice is as wide as the RV's base has room for.
        let lateral = result.tricuspidAnnulus.x
        result.tricuspidValve.x = min(tricuspidValve.x, (septumX + lateral) / 2 - 1)
        result.tricuspidRadius = min(tricuspidRadius, (lateral - septumX) / 2 - 2)
        result.laHalfAxes = laHalfAxes * la
        result.laCenter.z = baseZ - 3 - laHalfAxes.z * la
        result.raHalfAxes = raHalfAxes * ra
        result.raCenter.z = tricuspidZ - 2 - raHalfAxes.z * ra
        result.raCenter.x = max(
            result.tricuspidValve.x - 1, result.laCenter.x + (laHalfAxes.x * la + raHalfAxes.x * ra) * 0.98 + 3)
        return result
    }
}
