import ComplexModule

/// Values that several threads read.
///
/// `@unchecked Sendable`: nobody writes while whoever owns the values waits for the readers.
package struct Shared<Element>: @unchecked Sendable {
    package let start: UnsafePointer<Element>

    package init?(_ values: UnsafeBufferPointer<Element>) {
        guard let start = values.baseAddress else { return nil }
        self.start = start
    }

    package init(_ start: UnsafePointer<Element>) { self.start = start }
}
