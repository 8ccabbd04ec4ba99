// swift-tools-version: 6.1
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

let package = Package(
    name: "CineForge",
    products: [.executable(name: "cineforge", targets: ["cineforge"])],
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
        .executableTarget(
            name: "cineforge",
            dependencies: [
                "Core", "Fourier", "Phantom", "Scanner", "Reconstruction", "Storage", "Report", "Datasets",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
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
        tests("CommandTests", ["Datasets", "Storage"]),
    ],
    swiftLanguageModes: [.v6]
)
