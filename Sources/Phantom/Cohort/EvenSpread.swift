import Core

/// Shares that spread evenly over the patients of a cohort, so that few patients already have its means.
///
/// Share j of patient i is `frac(start_j + (i + 1)·√p_j)`: uniform over seeds, known from seed and number alone, and
/// over n patients each mean is off by about 1/n rather than 1/√n. The primes are chosen so that no slope, and no
/// combination of two with factors up to 3, comes near a whole number (0.009): the shares do not correlate.
///
/// - Reference: Richtmyer 1951; Niederreiter 1992, doi:10.1137/1.9781611970081, chapter 3.
struct EvenSpread: Sendable {
    private static let primes = [2.0, 3, 5, 11, 13, 31, 37, 43, 97, 197, 433, 743]
    private static let places: [Variable] = [
        .lvEDVIndex, .lvEF, .rvEDVIndex, .lvMassIndex, .height, .weight, .heartRate, .laMax, .raMax, .laEmptying,
        .raEmptying,
    ]
    private let shares: [Double]

    init(seed: UInt64, patient: Int) {
        shares = Self.primes.indices.map { place in
            // The stream of no patient: all of them share the start.
            var random = Philox(seed: seed, patient: -1, stage: .cohort, substream: UInt32(place))
            let value = random.uniform() + Double(patient + 1) * Self.primes[place].squareRoot()
            return value - value.rounded(.down)
        }
    }

    /// The share that decides the sex.
    var sex: Double { shares[Self.places.count] }

    /// The share of a value, when it is one of those that spread evenly.
    func share(of variable: Variable) -> Double? {
        Self.places.firstIndex(of: variable == .lvThickestWall ? .lvMassIndex : variable).map { shares[$0] }
    }
}
