// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Swift built for baseline x86-64 runs the SIMD kernels 5-6 times slower, so every Swift target is
// built for one CPU. CINEFORGE_CPU names it: default "native", "baseline" for none.
let cpu = Context.environment["CINEFORGE_CPU"] ?? "native"
let cpuFlags: [SwiftSetting] = cpu == "baseline" ? [] : [.unsafeFlags(["-Xcc", "-march=\(cpu)"])]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: cpuFlags)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: cpuFlags)
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

// The tensor engine's shim is opened at run time, so that all else builds without libtorch. CINEFORGE_TORCH_HOME names
// another libtorch than the system's: the folder with its include and lib (of PyTorch 2: site-packages/torch).
let torchHome = Context.environment["CINEFORGE_TORCH_HOME"].flatMap { $0.isEmpty ? nil : $0 }
let hasTorch = FileManager.default.fileExists(
    atPath: (torchHome ?? "/usr") + "/include/torch/csrc/autograd/custom_function.h")
let torchShim = Target.target(
    name: "CineTorch", dependencies: ["CTorchInterface"], publicHeadersPath: ".",
    cxxSettings: torchHome.map { [.unsafeFlags(["-I\($0)/include"])] },
    linkerSettings: ["torch", "torch_cpu", "c10"].map { .linkedLibrary($0) }
        + (torchHome.map { [.unsafeFlags(["-L\($0)/lib", "-Xlinker", "-rpath=\($0)/lib"])] } ?? []))

let package = Package(
    name: "CineForge",
    products: [.executable(name: "cineforge", targets: ["cineforge"])]
        + (hasTorch ? [.library(name: "CineTorch", type: .dynamic, targets: ["CineTorch"])] : []),
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Only a command for `make docs`; no target uses it, so no build compiles it.
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // MARK: C libraries
        .target(name: "CLanes"),
        .target(name: "CTorchInterface"),
        system("CFFTW", pkgConfig: "fftw3f", apt: "libfftw3-dev"),
        system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
        system("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
        system("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),

        // MARK: Concepts, in the order in which the data flows
        library("Core", ["CLanes"]),
        library("Fourier", ["Core", "CFFTW", .product(name: "ComplexModule", package: "swift-numerics")]),
        library("Phantom", ["Core"]),
        library("Scanner", ["Core", "Phantom", "Fourier"]),
        library("Reconstruction", ["Core", "Fourier", "COpenBLAS"]),
        library(
            "Storage",
            ["Core", "CHDF5", "CPNG", "CZlib", "CCrypto", .product(name: "ComplexModule", package: "swift-numerics")]),
        library(
            "Metrics",
            [
                "Core", .product(name: "ComplexModule", package: "swift-numerics"),
                .product(name: "RealModule", package: "swift-numerics"),
            ]),
        library("Report", ["Core", "Metrics", "Storage"]),
        library(
            "Datasets",
            [
                "Core", "Fourier", "Phantom", "Scanner", "Reconstruction", "Metrics", "Storage", "Report",
                .product(name: "Yams", package: "Yams"),
            ]),
        library(
            "Learning",
            [
                "Core", "Fourier", "Storage", "CTorchInterface",
                .product(name: "ComplexModule", package: "swift-numerics"),
            ]),
        library("Models", ["Core", "Fourier", "Learning"]),
        library(
            "Evaluation",
            [
                "Core", "Fourier", "Scanner", "Reconstruction", "Metrics", "Storage", "Report", "Datasets", "Learning",
                "Models", .product(name: "ComplexModule", package: "swift-numerics"),
            ]),
        .executableTarget(
            name: "cineforge",
            dependencies: [
                "Core", "Fourier", "Phantom", "Scanner", "Reconstruction", "Storage", "Report", "Datasets", "Learning",
                "Evaluation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: cpuFlags),
        .executableTarget(name: "RenderBenchmark", dependencies: ["Core", "Phantom"], swiftSettings: cpuFlags),
        .executableTarget(
            name: "EncodingBenchmark", dependencies: ["Core", "Fourier", "Scanner", "CFFTW"], swiftSettings: cpuFlags),
        .executableTarget(
            name: "FourierBenchmark", dependencies: ["Core", "Fourier"], swiftSettings: cpuFlags),
        .executableTarget(
            name: "ReconstructionBenchmark", dependencies: ["Core", "Fourier", "Reconstruction"],
            swiftSettings: cpuFlags),
        .executableTarget(name: "LearningBenchmark", dependencies: ["Core", "Learning"], swiftSettings: cpuFlags),

        // MARK: Tests
        tests("CoreTests", ["Core"]),
        tests("FourierTests", ["Fourier"]),
        tests("PhantomTests", ["Phantom"]),
        tests("ScannerTests", ["Scanner"]),
        tests("ReconstructionTests", ["Reconstruction"]),
        tests("StorageTests", ["Storage"]),
        tests("MetricsTests", ["Metrics"]),
        tests("ReportTests", ["Report", "Metrics"]),
        tests("DatasetsTests", ["Datasets", "Reconstruction"]),
        tests("LearningTests", ["Learning"]),
        tests("ModelsTests", ["Models"]),
        tests("EvaluationTests", ["Evaluation"]),
        tests("CommandTests", ["Datasets", "Storage"]),
    ] + (hasTorch ? [torchShim] : []),
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: torchHome == nil ? .cxx17 : .cxx20
)
