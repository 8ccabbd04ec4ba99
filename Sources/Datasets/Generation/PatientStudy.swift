import Core
import Foundation
import Phantom
import Scanner

/// A patient in the scanner: everything that follows from the recipe before the first sample is taken.
public struct PatientStudy: Sendable {
    /// Who it is.
    public let plan: PatientPlan
    /// The digital patient.
    public let patient: Patient
    /// The scan.
    public let scan: CineProtocol
    /// Relaxation of this patient's tissues.
    public let relaxations: [Tissue: Relaxation]
    /// The frames.
    public let moments: [Moment]
    /// Grid of the high-resolution volumes; nil when not asked for.
    public let volumeGrid: Grid?
    /// The views with their slices; empty when not asked for.
    public let slices: [ViewPlan]

    /// The slices of one view.
    public struct ViewPlan: Sendable {
        /// The view.
        public let view: View
        /// The slices as planned.
        public let planned: [Grid]
        /// What the breath-hold of each slice moved the heart by.
        public let motions: [SliceMotion]
    }

    /// Draws the patient and plans the scan.
    ///
    /// - Throws: `CineError` when the values do not make a heart or the scan is impossible.
    public init(_ plan: PatientPlan, of recipe: Recipe, threads: Int = 1) throws {
        self.plan = plan
        let (patient, moments) = try PatientStudy.beating(plan, of: recipe, threads: threads)
        let parameters = patient.parameters
        self.moments = moments
        let scan = recipe.scan
        let tissues = try recipe.tissues.applying(parameters.tissueFactors)
        relaxations = Dictionary(
            uniqueKeysWithValues: Tissue.allCases.map {
                let values = tissues[$0]
                return ($0, Relaxation(t1MS: values.t1MS, t2MS: values.t2MS, protonDensity: values.density))
            })
        let planner = SlicePlanner(landmarks: patient.landmarks, cine: scan)
        volumeGrid = recipe.volume.map { $0.grid(for: planner) }
        let breathHolds = recipe.breathHolds(of: plan)
        slices = (recipe.cine?.views ?? []).map { view in
            let tilt = planner.planningError(view, seed: recipe.seed, patient: plan.subject)
            let planned = planner.slices(view, tilt: tilt)
            return ViewPlan(
                view: view, planned: planned,
                motions: breathHolds.motions(
                    view, sliceCount: planned.count, subject: parameters.respiration, seed: recipe.seed,
                    patient: plan.subject))
        }
        self.patient = patient
        self.scan = scan
    }

    /// Draws until the chambers fit around one another in every frame: not every set of volumes makes a heart.
    private static func beating(_ plan: PatientPlan, of recipe: Recipe, threads: Int) throws -> (Patient, [Moment]) {
        let attempts: UInt64 = plan.group.cohort == nil ? 1 : 24
        var failure: (any Error)?
        for attempt in 0..<attempts {
            let parameters = try recipe.parameters(of: plan.group, subject: plan.subject, attempt: attempt)
            do {
                let patient = try Patient(parameters, threads: threads)
                let moments = try (0..<recipe.frames).map { frame in
                    try patient.moment(phase: Double(frame) / Double(recipe.frames))
                }
                return (patient, moments)
            } catch {
                failure = error
            }
        }
        throw failure ?? CineError(.badData, "no draw of \(plan.group.cohort ?? "the reference patient") makes a heart")
    }

    /// The time of each frame after the R wave in ms.
    public var timesMS: [Double] { moments.map { $0.phase * 60_000 / patient.measures.heartRateBPM } }

    /// The frame with the smallest LV.
    public var endSystolicFrame: Int {
        moments.indices.min { moments[$0].volumes.lvML < moments[$1].volumes.lvML } ?? 0
    }

    /// Samples that will be taken: voxels of volumes, and pixels of slices times their layers.
    public var samples: (volume: Int, cine: Int) {
        let volume = (volumeGrid?.count ?? 0) * moments.count
        let fine = Int((Double(scan.matrix) * scan.oversampling).rounded())
        let cine = slices.reduce(0) { total, view in
            total + view.planned.count * fine * fine * scan.layers(view.view, tissues: relaxations).count
        }
        return (volume, cine * moments.count)
    }
}

extension Recipe.VolumeRequest {
    /// The grid around a heart.
    func grid(for planner: SlicePlanner) -> Grid {
        guard let size, size.count == 3 else {
            return planner.heartVolume(spacingMM: spacingMM, marginMM: marginMM ?? 0)
        }
        let box = planner.landmarks.heartBox
        return Grid(
            center: (box.low + box.high) * 0.5, spacingMM: Vector3(repeating: spacingMM),
            size: SIMD3(size[0], size[1], size[2]))
    }
}
