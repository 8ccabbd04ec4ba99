extension MRDHeader {
    /// The header as XML, valid by ISMRMRD's schema when there is at least one encoding.
    public var xml: String {
        var writer = XMLWriter()
        writer.element("ismrmrdHeader", attributes: " xmlns=\"http://www.ismrm.org/ISMRMRD\"") { header in
            header.element("version", 2)
            header.optional("subjectInformation") { $0.put(subject) }
            header.optional("studyInformation") { $0.put(study) }
            if let patientPosition {
                header.element("measurementInformation") {
                    $0.element("measurementID", measurementID)
                    $0.element("patientPosition", patientPosition)
                    $0.element("protocolName", protocolName)
                }
            }
            header.optional("acquisitionSystemInformation") { $0.put(system) }
            header.element("experimentalConditions") { $0.element("H1resonanceFrequency_Hz", resonanceFrequencyHz) }
            for encoding in encodings { header.element("encoding") { $0.put(encoding) } }
            header.optional("sequenceParameters") { $0.put(sequence) }
            header.optional("userParameters") { parameters in
                for (name, value) in userNumbers.sorted(by: { $0.key < $1.key }) {
                    parameters.pair("userParameterDouble", name, value)
                }
                for (name, value) in userText.sorted(by: { $0.key < $1.key }) {
                    parameters.pair("userParameterString", name, value)
                }
            }
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + writer.text
    }
}

/// Writes elements in the order in which it is told to: the schema wants them so.
private struct XMLWriter {
    private(set) var text = ""
    private var depth = 0

    mutating func element(_ name: String, attributes: String = "", _ body: (inout XMLWriter) -> Void) {
        line("<\(name)\(attributes)>")
        depth += 1
        body(&self)
        depth -= 1
        line("</\(name)>")
    }

    /// An element that is left out when there is nothing in it.
    mutating func optional(_ name: String, _ body: (inout XMLWriter) -> Void) {
        var inner = XMLWriter()
        body(&inner)
        if !inner.text.isEmpty { element(name, body) }
    }

    mutating func element<Value>(_ name: String, _ value: Value?) {
        guard let value else { return }
        line("<\(name)>\(XMLWriter.escaped("\(value)"))</\(name)>")
    }

    mutating func pair<Value>(_ name: String, _ key: String, _ value: Value) {
        element(name) {
            $0.element("name", key)
            $0.element("value", value)
        }
    }

    private mutating func line(_ content: String) {
        text += String(repeating: "  ", count: depth) + content + "\n"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
    }

    // MARK: Parts of the header

    mutating func put(_ subject: MRDHeader.Subject) {
        element("patientName", subject.name)
        element("patientWeight_kg", subject.weightKG)
        element("patientID", subject.id)
        element("patientGender", subject.gender)
    }

    mutating func put(_ study: MRDHeader.Study) {
        element("studyDate", study.date)
        element("studyID", study.id)
        element("studyDescription", study.description)
    }

    mutating func put(_ system: MRDHeader.System) {
        element("systemVendor", system.vendor)
        element("systemModel", system.model)
        element("systemFieldStrength_T", system.fieldT)
        element("receiverChannels", system.coils)
        element("institutionName", system.institution)
    }

    mutating func put(_ sequence: MRDHeader.Sequence) {
        let lists = [
            ("TR", sequence.trMS), ("TE", sequence.teMS), ("TI", sequence.tiMS),
            ("flipAngle_deg", sequence.flipDegrees),
        ]
        for (name, values) in lists { for value in values { element(name, value) } }
        element("sequence_type", sequence.type)
    }

    mutating func put(_ encoding: MRDEncoding) {
        element("encodedSpace") { $0.put(encoding.encodedSpace) }
        element("reconSpace") { $0.put(encoding.reconSpace) }
        element("encodingLimits") { limits in
            for counter in MRDCounter.allCases {
                guard let limit = encoding.limits[counter] else { continue }
                limits.element(counter.rawValue) {
                    $0.element("minimum", limit.minimum)
                    $0.element("maximum", limit.maximum)
                    $0.element("center", limit.center)
                }
            }
        }
        element("trajectory", encoding.trajectory.rawValue)
        if let name = encoding.trajectoryName {
            element("trajectoryDescription") {
                $0.element("identifier", name)
                $0.element("comment", encoding.trajectoryComment)
            }
        }
        if let acceleration = encoding.acceleration {
            element("parallelImaging") {
                $0.element("accelerationFactor") {
                    $0.element("kspace_encoding_step_1", acceleration.x)
                    $0.element("kspace_encoding_step_2", acceleration.y)
                }
            }
        }
    }

    mutating func put(_ space: MRDSpace) {
        element("matrixSize") {
            $0.element("x", space.matrix.x)
            $0.element("y", space.matrix.y)
            $0.element("z", space.matrix.z)
        }
        element("fieldOfView_mm") {
            $0.element("x", space.fovMM.x)
            $0.element("y", space.fovMM.y)
            $0.element("z", space.fovMM.z)
        }
    }
}
