import Core
import Fourier

/// The change of the main field that susceptibility causes, by the kernel of a dipole.
///
/// - Shape: [Z, Y, X], as the susceptibility.
/// - Units: ppm of the main field for a susceptibility in ppm.
/// - Convention: the main field lies along z; what a nucleus feels, so the sphere of Lorentz is taken out:
///   1/3 − k_z²/k². The mean over the grid is 0.
/// - Error: the object goes on periodically, so what is shorter than the grid needs air around it.
/// - Cost: 0.1 s for 100 × 80 × 100 samples.
/// - Reference: Salomir et al. 2003, doi:10.1002/cmr.b.10083; Marques and Bowtell 2005, doi:10.1002/cmr.b.20034.
/// - Throws: `CineError` when FFTW has no plan for the size.
func dipoleField(of susceptibility: Volume<Float>) throws -> Volume<Float> {
    let grid = susceptibility.grid
    let size = grid.size
    let plane = try CenteredTransform(width: size.x, height: size.y)
    let line = try CenteredTransform(width: size.z, height: 1)
    let area = size.x * size.y

    var samples = susceptibility.values.map { ComplexFloat($0, 0) }
    plane.forward(&samples)
    var columns = transposed(samples, rows: size.z, columns: area)
    line.forward(&columns)
    func square(_ index: Int, _ count: Int, _ spacing: Double) -> Double {
        let frequency = Double(index - count / 2) / (Double(count) * spacing)
        return frequency * frequency
    }
    let alongZ = (0..<size.z).map { square($0, size.z, grid.spacingMM.z) }
    for place in 0..<area {
        let across =
            square(place % size.x, size.x, grid.spacingMM.x) + square(place / size.x, size.y, grid.spacingMM.y)
        for z in 0..<size.z {
            let whole = across + alongZ[z]
            let kernel = whole > 0 ? 1 / 3 - alongZ[z] / whole : 0
            columns[place * size.z + z] = columns[place * size.z + z].multiplied(by: Float(kernel))
        }
    }
    line.inverse(&columns)
    samples = transposed(columns, rows: area, columns: size.z)
    plane.inverse(&samples)
    return Volume(grid: grid, values: samples.map(\.real))
}

/// Rows for columns.
private func transposed(_ values: [ComplexFloat], rows: Int, columns: Int) -> [ComplexFloat] {
    [ComplexFloat](unsafeUninitializedCapacity: values.count) { result, filled in
        for column in 0..<columns {
            for row in 0..<rows {
                result.initializeElement(at: column * rows + row, to: values[row * columns + column])
            }
        }
        filled = values.count
    }
}
