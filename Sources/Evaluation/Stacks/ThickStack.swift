import Core

/// The short-axis stack of one frame, and the same heart at rest on fine slices.
///
/// - Shape: the stack's slices S, fine slices Z = factor · S, rows Y, columns X; the same pixels in both.
/// - Convention: slice i of the stack is at (i + ½) factor − ½ of the fine slices.
struct ThickStack: Sendable {
    /// Number of slices.
    var slices: Int
    /// Fine slices for each.
    let factor: Int
    /// Number of rows.
    var height: Int
    /// Number of columns.
    var width: Int
    /// What was normalised to 0 and 1.
    let window: IntensityWindow
    /// Intensities [S, Y, X], normalised.
    var image: [Float]
    /// Classes of `HeartClass` [S, Y, X].
    var label: [UInt8]
    /// Intensities [Z, Y, X], normalised as the stack's.
    var fineImage: [Float]
    /// Classes of `HeartClass` [Z, Y, X].
    var fineLabel: [UInt8]
    /// Long-axis views on the fine slices.
    var views: [FineView]

    /// Number of pixels of a slice.
    var pixels: Int { height * width }
}

/// A long-axis view on fine slices: its intensities near its plane, nothing elsewhere.
struct FineView: Sendable {
    /// Intensities [Z, Y, X], normalised as the stack's; 0 away from the plane.
    var image: [Float]
    /// 1 within half a slice's thickness of the plane, 0 elsewhere.
    var validity: [Float]
}

/// What networks tell apart: the ventricles; all else is background.
enum HeartClass: UInt8, CaseIterable {
    case background, leftCavity, leftWall, rightCavity

    /// The classes that are scored, with their names in tables.
    static let scored: [(label: UInt8, name: String)] = [
        (HeartClass.leftCavity.rawValue, "LV"), (HeartClass.leftWall.rawValue, "LV wall"),
        (HeartClass.rightCavity.rawValue, "RV"),
    ]

    /// Labels of a file as classes, which have the same numbers.
    static func classes(of labels: [UInt8]) -> [UInt8] {
        labels.map { $0 <= HeartClass.rightCavity.rawValue ? $0 : HeartClass.background.rawValue }
    }
}

extension ThickStack {
    /// A part of the slices and of the pixels.
    ///
    /// - Precondition: it lies within.
    func cropped(slices part: Range<Int>, rows: Range<Int>, columns: Range<Int>) -> ThickStack {
        func cut<Value>(_ values: [Value], _ slices: Range<Int>) -> [Value] {
            guard !values.isEmpty else { return [] }
            if rows.count == height, columns.count == width {
                return Array(values[slices.lowerBound * pixels..<slices.upperBound * pixels])
            }
            return slices.flatMap { slice in
                rows.flatMap { row in
                    let start = (slice * height + row) * width
                    return values[start + columns.lowerBound..<start + columns.upperBound]
                }
            }
        }
        let fine = part.lowerBound * factor..<part.upperBound * factor
        return ThickStack(
            slices: part.count, factor: factor, height: rows.count, width: columns.count, window: window,
            image: cut(image, part),
            label: cut(label, part), fineImage: cut(fineImage, fine), fineLabel: cut(fineLabel, fine),
            views: views.map { FineView(image: cut($0.image, fine), validity: cut($0.validity, fine)) })
    }
}
