import Core

extension Trainer {
    /// One run of a training, from its beginning or a checkpoint to its end or the next interruption.
    final class Session {
        private let trainer: Trainer
        private let folder: RunFolder
        private let log: TrainingLog
        private let queue: BatchQueue<Source>
        private let onEvent: (Event) -> Void
        private let begin: (seconds: Double, clock: ContinuousClock.Instant)
        private var state: TrainingState
        /// Whether the last checkpoint is of the present state.
        private var isSaved: Bool

        /// Prepares to go on from a state.
        ///
        /// - Parameter isSaved: whether the last checkpoint is of that state.
        init(
            _ trainer: Trainer, _ folder: RunFolder, _ log: TrainingLog, _ state: TrainingState, isSaved: Bool,
            onEvent: @escaping (Event) -> Void
        ) {
            self.trainer = trainer
            self.folder = folder
            self.log = log
            self.state = state
            self.isSaved = isSaved
            self.onEvent = onEvent
            begin = (state.seconds, .now)
            queue = BatchQueue(
                trainer.source, steps: state.step..<max(state.step, trainer.plan.steps),
                threads: trainer.plan.loaderThreads, ahead: trainer.plan.batchesAhead)
        }

        /// Goes on until training has ended or is to stop.
        func run(isStopped: () -> Bool) throws -> Outcome {
            onEvent(.began(state))
            trainer.model.setTraining(true)
            while true {
                let isInterrupted = try !validateIfDue()
                let isStoppedEarly = trainer.plan.patience.map { state.misses >= $0 } ?? false
                let isDone = isStoppedEarly || state.step >= trainer.plan.steps
                if isInterrupted || (!isDone && isStopped()) { throw try interruption() }
                if isDone || state.step.isMultiple(of: trainer.plan.checkpointInterval) { try saveIfNeeded() }
                if isDone { return Outcome(state: state, isStoppedEarly: isStoppedEarly, stall: queue.stall) }
                try naming { try step() }
            }
        }

        // MARK: - Step

        private func step() throws {
            guard let batch = try queue.next() else { return }
            let optimiser = trainer.optimiser
            optimiser.rate = trainer.plan.schedule.rate(at: state.step)
            // A stream of its own for each step, so that there is none to be kept for resuming.
            var random = Philox(seed: trainer.plan.seed, patient: state.step, stage: .engine)
            try Torch.seed(random.next())
            try optimiser.clearGradients()
            let loss = try trainer.loss(batch)
            let value = try loss.item()
            guard value.isFinite else { throw try trainer.notFinite(loss: value) }
            try loss.backward()
            let norm = try optimiser.clipGradients(to: trainer.plan.gradientLimit ?? .infinity)
            guard norm.isFinite else { throw try trainer.notFinite(gradientNorm: norm) }
            try optimiser.step()
            try trainer.average?.update()
            state.step += 1
            isSaved = false
            let line = line { ($0.loss, $0.rate, $0.gradientNorm) = (value, optimiser.rate, norm) }
            try log.append(line)
            onEvent(.step(line, stall: queue.stall))
        }

        /// Names the step and its batch in what it throws.
        private func naming(_ body: () throws -> Void) throws {
            let step = state.step
            do {
                try body()
            } catch let error as CineError where state.step == step {
                throw CineError(
                    error.kind,
                    """
                    Step \(step + 1) of \(trainer.plan.steps), batch \(trainer.source.description(at: step)): \
                    \(error.message)
                    """)
            }
        }

        /// A line of the log for what has just happened.
        private func line(_ fill: (inout TrainingLog.Line) -> Void) -> TrainingLog.Line {
            state.seconds = begin.seconds + (ContinuousClock.now - begin.clock) / .seconds(1)
            var line = TrainingLog.Line(step: state.step, seconds: state.seconds)
            fill(&line)
            return line
        }

        // MARK: - Validation

        /// Measures the network if it is time to.
        ///
        /// - Returns: whether it was not interrupted.
        private func validateIfDue() throws -> Bool {
            let plan = trainer.plan
            guard let validation = trainer.validation, state.step > state.validatedStep,
                state.step.isMultiple(of: plan.validationInterval) || state.step == plan.steps
            else { return true }
            do {
                let scores = try trainer.measured(by: validation)
                try take(scores, validation)
                return true
            } catch let error as CineError where error.kind == .interrupted {
                return false
            }
        }

        private func take(_ scores: [String: Double], _ validation: Validation) throws {
            guard let score = scores[validation.goal], score.isFinite else {
                throw CineError(
                    .badData,
                    """
                    The validation after step \(state.step) was expected to give a finite \(validation.goal), found \
                    \(scores[validation.goal].map { "\($0)" } ?? "none"). Look at its data, or lower the learning rate.
                    """)
            }
            state.validatedStep = state.step
            isSaved = false
            let isBest = validation.isBetter(score, than: state.best?.score)
            state.misses = isBest ? 0 : state.misses + 1
            if isBest { state.best = .init(step: state.step, score: score) }
            let line = line { $0.validation = scores }
            try log.append(line)
            onEvent(.validated(line, isBest: isBest))
            // Before the last checkpoint, which tells of it.
            if isBest { try save(to: folder.best) }
        }

        // MARK: - Checkpoints

        private func saveIfNeeded() throws {
            guard !isSaved else { return }
            try save(to: folder.last)
            isSaved = true
            onEvent(.saved(state))
        }

        private func save(to path: String) throws {
            if let name = try trainer.firstNonFinite() {
                throw CineError(
                    .badData,
                    """
                    After step \(state.step) \(name) was expected to be finite, and is not; no checkpoint is written. \
                    Lower the learning rate or limit the gradients.
                    """)
            }
            // The log must hold what the checkpoint says of it.
            try log.synchronise()
            state.logSize = log.size
            try trainer.checkpoint(state).write(to: path)
        }

        private func interruption() throws -> CineError {
            try saveIfNeeded()
            return CineError(
                .interrupted,
                """
                interrupted after \(Words.count(state.step, "step")) of \(trainer.plan.steps); add --resume to the \
                same command to go on
                """)
        }
    }
}
