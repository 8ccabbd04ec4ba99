import ComplexModule
import Core
import Testing

@testable import Learning

extension EngineTests {
    @Suite("Tensors")
    struct TensorTests {
        @Test("Values go in and out, in every type and as a view of any order")
        func values() throws {
            func roundTrip<Scalar: TensorScalar & Equatable>(_ values: [Scalar]) throws {
                let tensor = try Tensor(values, shape: [2, 3])
                #expect(tensor.shape == [2, 3] && tensor.dtype == Scalar.dtype && tensor.count == 6)
                #expect(try tensor.values() == values)
                #expect(try tensor.transposed().values() == [0, 3, 1, 4, 2, 5].map { values[$0] })
            }
            try roundTrip([0, 1, -2, 3, 4, 5] as [Float])
            try roundTrip([0, 1, -2, 3, 4, 5] as [Float16])
            try roundTrip([0, 1, -2, 3, 4, 5] as [Double])
            try roundTrip([0, 1, -2, 3, 4, 5] as [Int64])
            try roundTrip([0, 1, -2, 3, 4, 5] as [Int32])
            try roundTrip([0, 1, 2, 3, 4, 255] as [UInt8])
            try roundTrip([true, false, true, true, false, false])
            try roundTrip((0..<6).map { Complex<Float>(Float($0), -1) })
            #expect(try Tensor([] as [Float], shape: [0, 3]).values() as [Float] == [])
            #expect(try Tensor(2.5).item() == 2.5)
        }

        @Test("Memory is used where it is and given back with its last user")
        func adopting() throws {
            final class Owner {
                let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
                deinit { memory.deallocate() }
            }
            var owner: Owner? = Owner()
            weak let seen = owner
            guard let memory = owner?.memory else { return }
            _ = memory.initialize(from: [1, 2, 3, 4])
            var tensor: Tensor? = try Tensor(adopting: memory, shape: [2, 2], owner: #require(owner))
            owner = nil
            memory[3] = 8
            var view = try tensor?[1]
            tensor = nil
            #expect(try view?.withValues { $0.baseAddress } == UnsafePointer(memory.baseAddress).map { $0 + 2 })
            #expect(try view?.values() == [3, 8] as [Float] && seen != nil)
            view = nil
            #expect(seen == nil)
        }

        @Test("Arithmetic broadcasts")
        func arithmetic() throws {
            let a = try Tensor([1, 2, 3] as [Float], shape: [3, 1])
            let b = try Tensor([10, 20] as [Float])
            #expect(try (2 * a + b / 10 - 1).values() == [2, 3, 4, 5, 6, 7] as [Float])
            #expect(try (1 - a).values() == [0, -1, -2] as [Float] && (-a).values() == [-1, -2, -3] as [Float])
            #expect(try (6 / a).values() == [6, 3, 2] as [Float] && a.power(2).values() == [1, 4, 9] as [Float])
            #expect(try (a .> 1).values() == [false, true, true] && (a .< 2).values() == [true, false, false])
            #expect(try (a .== 2).values() == [false, true, false])
            #expect(try a.clamped(from: 2).values() == [2, 2, 3] as [Float])
            #expect(try a.selected(where: a .> 1, else: -a).values() == [-1, 2, 3] as [Float])
            #expect(
                try (maximum(a, 2 + 0 * a).values() + minimum(a, 2 + 0 * a).values()) == [2, 2, 3, 1, 2, 2] as [Float])
            let c = try Tensor((0..<6).map { Float($0) }, shape: [2, 3])
            #expect(try c.matrixMultiplied(by: a).values() == [8, 26] as [Float])
        }

        @Test("Reductions")
        func reductions() throws {
            let a = try Tensor([3, 1, 2, 5, 4, 9] as [Float], shape: [2, 3])
            #expect(try a.sum().item() == 24 && a.mean().item() == 4 && a.max().item() == 9 && a.min().item() == 1)
            #expect(try a.sum([1]).values() == [6, 18] as [Float] && a.mean([0], keepingAxes: true).shape == [1, 3])
            #expect(try a.max([0]).values() == [5, 4, 9] as [Float] && a.min([1]).values() == [1, 4] as [Float])
            #expect(try a.indexOfMax(1).values() == [0, 2] as [Int64])
            #expect(try a.variance([1]).values() == [1, 7] as [Float])
            #expect(try a.cumulativeSum(1).values() == [3, 4, 6, 5, 9, 18] as [Float])
            #expect(try Tensor([3, 4] as [Float]).norm().item() == 5 && a.isFinite())
            #expect(try !(a / 0).isFinite())
        }

        @Test("Shapes, parts and edges")
        func shapes() throws {
            let a = try Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])
            #expect(try a.permuted([2, 0, 1]).shape == [4, 2, 3] && a.flattened(from: 1).shape == [2, 12])
            #expect(try a.movedAxis(-1, to: 0).shape == [4, 2, 3] && a.reshaped([6, -1]).shape == [6, 4])
            #expect(try a[1, 2].values() == [20, 21, 22, 23] as [Float])
            #expect(try a[.all, .at(-1), .range(1..<4, step: 2)].values() == [9, 11, 21, 23] as [Float])
            #expect(try a[0, .newAxis, .range(0..<2)].shape == [1, 2, 4])
            #expect(try Tensor.concatenated([a, a], axis: 1).shape == [2, 6, 4])
            #expect(try Tensor.stacked([a, a], axis: -1).shape == [2, 3, 4, 2])
            #expect(try a.split([1, 2], axis: 1).map(\.shape) == [[2, 1, 4], [2, 2, 4]])
            #expect(try a.unstacked(axis: -1).count == 4)
            let line = try Tensor([1, 2, 3] as [Float], shape: [1, 1, 3])
            #expect(try line.padded([(1, 2)]).values() == [0, 1, 2, 3, 0, 0] as [Float])
            #expect(try line.padded([(1, 2)], .circular).values() == [3, 1, 2, 3, 1, 2] as [Float])
            #expect(try line.padded([(1, 2)], .reflect).values() == [2, 1, 2, 3, 2, 1] as [Float])
            #expect(try line.padded([(1, 2)], .replicate).values() == [1, 1, 2, 3, 3, 3] as [Float])
            #expect(try line.rolled([1], axes: [2]).values() == [3, 1, 2] as [Float])
            #expect(try line.flipped([2]).values() == [3, 2, 1] as [Float])
            #expect(try line.expanded(to: [2, -1, -1]).shape == [2, 1, 3])
            let labels = try Tensor([0, 2] as [Int64])
            #expect(try labels.oneHot(classes: 3).values() == [1, 0, 0, 0, 0, 1] as [Int64])
            #expect(try a.gathered(labels, axis: 2).shape == [2, 3, 2])
        }

        @Test("Complex numbers, as they are and as channels")
        func complex() throws {
            let z = try Tensor([Complex<Float>(3, 4), Complex(0, -1)], shape: [1, 2, 1])
            #expect(try abs(z).values() == [5, 1] as [Float])
            #expect(try z.conjugated().values() == [Complex<Float>(3, -4), Complex(0, 1)])
            // The imaginary part of a conjugate is marked as negative, and the mark must be heeded.
            #expect(try z.conjugated().imaginaryPart.values() == [-4, 1] as [Float])
            #expect(try z[.all, 0].conjugated().imaginaryPart.values() == [-4] as [Float])
            #expect(try z.conjugated().viewedAsReal().values() == [3, -4, 0, 1] as [Float])
            let channels = try z.complexToChannels()
            #expect(channels.shape == [1, 4, 1])
            #expect(try channels.values() == [3, 4, 0, -1] as [Float])
            #expect(try channels.channelsToComplex().values() == z.values() as [Complex<Float>])
            expectError(mentions: "[1, 3]") { _ = try Tensor.zeros([1, 3]).channelsToComplex() }
        }

        @Test("An error names the operation and the shapes; the next call works")
        func errors() throws {
            let (a, b) = try (Tensor.zeros([2, 3]), Tensor.zeros([4, 3]))
            expectError(mentions: "add.Tensor", "[2, 3] float32", "[4, 3] float32") { _ = try a + b }
            expectError(mentions: "[2, 3]", "5 values") { _ = try Tensor([1, 2, 3, 4, 5] as [Float], shape: [2, 3]) }
            expectError(mentions: "no_such_operator") { _ = try Torch.call("no_such_operator", a) }
            expectError(mentions: "Axis 7") { _ = try a.unstacked(axis: 7) }
            expectError(mentions: "gradients") { try a.backward() }
            #expect(try (a + 1).sum().item() == 6)
        }

        @Test("No tensor is forgotten, whatever fails")
        func count() throws {
            try expectNoTensorForgotten {
                let x = try Tensor.ones([2, 3]).requiringGradient()
                let y = try (x * x).unstacked()
                try (y[0] + y[1]).sum().backward()
                #expect(try x.gradient?.values() == [2, 2, 2, 2, 2, 2] as [Float])
                #expect(throws: CineError.self) { _ = try x + Tensor.zeros([5]) }
            }
        }

        @Test("Gradients are recorded, cleared, withheld and taken twice")
        func gradients() throws {
            let x = try Tensor([2, 3] as [Double]).requiringGradient()
            try (x * x * x).sum().backward()
            try (x * x * x).sum().backward()
            #expect(try x.gradient?.values() == [24, 54] as [Double])
            try x.clearGradient()
            #expect(try x.gradient == nil)
            #expect(try Torch.withoutGradients { try !(x * x).requiresGradient })
            #expect(try !(x * x).detached().requiresGradient && (x * x).requiresGradient)
            let first = try (x * x * x).sum().gradients(of: [x], isDifferentiable: true)[0]
            #expect(try first.sum().gradients(of: [x])[0].values() == [12, 18] as [Double])
            let other = try Tensor([1] as [Double]).requiringGradient()
            #expect(try x.sum().gradients(of: [other])[0].values() == [0] as [Double])
        }

        @Test("A shorter type is used within, not outside")
        func autocast() throws {
            let x = try Tensor.ones([2, 4])
            let y = try Torch.autocast { try x.linear(.ones([3, 4])) }
            #expect(y.dtype == .bfloat16)
            #expect(try x.linear(.ones([3, 4])).dtype == .float32)
            #expect(try y.values() as [Float] == [Float](repeating: 4, count: 6))
        }
    }
}
