import Core
import Testing

@testable import Phantom

private func sequence(
    _ kind: PatientParameters.Rhythm.Kind, seconds: Double, _ parameters: PatientParameters = PatientParameters()
) -> BeatSequence {
    var parameters = parameters
    parameters.rhythm.kind = kind
    parameters.rhythm.ectopicShare = 0.3
    if kind == .sinus { parameters.rhythm.rrDeviationMS = 0 }
    var random = Philox(seed: 11, patient: 0, stage: .rhythm)
    return BeatSequence(parameters: parameters, durationMS: seconds * 1000, random: &random)
}

/// A patient, and points of the walls of both ventricles and atria.
private struct Subject {
    let patient: Patient
    let points: [Vector3]

    init(_ kind: PatientParameters.Rhythm.Kind) throws {
        var parameters = PatientParameters()
        parameters.rhythm.kind = kind
        patient = try Patient(parameters, threads: 2)
        let frame = patient.anatomy.layout.frame
        points = [[30, 5, 10], [0, 33, -30], [-35, 10, 20], [-60, -10, 25], [5, 10, 60], [-40, 20, 55]].map(
            frame.callAsFunction)
    }

    /// The volumes that the chambers have after a moment's motion.
    func settled(_ moment: Moment) -> ChamberVolumes {
        let walls = patient.dynamics.walls
        func volume(_ path: KeyPath<ChamberVolumes, Double>) -> Double {
            walls.filter { $0.volume == path }.reduce(0) {
                $0 + $1.volumeAtED * $1.samples.growth(after: moment.motion, threads: 2)
            }
        }
        return ChamberVolumes(
            lvML: patient.dynamics.lvVolumeML(endo: moment.motion.ventricle.endoNow), rvML: volume(\.rvML),
            laML: volume(\.laML), raML: volume(\.raML))
    }
}

@Suite("Moments of irregular beats", .serialized) struct BeatStateTests {
    @Test("A mean beat's moments are those of its phases, to the last bit")
    func meanBeat() throws {
        let subject = try Subject(.sinus)
        let beats = sequence(.sinus, seconds: 5)
        let breathing = BreathingPosition(diaphragmMM: 4, laggedMM: 3)
        for time in [1000.0, 1300, 1750, 3001] {
            let phase = beats.position(atMS: time).phase
            let byTime = try subject.patient.moment(in: beats, atMS: time, breathing: breathing)
            let byPhase = try subject.patient.moment(phase: phase, breathing: breathing)
            #expect(byTime.volumes == byPhase.volumes && byTime.phase == byPhase.phase)
            #expect(byTime.volumes == subject.patient.curves.volumes(at: phase))
            for point in subject.points { #expect(byTime.forward(point) == byPhase.forward(point)) }
        }
    }

    @Test(
        "The heart takes the volumes of irregular beats",
        arguments: [PatientParameters.Rhythm.Kind.ectopic, .fibrillation])
    func volumes(kind: PatientParameters.Rhythm.Kind) throws {
        let subject = try Subject(kind)
        let beats = sequence(kind, seconds: 25)
        let odd = beats.beats.indices.filter {
            $0 > 0 && !beats.state(at: beats.position(inBeat: $0, offsetMS: 0)).isMean
        }
        #expect(odd.count > 5)
        for index in odd.prefix(5) {
            for share in [0.0, 0.3, 0.7] {
                let time = beats.beats[index].startMS + share * beats.beats[index].rrMS
                let moment = try subject.patient.moment(in: beats, atMS: time, threads: 2)
                let (wanted, found) = (beats.volumes(atMS: time), subject.settled(moment))
                #expect(moment.volumes == wanted)
                for chamber in [\ChamberVolumes.lvML, \.rvML, \.laML, \.raML] {
                    #expect(abs(found[keyPath: chamber] / wanted[keyPath: chamber] - 1) < 1e-3)
                }
            }
        }
    }

    @Test(
        "The heart does not jump from beat to beat, cut-off ones too",
        arguments: [PatientParameters.Rhythm.Kind.ectopic, .fibrillation])
    func continuity(kind: PatientParameters.Rhythm.Kind) throws {
        let subject = try Subject(kind)
        let beats = sequence(kind, seconds: 60)
        let cut = beats.beats.indices.filter { $0 > 0 && beats.beats[$0].carriedOver != .nothing }
        #expect(!cut.isEmpty)
        for index in cut.prefix(4) {
            let start = beats.beats[index].startMS
            let before = try subject.patient.moment(in: beats, atMS: start - 1e-3, threads: 2)
            let after = try subject.patient.moment(in: beats, atMS: start, threads: 2)
            for point in subject.points {
                // Walls move by at most 0.5 mm/ms; RV and atria settle to 1e-5 of their volumes, about 0.01 mm.
                #expect(length(after.forward(point) - before.forward(point)) < 0.02)
            }
        }
    }

    @Test("An ectopic beat contracts less and the beat after it more")
    func strength() throws {
        let subject = try Subject(.ectopic)
        let beats = sequence(.ectopic, seconds: 40)
        let index = try #require(beats.beats.indices.first { $0 > 0 && beats.beats[$0].kind == .ectopic })
        func smallest(_ beat: Int) throws -> Double {
            let timing = beats.curves.timing
            let moment = try subject.patient.moment(
                in: beats, atMS: beats.beats[beat].startMS + timing.endSystoleMS, threads: 2)
            return subject.settled(moment).lvML
        }
        let mean = subject.patient.measures.lvESVML
        let edv = subject.patient.parameters.lv.edvML
        #expect(try edv - smallest(index) < 0.98 * (edv - mean))
        #expect(try smallest(index + 1) < mean - 0.05 * (edv - mean))
    }

    @Test(
        "The phase rises through every beat, and the volumes with it", arguments: PatientParameters.Rhythm.Kind.allCases
    )
    func phases(kind: PatientParameters.Rhythm.Kind) {
        let beats = sequence(kind, seconds: 20)
        for (index, beat) in beats.beats.enumerated() {
            let times = stride(from: 0, to: beat.rrMS - 1, by: 10)
            let positions = times.map { beats.position(inBeat: index, offsetMS: $0) }
            #expect(positions.allSatisfy { $0.beat == index && (0..<1).contains($0.phase) })
            #expect(zip(positions, positions.dropFirst()).allSatisfy { $0.phase < $1.phase })
            let volumes = positions.map { beats.curves.volumes(of: beats.state(at: $0)).lvML }
            // Even a weak beat ejects a tenth of the mean.
            #expect((volumes.max() ?? 0) - (volumes.min() ?? 0) > 0.1 * beats.curves.strokeVolumeML)
        }
    }

    @Test("Positions by offset are those by time, and equal in equal beats")
    func positions() {
        for kind in PatientParameters.Rhythm.Kind.allCases {
            let beats = sequence(kind, seconds: 20)
            for index in 2..<8 {
                for offset in [-1500.0, -3, 0, 200, 1000, 2200] {
                    let found = beats.position(inBeat: index, offsetMS: offset)
                    let expected = beats.position(atMS: beats.beats[index].startMS + offset)
                    // Within rounding of a beat's end the two may disagree on the beat, but not on the time.
                    let time = beats.beats[found.beat].startMS + found.timeMS
                    #expect(abs(time - beats.beats[expected.beat].startMS - expected.timeMS) < 1e-8)
                }
            }
        }
        let regular = sequence(.sinus, seconds: 20)
        for offset in [-18.0, 0, 333.3, 900] {
            let phases = (3..<12).map { regular.position(inBeat: $0, offsetMS: offset).phase }
            #expect(Set(phases).count == 1)
        }
    }

    @Test("The drift of a breath-hold does not depend on how many beats are drawn")
    func drift() {
        func beats(_ seconds: Double) -> [Beat] {
            var random = Philox(seed: 1, patient: 0, stage: .rhythm)
            return BeatSequence(
                parameters: PatientParameters(), durationMS: seconds * 1000, breathHold: true, driftMS: 10_000,
                random: &random
            ).beats
        }
        let (short, long) = (beats(10), beats(30))
        #expect(short.elementsEqual(long.prefix(short.count)))
        #expect(long.count > 2 * short.count)
    }

    @Test("A first breath starts from rest")
    func firstBreath() {
        var random = Philox(seed: 2, patient: 0, stage: .gating)
        let respiration = PatientParameters.Respiration()
        let late = RespirationCurve(
            parameters: respiration, durationMS: 30_000, firstBreathMS: 5000, random: &random)
        for time in stride(from: 0.0, through: 5000, by: 500) {
            // Four waves of the wander in step reach 2√2 of its SD.
            #expect(abs(late.diaphragmMM(atMS: time)) < 2.9 * RespirationCurve.wanderMM)
        }
        // Half a breath of at least half the mean depth later, less what the wander may take.
        #expect(late.diaphragmMM(atMS: 7250) - late.diaphragmMM(atMS: 5000) > 3)
        #expect(late.position(atMS: 7250).laggedMM == late.diaphragmMM(atMS: 6900))
    }
}
