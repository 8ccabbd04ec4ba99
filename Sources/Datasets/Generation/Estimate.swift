import Core
import Foundation
import Phantom
import Scanner

/// What making a dataset will take.
///
/// Sizes follow from the shapes; the time from a short rendering of the first patient on this machine.
public struct Estimate: Sendable {
    /// Number of patients.
    public let patients: Int
    /// Wall time in s.
    public let seconds: Double
    /// Peak memory in bytes.
    public let memoryBytes: Int
    /// Size of the files in bytes.
    public let diskBytes: Int

    /// Estimates the work of some patients.
    ///
    /// - Cost: about one second.
    /// - Throws: `CineError` when the first patient cannot be planned.
    public init(_ recipe: Recipe, plans: [PatientPlan], jobs: Int, threads: Int) throws {
        patients = plans.count
        guard let first = plans.first else {
            (seconds, memoryBytes, diskBytes) = (0, 0, 0)
            return
        }
        let start = ContinuousClock.now
        let study = try PatientStudy(first, of: recipe)
        let planning = (ContinuousClock.now - start) / .seconds(1)
        let cores = max(1, min(threads, ProcessInfo.processInfo.activeProcessorCount))
        let secondsPerPatient = planning + Self.secondsOnOneCore(recipe, study)
        // Patients that outnumber the cores share them evenly; the threads of a single one do not speed up its planning.
        let rounds = Double((plans.count + cores - 1) / cores)
        seconds = max(secondsPerPatient * Double(plans.count) / Double(cores), planning * rounds)
        let sizes = Self.sizes(recipe, study)
        memoryBytes = 50_000_000 + sizes.memory * max(1, min(jobs, plans.count))
        diskBytes = sizes.disk * plans.count
    }

    /// Bytes left on the disk of a folder that may not exist yet.
    public static func freeBytes(at path: String) -> Int? {
        var url = URL(fileURLWithPath: path)
        while !FileManager.default.fileExists(atPath: url.path), url.path != "/" { url.deleteLastPathComponent() }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: url.path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
    }

    private static func sizes(_ recipe: Recipe, _ study: PatientStudy) -> (memory: Int, disk: Int) {
        var (memory, disk) = (0, 50_000)
        let frames = study.moments.count
        if let grid = study.volumeGrid, let request = recipe.volume {
            let field = request.displacement == .none ? 0 : request.displacement == .float16 ? 6 : 12
            // Labels shrink about twentyfold.
            disk +=
                grid.count * frames * ((request.image ? 4 : 0) + field) + (request.label ? grid.count * frames / 20 : 0)
            memory = grid.count * (5 + 2 * field) * 2
        }
        let pixels = study.scan.matrix * study.scan.matrix
        func painted(_ view: PatientStudy.ViewPlan) -> Int {
            guard let grid = view.planned.first else { return 1 }
            return Self.layers(study, view.view, grid).first?.signals.count ?? 1
        }
        for view in study.slices {
            let count = view.planned.count * frames * pixels
            disk += count * 4 + count / 20
            let fine = Double(pixels * frames) * study.scan.oversampling * study.scan.oversampling
            memory = max(memory, count * 10 + Int(fine) * 4 * (1 + painted(view)))
        }
        for view in study.kspace {
            guard let settings = study.kspaceSettings else { break }
            let sampling = settings.sampling
            let lines = (try? sampling.linesPerFrame(matrix: study.scan.matrix)) ?? study.scan.matrix
            let read = frames * settings.coils.channels * lines * sampling.samplesPerLine(matrix: study.scan.matrix)
            let slice = 8 * (read + (frames + settings.coils.channels) * pixels)
            disk += slice * settings.chosen(of: view.planned.count).count
            // Samples and images of a slice, the fully sampled k-space of a batch of frames, and what it is made from.
            let images = painted(view)
            let batch = KSpaceScan.batchSize(painted: images)
            let full = batch * 8 * settings.coils.channels * pixels * sampling.readoutOversampling
            let fine = settings.fineSize(of: study.scan) * settings.fineSize(of: study.scan)
            let mixed = images == 1 ? 0 : (2 * batch + 2 * images) * fine
            memory = max(memory, 2 * slice + full + 4 * (batch * images * fine + mixed))
        }
        return (memory, disk)
    }

    /// Renders a piece of the volume and one slice, and scales up.
    private static func secondsOnOneCore(_ recipe: Recipe, _ study: PatientStudy) -> Double {
        let samples = study.samples
        let moment = study.moments[study.moments.count / 3]
        var total = 0.0
        if let grid = study.volumeGrid, let request = recipe.volume {
            var piece = grid
            piece.affine.translation = grid.position(0, 0, grid.size.z / 2)
            piece.size.z = min(grid.size.z, 4)
            let render = RenderRequest(grid: piece, layers: [request.layer(of: study.scan, tissues: study.relaxations)])
            var field = [Float16](repeating: 0, count: 3 * piece.count)
            let seconds = time {
                draw(render, moment, study.patient)
                guard request.displacement != .none else { return }
                field.withUnsafeMutableBufferPointer {
                    study.patient.displacement(moment, grid: piece, threads: 1, into: $0)
                }
            }
            total += seconds / Double(piece.count) * Double(samples.volume)
        }
        if let view = study.slices.first ?? study.kspace.first,
            let grid = view.planned.dropFirst(view.planned.count / 2).first
        {
            let layers = Self.layers(study, view.view, grid)
            let seconds = time { draw(RenderRequest(grid: grid, layers: layers), moment, study.patient) }
            // Encoding adds some two thirds to the sampling of k-space.
            let work = Double(samples.cine) * 1.2 + Double(samples.kspace) * 1.7
            total += seconds / Double(grid.count * layers.count) * work
        }
        return total
    }

    /// What is painted of a slice.
    private static func layers(_ study: PatientStudy, _ view: View, _ grid: Grid) -> [SampleLayer] {
        SliceContrast(
            study.scan, view: view, tissues: study.relaxations, field: study.field, grid: grid, threads: 1
        ).layers
    }

    private static func draw(_ request: RenderRequest, _ moment: Moment, _ patient: Patient) {
        var image = [Float](repeating: 0, count: request.images * request.grid.count)
        var label = [UInt8](repeating: 0, count: request.grid.count)
        image.withUnsafeMutableBufferPointer { image in
            label.withUnsafeMutableBufferPointer { label in
                patient.render(request, moments: [moment], threads: 1, image: image, label: label)
            }
        }
    }

    private static func time(_ body: () -> Void) -> Double { ContinuousClock().measure(body) / .seconds(1) }
}
