import CFFTW
import Core

/// The Fourier transform from an image to a finer grid of frequencies, and its adjoint.
///
/// It goes axis by axis and leaves out lines that are zero, or of which nothing is kept: 5/6 of the work of a plane at
/// oversampling 1.5, 7/10 of a volume's. Each batch of lines is gathered into a buffer that fits the cache, which is
/// where padding, shifting and scaling happen, too.
/// - Convention: frequency = Σ factor(x) image(x) exp(−2πi k·x/n), unscaled; factors are products, one per axis.
/// - Cost: see `GridLayout`; one buffer per thread.
struct PaddedTransform: Sendable {
    let layout: GridLayout
    /// What the image's samples are multiplied by, along z, y, x.
    private let factors: [[Float]]
    private let forwardPlans: [Plan]
    private let inversePlans: [Plan]
    /// Image columns that lie side by side in the grid, too: at most as many as a buffer holds.
    private let blocks: [Block]
    private let blockCells: Int

    private struct Block: Sendable {
        var image: Int
        var grid: Int
        var count: Int
    }

    /// Numbers side by side in a buffer of lines.
    private static let bufferLanes = 32
    /// Rows that a thread transforms at a time.
    private static let rowChunk = 8

    init(layout: GridLayout, factors: [[Float]], planning: Fourier.Planning) throws {
        self.layout = layout
        self.factors = factors
        let cells = PaddedTransform.bufferLanes / layout.lanes
        func plans(_ sign: Int32) throws -> [Plan] {
            try (0..<3).map { axis in
                let lanes = axis == 2 ? layout.lanes : cells * layout.lanes
                return try Planner.plan(
                    .columns(length: layout.grid[axis], lanes: lanes), sign: sign, planning: planning)
            }
        }
        forwardPlans = try plans(FFTW_FORWARD)
        inversePlans = try plans(FFTW_BACKWARD)
        let half = layout.image[2] / 2
        blocks = [0..<half, half..<layout.image[2]].flatMap { part in
            stride(from: part.lowerBound, to: part.upperBound, by: cells).map {
                Block(
                    image: $0, grid: layout.place($0, axis: 2), count: min(cells, part.upperBound - $0))
            }
        }
        blockCells = cells
    }

    // MARK: Image to grid and back

    /// Images [active, Z, Y, X] to the grid's frequencies; lanes past the last image repeat it.
    func expand(
        _ images: UnsafePointer<ComplexFloat>, active: Int, into grid: UnsafeMutablePointer<ComplexFloat>, threads: Int
    ) {
        let memory = Memory(images: UnsafeMutablePointer(mutating: images), grid: grid, active: active)
        expandColumns(memory, threads: threads)
        forEachRow(threads: threads) { row in
            let start = memory.grid + layout.row(z: row / layout.grid[1], y: row % layout.grid[1])
            openRow(grid: start)
            forwardPlans[2].execute(start)
            layout.extendHalo(start)
        }
    }

    /// The adjoint of `expand`, halo included: what it holds is added to the start of its row.
    func crop(
        _ grid: UnsafeMutablePointer<ComplexFloat>, active: Int, into images: UnsafeMutablePointer<ComplexFloat>,
        threads: Int
    ) {
        let memory = Memory(images: images, grid: grid, active: active)
        forEachRow(threads: threads) { row in
            let start = memory.grid + layout.row(z: row / layout.grid[1], y: row % layout.grid[1])
            layout.foldHalo(start)
            inversePlans[2].execute(start)
        }
        cropColumns(memory, threads: threads)
    }

    /// Images to the grid, times a real filter there, and back: images are overwritten by `output`.
    ///
    /// - Shape: filter [z, y, x] of the grid, without halo.
    func filter(
        _ images: UnsafePointer<ComplexFloat>, active: Int, by filter: [Float],
        grid: UnsafeMutablePointer<ComplexFloat>, into output: UnsafeMutablePointer<ComplexFloat>, threads: Int
    ) {
        expandColumns(
            Memory(images: UnsafeMutablePointer(mutating: images), grid: grid, active: active), threads: threads)
        let memory = Memory(images: output, grid: grid, active: active)
        forEachRow(threads: threads) { row in
            let start = memory.grid + layout.row(z: row / layout.grid[1], y: row % layout.grid[1])
            openRow(grid: start)
            forwardPlans[2].execute(start)
            for x in 0..<layout.grid[2] {
                let factor = filter[row * layout.grid[2] + x]
                for lane in x * layout.lanes..<(x + 1) * layout.lanes {
                    start[lane] = start[lane].multiplied(by: factor)
                }
            }
            inversePlans[2].execute(start)
        }
        cropColumns(memory, threads: threads)
    }

    // MARK: Along x

    /// Calls `body` with every row of the grid, counted without gaps.
    private func forEachRow(threads: Int, _ body: @Sendable (Int) -> Void) {
        let count = layout.grid[0] * layout.grid[1]
        let step = PaddedTransform.rowChunk
        Workers.forEach((count + step - 1) / step, threads: threads) { chunk in
            for row in chunk * step..<min((chunk + 1) * step, count) { body(row) }
        }
    }

    /// Clears the part of a row that no column of the image has filled.
    private func openRow(grid: UnsafeMutablePointer<ComplexFloat>) {
        let first = layout.image[2] - layout.image[2] / 2
        let count = layout.grid[2] - layout.image[2]
        (grid + first * layout.lanes).update(repeating: .zero, count: count * layout.lanes)
    }

    // MARK: Along y and z

    /// Where a call's images and grid lie.
    ///
    /// `@unchecked Sendable`: threads write their own lines.
    private struct Memory: @unchecked Sendable {
        let images: UnsafeMutablePointer<ComplexFloat>
        let grid: UnsafeMutablePointer<ComplexFloat>
        let active: Int
    }

    private func expandColumns(_ memory: Memory, threads: Int) {
        let first = layout.isVolume ? 0 : 1
        forEachBlock(lines: layout.isVolume ? layout.image[1] : 1, axis: first, threads: threads) {
            line, block, buffer in
            if block.count < blockCells { buffer.update(repeating: .zero) }
            clearMiddle(axis: first, buffer)
            for index in 0..<layout.image[first] {
                load(memory, index: index, line: line, block: block, into: buffer)
            }
            transform(forwardPlans[first], buffer)
            // In a volume the line is a place of the image along y, where the grid has one, too.
            let fixed = layout.isVolume ? layout.place(line, axis: 1) : 0
            for index in 0..<layout.grid[first] {
                let row = first == 0 ? layout.row(z: index, y: fixed) : layout.row(z: 0, y: index)
                copy(buffer, index, to: memory.grid + row, block)
            }
        }
        guard layout.isVolume else { return }
        forEachBlock(lines: layout.grid[0], axis: 1, threads: threads) { z, block, buffer in
            if block.count < blockCells { buffer.update(repeating: .zero) }
            clearMiddle(axis: 1, buffer)
            for y in 0..<layout.image[1] {
                let place = layout.place(y, axis: 1)
                copy(memory.grid + layout.row(z: z, y: place), block, to: buffer, place)
            }
            transform(forwardPlans[1], buffer)
            for y in 0..<layout.grid[1] { copy(buffer, y, to: memory.grid + layout.row(z: z, y: y), block) }
        }
    }

    private func cropColumns(_ memory: Memory, threads: Int) {
        if layout.isVolume {
            forEachBlock(lines: layout.grid[0], axis: 1, threads: threads) { z, block, buffer in
                if block.count < blockCells { buffer.update(repeating: .zero) }
                for y in 0..<layout.grid[1] { copy(memory.grid + layout.row(z: z, y: y), block, to: buffer, y) }
                transform(inversePlans[1], buffer)
                for y in 0..<layout.image[1] {
                    let place = layout.place(y, axis: 1)
                    copy(buffer, place, to: memory.grid + layout.row(z: z, y: place), block)
                }
            }
        }
        let first = layout.isVolume ? 0 : 1
        forEachBlock(lines: layout.isVolume ? layout.image[1] : 1, axis: first, threads: threads) {
            line, block, buffer in
            if block.count < blockCells { buffer.update(repeating: .zero) }
            let fixed = layout.isVolume ? layout.place(line, axis: 1) : 0
            for index in 0..<layout.grid[first] {
                let row = first == 0 ? layout.row(z: index, y: fixed) : layout.row(z: 0, y: index)
                copy(memory.grid + row, block, to: buffer, index)
            }
            transform(inversePlans[first], buffer)
            for index in 0..<layout.image[first] {
                store(buffer, index: index, line: line, block: block, to: memory)
            }
        }
    }

    /// Calls `body` for each block of columns of each line, with a buffer [grid size along the axis, block].
    private func forEachBlock(
        lines: Int, axis: Int, threads: Int,
        _ body: @Sendable (Int, Block, UnsafeMutableBufferPointer<ComplexFloat>) -> Void
    ) {
        let count = layout.grid[axis] * blockCells * layout.lanes
        Workers.forEach(lines * blocks.count, threads: threads) { task in
            withUnsafeTemporaryAllocation(
                byteCount: count * MemoryLayout<ComplexFloat>.stride, alignment: Planner.alignment
            ) { memory in
                body(task / blocks.count, blocks[task % blocks.count], memory.bindMemory(to: ComplexFloat.self))
            }
        }
    }

    private func transform(_ plan: Plan, _ buffer: UnsafeMutableBufferPointer<ComplexFloat>) {
        if let start = buffer.baseAddress { plan.execute(start) }
    }

    /// Clears the places of a line that no place of the image has filled.
    private func clearMiddle(axis: Int, _ buffer: UnsafeMutableBufferPointer<ComplexFloat>) {
        let first = layout.image[axis] - layout.image[axis] / 2
        let cells = blockCells * layout.lanes
        let count = layout.grid[axis] - layout.image[axis]
        UnsafeMutableBufferPointer(rebasing: buffer[first * cells..<(first + count) * cells]).update(repeating: .zero)
    }

    /// A row's block from the grid to the buffer.
    private func copy(
        _ row: UnsafeMutablePointer<ComplexFloat>, _ block: Block,
        to buffer: UnsafeMutableBufferPointer<ComplexFloat>, _ index: Int
    ) {
        buffer.baseAddress.map {
            ($0 + index * blockCells * layout.lanes).update(
                from: row + block.grid * layout.lanes, count: block.count * layout.lanes)
        }
    }

    /// A row's block from the buffer to the grid.
    private func copy(
        _ buffer: UnsafeMutableBufferPointer<ComplexFloat>, _ index: Int,
        to row: UnsafeMutablePointer<ComplexFloat>, _ block: Block
    ) {
        buffer.baseAddress.map {
            (row + block.grid * layout.lanes).update(
                from: $0 + index * blockCells * layout.lanes, count: block.count * layout.lanes)
        }
    }

    /// The image's first sample of a block, and what the block's samples share as factor.
    private func source(index: Int, line: Int, block: Block) -> (offset: Int, factor: Float) {
        let (z, y) = layout.isVolume ? (index, line) : (0, index)
        let offset = (z * layout.image[1] + y) * layout.image[2] + block.image
        return (offset, factors[0][z] * factors[1][y])
    }

    private func load(
        _ memory: Memory, index: Int, line: Int, block: Block, into buffer: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        let axis = layout.isVolume ? 0 : 1
        let (offset, shared) = source(index: index, line: line, block: block)
        guard let start = buffer.baseAddress else { return }
        let target = start + layout.place(index, axis: axis) * blockCells * layout.lanes
        let image = memory.images + offset
        factors[2].withUnsafeBufferPointer { along in
            if layout.lanes == 1 {
                for x in 0..<block.count { target[x] = image[x].multiplied(by: shared * along[block.image &+ x]) }
            } else {
                let lane = LanePlanes(count: layout.imageCount, active: memory.active)
                for x in 0..<block.count {
                    let cell = lane.load(image + x) * Lanes(repeating: shared * along[block.image &+ x])
                    UnsafeMutableRawPointer(target).storeBytes(of: cell, toByteOffset: x &* 64, as: Lanes.self)
                }
            }
        }
    }

    private func store(
        _ buffer: UnsafeMutableBufferPointer<ComplexFloat>, index: Int, line: Int, block: Block, to memory: Memory
    ) {
        let axis = layout.isVolume ? 0 : 1
        let (offset, shared) = source(index: index, line: line, block: block)
        guard let start = buffer.baseAddress else { return }
        let values = start + layout.place(index, axis: axis) * blockCells * layout.lanes
        let image = memory.images + offset
        factors[2].withUnsafeBufferPointer { along in
            if layout.lanes == 1 {
                for x in 0..<block.count { image[x] = values[x].multiplied(by: shared * along[block.image &+ x]) }
            } else {
                let lane = LanePlanes(count: layout.imageCount, active: memory.active)
                for x in 0..<block.count {
                    let cell = UnsafeRawPointer(values).load(fromByteOffset: x &* 64, as: Lanes.self)
                    lane.store(cell * Lanes(repeating: shared * along[block.image &+ x]), image + x)
                }
            }
        }
    }
}
