import Testing

@testable import Reconstruction
