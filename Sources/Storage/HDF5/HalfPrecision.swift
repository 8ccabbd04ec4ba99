/// Rounds to half precision, to nearest even; beyond 65504 it becomes infinite.
func narrow(_ floats: UnsafeBufferPointer<Float>) -> [Float16] {
    [Float16](unsafeUninitializedCapacity: floats.count) { halves, filled in
        // A plain loop over pointers, which the compiler turns into vector conversions.
        for index in 0..<floats.count { halves[index] = Float16(floats[index]) }
        filled = floats.count
    }
}

/// Widens half precision, exactly.
func widen(_ halves: [Float16], into floats: UnsafeMutableBufferPointer<Float>) {
    halves.withUnsafeBufferPointer { halves in
        for index in 0..<halves.count { floats[index] = Float(halves[index]) }
    }
}
