import ComplexModule
import Core
import Testing

@testable import Fourier

/// |⟨A x, y⟩ − ⟨x, Aᴴ y⟩| over ‖A x‖ ‖y‖, for random x and y.
func adjointError(_ map: some LinearOperator, seed: UInt64 = 1) -> Double {
    var random = Philox(seed: seed, patient: 0, stage: .recipe)
    func draw(_ count: Int) -> [ComplexFloat] {
        (0..<count).map { _ in ComplexFloat(Float(random.normal()), Float(random.normal())) }
    }
    let x = draw(map.domainCount)
    let y = draw(map.rangeCount)
    let ax = map.forward(x)
    let difference = inner(ax, y) - inner(x, map.adjoint(y))
    return difference.length / (inner(ax, ax).real * inner(y, y).real).squareRoot()
}

/// Σ ā b in double precision.
func inner(_ a: [ComplexFloat], _ b: [ComplexFloat]) -> ComplexDouble {
    zip(a, b).reduce(ComplexDouble.zero) { sum, pair in
        let (a, b) = pair
        return sum + ComplexDouble(Double(a.real), -Double(a.imaginary))
            * ComplexDouble(Double(b.real), Double(b.imaginary))
    }
}

@Suite struct LinearOperatorTests {
    /// Each value times a factor: enough to see what `Composition` and the defaults do.
    private struct Scaling: LinearOperator {
        let factors: [ComplexFloat]
        var domain: [Int] { [factors.count] }
        var range: [Int] { [factors.count] }
        func forward(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>)
        {
            for index in factors.indices { output[index] = factors[index] * input[index] }
        }
        func adjoint(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>)
        {
            for index in factors.indices { output[index] = factors[index].conjugate * input[index] }
        }
    }

    @Test func compositionChainsBothWays() {
        let a = Scaling(factors: [ComplexFloat(1, 2), ComplexFloat(3, -1), ComplexFloat(0, 1)])
        let b = Scaling(factors: [ComplexFloat(-1, 1), ComplexFloat(2, 5), ComplexFloat(4, 0)])
        let both = a.then(b)
        let x = [ComplexFloat(1, 1), ComplexFloat(-2, 0), ComplexFloat(0, 3)]
        #expect(both.forward(x) == b.forward(a.forward(x)))
        #expect(both.adjoint(x) == a.adjoint(b.adjoint(x)))
        #expect(both.normal(x) == both.adjoint(both.forward(x)))
        #expect(adjointError(both) < 1e-6)
    }
}
