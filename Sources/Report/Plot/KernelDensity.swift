import Foundation
import Metrics

/// A smooth density of values: a sum of Gaussians.
struct KernelDensity {
    private let values: Summary
    /// Silverman's rule: 0.9 min(SD, IQR / 1.34) n^(−1/5).
    let widthOfKernel: Double

    init(_ values: Summary) {
        self.values = values
        let quartiles = (values.percentile(75) - values.percentile(25)) / 1.34
        let spread = quartiles > 0 ? min(values.standardDeviation, quartiles) : values.standardDeviation
        widthOfKernel = 0.9 * spread * pow(Double(values.count), -0.2)
    }

    /// The density from the smallest to the largest value, 1 at its highest.
    func outline(steps: Int) -> [(value: Double, density: Double)] {
        let points = (0...steps).map { step in
            values.minimum + (values.maximum - values.minimum) * Double(step) / Double(steps)
        }
        let densities = points.map { point in
            values.rising.reduce(0) { sum, value in
                let z = (point - value) / widthOfKernel
                return sum + exp(-0.5 * z * z)
            }
        }
        let most = densities.max() ?? 1
        return zip(points, densities).map { ($0, $1 / most) }
    }
}
