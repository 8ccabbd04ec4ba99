import Core

extension Cohort {
    private static let attempts = 1000

    /// Draws one patient.
    ///
    /// The result depends on the cohort, the seed and the patient's numbers alone.
    ///
    /// Values are correlated through a Gaussian copula and spread evenly over patients of successive ranks, so that few
    /// of them have the population's means (see `EvenSpread`). A draw outside the group's limits or the hard limits of
    /// `PatientParameters` is repeated, up to 1000 times, from the same stream.
    ///
    /// - Parameters:
    ///   - seed: The recipe's seed.
    ///   - patient: The patient's number, from 0.
    ///   - rank: Its number among the patients of this cohort, from 0; by default `patient`.
    /// - Throws: `CineError` when the cohort lacks a value, its correlations contradict one another, or no draw keeps
    ///   its limits.
    public func draw(seed: UInt64, patient: Int, rank: Int? = nil) throws -> PatientParameters {
        var random = Philox(seed: seed, patient: patient, stage: .cohort)
        let spread = EvenSpread(seed: seed, rank: rank ?? patient)
        let variables = Variable.allCases
        let isFemale = spread(random.uniform(), index: variables.count) < femaleShare
        let model = try Model(self, isFemale: isFemale)
        var reason = ""
        for attempt in 0..<Self.attempts {
            let shares = variables.indices.map { index in
                let share = random.uniform()
                return attempt == 0 ? spread(share, index: index) : share
            }
            let parameters = try assemble(model.values(shares), isFemale: isFemale, random: &random)
            guard let violation = parameters.violation(of: model.limits) else { return parameters }
            reason = violation
        }
        throw CineError(
            .badData,
            """
            cohort \(group): none of \(Self.attempts) draws for patient \(patient) kept its limits; in the last, \(reason). \
            Widen the limits or move the distributions.
            """)
    }

    /// What a cohort says of one sex.
    private struct Model {
        let distributions: [Variable: Distribution]
        let scores: NormalScores
        let limits: [PatientParameters.Limit]

        init(_ cohort: Cohort, isFemale: Bool) throws {
            let blocks = cohort.blocks.filter { $0.sex == nil || ($0.sex == .women) == isFemale }
            let distributions = blocks.reduce(into: [:]) { $0.merge($1.values ?? [:]) { $1 } }
            self.distributions = distributions
            if let missing = Variable.allCases.first(where: { !$0.isOptional && distributions[$0] == nil }) {
                throw CineError(
                    .badData, "cohort \(cohort.group): no distribution for \(missing.rawValue); add one to a block")
            }
            let order = Dictionary(uniqueKeysWithValues: zip(Variable.allCases, 0...))
            scores = try NormalScores(
                names: Variable.allCases.map(\.rawValue),
                correlations: blocks.flatMap { $0.correlations ?? [] }.compactMap { pair in
                    guard let first = order[pair.first], let second = order[pair.second] else { return nil }
                    return (first, second, pair.coefficient)
                })
            let bounds = blocks.reduce(into: [:]) { $0.merge($1.limits ?? [:]) { $1 } }
            let known = Set(PatientParameters.limits.map(\.name))
            if let unknown = bounds.keys.sorted().first(where: { !known.contains($0) }) {
                throw CineError(.badData, "cohort \(cohort.group): nothing is called \(unknown) that could be limited")
            }
            limits = PatientParameters.limits.map { limit in
                guard let range = bounds[limit.name]?.range else { return limit }
                return PatientParameters.Limit(
                    name: limit.name, range: range.clamped(to: limit.range), value: limit.value)
            }
        }

        func values(_ shares: [Double]) -> [Variable: Double] {
            zip(Variable.allCases, scores(shares)).reduce(into: [:]) { result, drawn in
                if let distribution = distributions[drawn.0] { result[drawn.0] = distribution.value(at: drawn.1) }
            }
        }
    }

    private func assemble(
        _ values: [Variable: Double], isFemale: Bool, random: inout Philox
    ) throws -> PatientParameters {
        func value(_ variable: Variable) -> Double { values[variable] ?? 0 }
        var patient = PatientParameters()
        patient.group = group
        patient.body = PatientParameters.Body(
            isFemale: isFemale, ageYears: value(.age), heightCM: value(.height), weightKG: value(.weight))
        let area = patient.body.surfaceAreaM2

        let kind = choose(from: rhythms, &random) ?? .sinus
        let heartRate = value(.heartRate)
        patient.rhythm = PatientParameters.Rhythm(
            kind: kind, heartRateBPM: heartRate,
            rrDeviationMS: kind == .fibrillation
                ? value(.fibrillationVariation) * 60_000 / heartRate : value(.rrDeviation),
            atrialFillingShare: kind == .fibrillation ? 0 : min(value(.age) * value(.atrialFillingPerYear), 0.5),
            ectopicShare: kind == .ectopic ? value(.ectopicShare) : 0,
            breathHoldDrift: value(.breathHoldHeartRate))

        patient.lv.edvML = value(.lvEDVIndex) * area
        patient.lv.ejectionFraction = value(.lvEF)
        patient.lv.roundness = value(.roundness)
        patient.lv.longitudinalShortening = value(.longitudinalShortening)
        patient.lv.apexRotationDeg = value(.apexRotation)
        patient.lv.baseRotationDeg = value(.baseRotation)
        patient.lv.trabeculationMM = value(.trabeculation)
        shapeWall(&patient.lv, values, &random)
        if let index = values[.lvMassIndex] {
            patient.lv.massG = index * area
        } else if let wall = values[.lvThickestWall] {
            patient.lv.massG = patient.lv.massG(thickestWallMM: wall)
        } else {
            throw CineError(
                .badData,
                "cohort \(group): expected a distribution for lv_mass_g_per_m2 or lv_thickest_wall_mm, got neither")
        }

        patient.rv = PatientParameters.RightVentricle(
            edvML: value(.rvEDVIndex) * area, wallMM: value(.rvWall), tapseMM: value(.rvTAPSE),
            dyskinesiaMM: value(.rvDyskinesia))
        patient.la = PatientParameters.Atrium(maxML: value(.laMax), emptyingFraction: value(.laEmptying))
        patient.ra = PatientParameters.Atrium(maxML: value(.raMax), emptyingFraction: value(.raEmptying))
        patient.respiration = PatientParameters.Respiration(
            periodS: value(.breathPeriod), diaphragmMM: value(.diaphragm), trackingFactor: value(.trackingFactor),
            anteriorFactor: value(.anteriorFactor), rotationDeg: value(.breathRotation), lagS: value(.breathLag),
            breathHoldScaleMM: value(.breathHoldScale), breathHoldDriftMMPerS: value(.breathHoldDrift))
        patient.chest = chest(values, patient.body)

        for tissue in Tissue.allCases where tissue != .air {
            patient.tissueFactors[tissue.name] = PatientParameters.TissueFactor(
                t1: 1 + value(.t1Variation) * random.boundedNormal(),
                t2: 1 + value(.t2Variation) * random.boundedNormal())
        }
        patient.textureSeed = random.next()
        return patient
    }

    /// Wall pattern, contraction and scar of the segments.
    private func shapeWall(
        _ lv: inout PatientParameters.LeftVentricle, _ values: [Variable: Double], _ random: inout Philox
    ) {
        let thick = choose(from: hypertrophy, &random)?.factors(ratio: values[.septalRatio] ?? 1)
        for segment in 0..<17 {
            let variation = 1 + (values[.wallVariation] ?? 0) * random.boundedNormal()
            lv.wallPattern[segment] *= (thick?[segment] ?? 1) * variation
        }
        guard let territory = choose(from: infarcts, &random) else { return }
        // The basal segments lie upstream of many culprit lesions and are spared in half of the patients.
        let sparesBase = random.uniform() < 0.5
        for segment in territory.segments.map({ $0 - 1 }) {
            let depth = min(max((values[.transmurality] ?? 0) + 0.1 * random.boundedNormal(), 0.25), 1)
            let contraction = (values[.infarctContraction] ?? 0) + 0.05 * random.boundedNormal()
            if sparesBase && segment < 6 { continue }
            lv.scarTransmurality[segment] = depth
            lv.contraction[segment] = min(max(contraction, -0.2), 0.3)
            // A healed transmural infarct has lost about half of its wall.
            lv.wallPattern[segment] *= 1 - 0.45 * depth
        }
    }

    /// The torso grows with the root of weight over height, its fat with the body mass index.
    private func chest(_ values: [Variable: Double], _ body: PatientParameters.Body) -> PatientParameters.Chest {
        func value(_ variable: Variable) -> Double { values[variable] ?? 0 }
        let girth = (body.weightKG / body.heightCM / (78 / 176)).squareRoot() * value(.torsoScale)
        let massIndex = body.weightKG / (body.heightCM * body.heightCM) * 1e4
        return PatientParameters.Chest(
            axisAzimuthDeg: value(.azimuth), axisElevationDeg: value(.elevation), axisRollDeg: value(.roll),
            subcutaneousFatMM: max(value(.fatAtBMI25) + 0.9 * (massIndex - 25), 4),
            epicardialFatMM: value(.epicardialFat), halfWidthMM: 170 * girth, halfDepthMM: 115 * girth)
    }

    private func choose<Kind: CaseIterable & Hashable>(from weights: [Kind: Double]?, _ random: inout Philox) -> Kind? {
        // Drawn even when there is no choice, so that every patient uses the stream alike.
        let share = random.uniform()
        guard let weights else { return nil }
        var rest = share * weights.values.reduce(0, +)
        for (kind, weight) in Kind.allCases.map({ ($0, weights[$0] ?? 0) }) where weight > 0 {
            if rest < weight { return kind }
            rest -= weight
        }
        return weights.first { $0.value > 0 }?.key
    }
}

extension Philox {
    /// Standard normal, held within three SD.
    fileprivate mutating func boundedNormal() -> Double { min(max(normal(), -3), 3) }
}
