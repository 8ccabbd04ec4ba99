import Core

extension MRDHeader {
    /// Parses a header.
    ///
    /// - Parameter xml: the text.
    /// - Parameter source: what to call it in messages: the path of its file.
    /// - Throws: `CineError(.badData)` when it is no ISMRMRD header, or a number in it is missing or absurd.
    public init(xml: String, source: String) throws {
        let tree = try XMLTree(xml, source: "\(source): header")
        let root = XMLNode(tree, path: tree.name, source: source)
        guard tree.name == "ismrmrdHeader" else { throw root.wrong("an ismrmrdHeader", tree.name) }
        if let node = root.first("subjectInformation") {
            subject = try Subject(
                name: node.text("patientName"), id: node.text("patientID"), weightKG: node.number("patientWeight_kg"),
                gender: node.text("patientGender"))
        }
        if let node = root.first("studyInformation") {
            study = Study(
                id: node.text("studyID"), date: node.text("studyDate"), description: node.text("studyDescription"))
        }
        if let node = root.first("measurementInformation") {
            measurementID = node.text("measurementID")
            patientPosition = node.text("patientPosition")
            protocolName = node.text("protocolName")
        }
        if let node = root.first("acquisitionSystemInformation") {
            system = try System(
                vendor: node.text("systemVendor"), model: node.text("systemModel"),
                fieldT: node.number("systemFieldStrength_T"),
                coils: node.integer("receiverChannels", in: 0...65_535), institution: node.text("institutionName"))
        }
        let conditions = try root.required("experimentalConditions")
        resonanceFrequencyHz =
            try conditions.integer("H1resonanceFrequency_Hz", in: 0...10_000_000_000)
            ?? conditions.missing("H1resonanceFrequency_Hz")
        encodings = try root.all("encoding").map(MRDEncoding.init)
        guard !encodings.isEmpty else { throw root.wrong("an element encoding", "none") }
        if let node = root.first("sequenceParameters") {
            sequence = try Sequence(
                trMS: node.numbers("TR"), teMS: node.numbers("TE"), tiMS: node.numbers("TI"),
                flipDegrees: node.numbers("flipAngle_deg"), type: node.text("sequence_type"))
        }
        if let node = root.first("userParameters") { try readUserParameters(node) }
    }

    private mutating func readUserParameters(_ node: XMLNode) throws {
        for name in ["userParameterLong", "userParameterDouble"] {
            for pair in node.all(name) {
                if let key = pair.text("name"), let value = try pair.number("value") { userNumbers[key] = value }
            }
        }
        for pair in node.all("userParameterString") {
            if let key = pair.text("name"), let value = pair.text("value") { userText[key] = value }
        }
    }

    /// The encoding of a file that has one.
    ///
    /// - Parameter source: what to call the file in messages: its path.
    /// - Throws: `CineError(.badData)` when there are several.
    public func encoding(source: String) throws -> MRDEncoding {
        guard encodings.count == 1 else {
            throw CineError(
                .badData,
                "\(source): expected one encoding, found \(encodings.count). Write the readouts of each to a file of its own."
            )
        }
        return encodings[0]
    }
}

extension MRDEncoding {
    fileprivate init(_ node: XMLNode) throws {
        encodedSpace = try MRDSpace(node.required("encodedSpace"))
        reconSpace = try MRDSpace(node.required("reconSpace"))
        let limits = try node.required("encodingLimits")
        self.limits = try MRDCounter.allCases.reduce(into: [:]) { result, counter in
            guard let limit = limits.first(counter.rawValue) else { return }
            result[counter] = try MRDLimit(
                minimum: limit.integer("minimum", in: 0...65_535) ?? 0,
                maximum: limit.integer("maximum", in: 0...65_535) ?? 0,
                center: limit.integer("center", in: 0...65_535) ?? 0)
        }
        let word = try node.text("trajectory") ?? node.missing("trajectory")
        guard let trajectory = MRDTrajectory(rawValue: word) else {
            throw node.wrong("one of \(MRDTrajectory.allCases.map(\.rawValue).joined(separator: ", "))", word)
        }
        self.trajectory = trajectory
        let description = node.first("trajectoryDescription")
        trajectoryName = description?.text("identifier")
        trajectoryComment = description?.text("comment")
        if let factor = node.first("parallelImaging")?.first("accelerationFactor") {
            acceleration = try SIMD2(
                factor.integer("kspace_encoding_step_1", in: 0...65_535) ?? 1,
                factor.integer("kspace_encoding_step_2", in: 0...65_535) ?? 1)
        }
    }
}

extension MRDSpace {
    fileprivate init(_ node: XMLNode) throws {
        let size = try node.required("matrixSize")
        let fov = try node.required("fieldOfView_mm")
        matrix = .one
        fovMM = .zero
        for (axis, name) in ["x", "y", "z"].enumerated() {
            matrix[axis] = try size.integer(name, in: 1...65_535) ?? size.missing(name)
            fovMM[axis] = try fov.number(name) ?? fov.missing(name)
            guard fovMM[axis] > 0 else { throw fov.wrong("a positive \(name)", "\(fovMM[axis])") }
        }
    }
}

/// An element of a header, and where it is.
private struct XMLNode {
    private let tree: XMLTree
    private let path: String
    private let source: String

    init(_ tree: XMLTree, path: String, source: String) {
        self.tree = tree
        self.path = path
        self.source = source
    }

    func all(_ name: String) -> [XMLNode] {
        tree.all(name).map { XMLNode($0, path: "\(path)/\(name)", source: source) }
    }

    func first(_ name: String) -> XMLNode? { all(name).first }

    func required(_ name: String) throws -> XMLNode { try first(name) ?? missing(name) }

    func text(_ name: String) -> String? { tree.first(name)?.text }

    func number(_ name: String) throws -> Double? { try numbers(name).first }

    func numbers(_ name: String) throws -> [Double] {
        try tree.all(name).map(\.text).map { text in
            guard let number = Double(text), number.isFinite else { throw wrong("a finite number \(name)", text) }
            return number
        }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw wrong("a whole number \(name) from \(range.lowerBound) to \(range.upperBound)", text)
        }
        return number
    }

    func missing<Value>(_ name: String) throws -> Value { throw wrong("an element \(name)", "none") }

    func wrong(_ expected: String, _ found: String) -> CineError {
        CineError(
            .badData,
            "\(source): header: \(path): expected \(expected), found \(found.prefix(80)). Check that it is an ISMRMRD header."
        )
    }
}
