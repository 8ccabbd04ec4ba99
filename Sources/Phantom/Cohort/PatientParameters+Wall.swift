import Foundation

extension PatientParameters.LeftVentricle {
    /// Wall of the 17 AHA segments at end-diastole in mm, as mass, volume and pattern give it.
    ///
    /// The cavity is taken for a sphere of the same volume, on which each segment is a cone of constant wall; a factor
    /// makes it exact for the mean of 1,093 healthy hearts. Good for rules; the anatomy itself is the truth.
    public var wallThicknessMM: [Double] {
        let scale = Self.scale(of: wallPattern, edvML: edvML, wallML: massG / Self.densityGPerML) / Self.referenceScale
        return wallPattern.map { $0 * scale }
    }

    /// The mass in g that gives the thickest segment a wall in mm, at this volume and pattern.
    public func massG(thickestWallMM: Double) -> Double {
        guard let thickest = wallPattern.max(), thickest > 0 else { return 0 }
        let scale = Self.referenceScale * thickestWallMM / thickest
        let radius = Self.radiusMM(edvML)
        let (first, second, third) = Self.moments(of: wallPattern)
        let cubes = scale * (3 * radius * radius * first + scale * (3 * radius * second + scale * third))
        return Self.densityGPerML * 4 / 3 * .pi * cubes / 1000
    }

    static let densityGPerML = 1.05

    /// Shares of the endocardial surface: six basal, six mid, four apical segments and the apex.
    private static let surfaceShares =
        [Double](repeating: 0.06, count: 12) + [Double](repeating: 0.055, count: 4) + [0.06]

    private static let referenceScale = scale(of: healthyWallMM, edvML: 150.7, wallML: 101.35)

    private static func radiusMM(_ volumeML: Double) -> Double { cbrt(volumeML * 1000 * 3 / (4 * .pi)) }

    private static func moments(of pattern: [Double]) -> (Double, Double, Double) {
        zip(surfaceShares, pattern).reduce(into: (0, 0, 0)) { sum, segment in
            let (share, wall) = segment
            sum.0 += share * wall
            sum.1 += share * wall * wall
            sum.2 += share * wall * wall * wall
        }
    }

    /// Solves Σ share·((R + scale·wall)³ − R³) = R³·wall volume / cavity volume; Newton from above on a convex cubic.
    private static func scale(of pattern: [Double], edvML: Double, wallML: Double) -> Double {
        let radius = radiusMM(edvML)
        let (first, second, third) = moments(of: pattern)
        let target = wallML * 1000 * 3 / (4 * .pi)
        var scale = target / (3 * radius * radius * first)
        for _ in 0..<12 {
            let value = scale * (3 * radius * radius * first + scale * (3 * radius * second + scale * third)) - target
            let slope = 3 * radius * radius * first + scale * (6 * radius * second + scale * 3 * third)
            scale -= value / slope
        }
        return scale
    }
}
