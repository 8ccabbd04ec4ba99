extension MRDAcquisitionHeader {
    /// Size in bytes.
    static let size = 340

    /// Reads the 340 bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        var fields = PackedFields(bytes)
        version = fields.next()
        flags = MRDFlags(rawValue: fields.next())
        measurementUID = fields.next()
        scanCounter = fields.next()
        acquisitionTimeStamp = fields.next()
        physiologyTimeStamp = fields.nextVector()
        sampleCount = fields.next()
        availableChannels = fields.next()
        activeChannels = fields.next()
        channelMask = fields.nextVector()
        discardPre = fields.next()
        discardPost = fields.next()
        centerSample = fields.next()
        encodingSpace = fields.next()
        trajectoryDimensions = fields.next()
        sampleTimeUS = fields.next()
        position = fields.nextVector()
        readDirection = fields.nextVector()
        phaseDirection = fields.nextVector()
        sliceDirection = fields.nextVector()
        tablePosition = fields.nextVector()
        counters.step1 = fields.next()
        counters.step2 = fields.next()
        counters.average = fields.next()
        counters.slice = fields.next()
        counters.contrast = fields.next()
        counters.phase = fields.next()
        counters.repetition = fields.next()
        counters.set = fields.next()
        counters.segment = fields.next()
        counters.user = fields.nextVector()
        userInt = fields.nextVector()
        userFloat = fields.nextVector()
    }

    /// Appends the 340 bytes.
    func append(to bytes: inout [UInt8]) {
        func put<Value: BitwiseCopyable>(_ value: Value) { withUnsafeBytes(of: value) { bytes += $0 } }
        func put<Vector: SIMD>(vector: Vector) where Vector.Scalar: BitwiseCopyable {
            for index in vector.indices { put(vector[index]) }
        }
        put(version)
        put(flags.rawValue)
        put(measurementUID)
        put(scanCounter)
        put(acquisitionTimeStamp)
        put(vector: physiologyTimeStamp)
        put(sampleCount)
        put(availableChannels)
        put(activeChannels)
        put(vector: channelMask)
        put(discardPre)
        put(discardPost)
        put(centerSample)
        put(encodingSpace)
        put(trajectoryDimensions)
        put(sampleTimeUS)
        put(vector: position)
        put(vector: readDirection)
        put(vector: phaseDirection)
        put(vector: sliceDirection)
        put(vector: tablePosition)
        put(counters.step1)
        put(counters.step2)
        put(counters.average)
        put(counters.slice)
        put(counters.contrast)
        put(counters.phase)
        put(counters.repetition)
        put(counters.set)
        put(counters.segment)
        put(vector: counters.user)
        put(vector: userInt)
        put(vector: userFloat)
    }
}

/// Takes numbers one after the other from bytes without gaps.
private struct PackedFields {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next<Value: BitwiseCopyable>() -> Value {
        defer { offset += MemoryLayout<Value>.size }
        return bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    mutating func nextVector<Vector: SIMD>() -> Vector where Vector.Scalar: BitwiseCopyable {
        var vector = Vector()
        for index in vector.indices { vector[index] = next() }
        return vector
    }
}
