import Core
import Foundation
import Phantom
import Scanner

/// A patient in the scanner: everything that follows from the recipe before the first sample is taken.
public struct PatientStudy: Sendable {
    /// Who it is.
    public let plan: PatientPlan
    /// Seed of the recipe.
    private let seed: UInt64
    /// The digital patient.
    public let patient: Patient
    /// The scan.
    public let scan: CineProtocol
    /// Relaxation of this patient's tissues.
    public let relaxations: [Tissue: Relaxation]
    /// Magnet and transmitter with this patient; nil for perfect ones.
    public let field: PatientField?
    /// The frames.
    public let moments: [Moment]
    /// Grid of the high-resolution volumes; nil when not asked for.
    public let volumeGrid: Grid?
    /// The views of which images are stored, with their slices; empty when not asked for.
    public let slices: [ViewPlan]
    /// The views of which k-space is read, with their slices; empty when not asked for.
    public let kspace: [ViewPlan]
    /// How k-space is read; nil when not asked for.
    public let kspaceSettings: KSpaceSettings?
    /// The middle of the short-axis stack, which sets the noise of k-space.
    public let middle: Grid

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
        seed = recipe.seed
        let (patient, moments) = try PatientStudy.beating(plan, of: recipe, threads: threads)
        let parameters = patient.parameters
        self.moments = moments
        let scan = recipe.scan
        relaxations = try recipe.tissues.applying(parameters.tissueFactors).relaxations
        let planner = SlicePlanner(landmarks: patient.landmarks, cine: scan)
        field = try recipe.field(of: plan).map {
            try PatientField(
                $0, fieldT: scan.fieldT, patient: patient, key: .init(seed: recipe.seed, patient: plan.subject),
                threads: threads)
        }
        let breathHolds = recipe.breathHolds(of: plan)
        func slices(_ view: View) -> [Grid] {
            planner.slices(view, tilt: planner.planningError(view, seed: recipe.seed, patient: plan.subject))
        }
        volumeGrid = recipe.volume.map { $0.grid(for: planner, stack: slices(.sax)) }
        func planned(_ view: View) -> ViewPlan {
            let slices = slices(view)
            return ViewPlan(
                view: view, planned: slices,
                motions: breathHolds.motions(
                    view, sliceCount: slices.count, subject: parameters.respiration, seed: recipe.seed,
                    patient: plan.subject))
        }
        self.slices = recipe.cineViews.map(planned)
        let request = recipe.kspace(of: plan)
        kspaceSettings = request?.settings
        kspace = request?.views.map(planned) ?? []
        let stack = planner.slices(.sax)
        middle = stack[stack.count / 2]
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
    public var samples: (volume: Int, cine: Int, kspace: Int, total: Int) {
        func layers(_ view: View) -> Int { scan.layers(view, tissues: relaxations).count }
        let volume = (volumeGrid?.count ?? 0) * moments.count
        let fine = Int((Double(scan.matrix) * scan.oversampling).rounded())
        let cine = slices.reduce(0) { $0 + $1.planned.count * fine * fine * layers($1.view) } * moments.count
        let kspace = kspaceSettings.map { settings in
            self.kspace.reduce(0) { total, plan in
                let fine = settings.fineSize(of: scan)
                return total + images(settings, plan) * fine * fine * layers(plan.view)
            }
        }
        return (volume, cine, kspace ?? 0, volume + cine + (kspace ?? 0))
    }

    /// Images of the body that the k-space of a view takes: stills of the scan, and frames of the reference.
    ///
    /// A scan that cannot be is refused when it is made; here it counts as one image a frame.
    private func images(_ settings: KSpaceSettings, _ plan: ViewPlan) -> Int {
        settings.chosen(of: plan.planned.count).reduce(0) { total, slice in
            guard settings.fidelity != .frame,
                let pattern = try? SamplingPattern(
                    settings.sampling, matrix: scan.matrix, frames: scan.frames, seed: seed, patient: self.plan.subject,
                    view: plan.view, slice: slice),
                let clock = try? ScanClock(
                    settings.gating, pattern: pattern, trMS: scan.trMS, parameters: patient.parameters, seed: seed,
                    patient: self.plan.subject, view: plan.view, slice: slice)
            else { return total + scan.frames }
            return total + scan.frames + clock.stills(at: settings.fidelity).count
        }
    }
}
