/// The part of a dataset that one of several processes makes: every `count`-th patient.
public struct Shard: Sendable, Hashable {
    /// Number of this process, from 0.
    public let index: Int
    /// Number of processes.
    public let count: Int

    /// The part that a scheduler gave this process; nil when it runs alone.
    ///
    /// Reads, in this order: a Slurm array (`SLURM_ARRAY_TASK_ID`, `_MIN`, `_COUNT`), Slurm tasks (`SLURM_PROCID`,
    /// `SLURM_NTASKS`) and Open MPI ranks (`OMPI_COMM_WORLD_RANK`, `_SIZE`).
    public init?(environment: [String: String]) {
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        if let task = number("SLURM_ARRAY_TASK_ID"), let count = number("SLURM_ARRAY_TASK_COUNT") {
            self.init(index: task - (number("SLURM_ARRAY_TASK_MIN") ?? 0), count: count)
        } else if let rank = number("OMPI_COMM_WORLD_RANK"), let count = number("OMPI_COMM_WORLD_SIZE") {
            self.init(index: rank, count: count)
        } else if let rank = number("SLURM_PROCID"), let count = number("SLURM_NTASKS") {
            self.init(index: rank, count: count)
        } else {
            return nil
        }
    }

    /// One part of several; nil when there is only one or the number is none of them.
    public init?(index: Int, count: Int) {
        guard count > 1, (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Whether a patient belongs to this part.
    public func contains(_ plan: PatientPlan) -> Bool { plan.index % count == index }
}
