// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .unsafeFlags(["-warnings-as-errors"]),
]

let package = Package(
    name: "nsentry",
    products: [
        .executable(name: "nsentry", targets: ["nsentry"]),
        .library(name: "Sentry", targets: ["LinuxABI", "Credentials", "Kernel", "Syscalls", "SentryTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        // The in-process sentry: no host calls from here down.
        .target(name: "LinuxABI", swiftSettings: strict),
        .target(name: "Credentials", dependencies: ["LinuxABI"], swiftSettings: strict),
        .target(name: "Kernel", dependencies: ["LinuxABI", "Credentials"], swiftSettings: strict),
        .target(name: "Syscalls", dependencies: ["LinuxABI", "Credentials", "Kernel"], swiftSettings: strict),
        // A fake platform and synthetic tasks, to use the sentry in a test's own process.
        .target(
            name: "SentryTesting", dependencies: ["LinuxABI", "Credentials", "Kernel", "Syscalls"],
            swiftSettings: strict),
        // The only targets that see the host.
        .target(name: "CHostLinux", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O2"])]),
        .target(
            name: "SentryHost",
            dependencies: ["CHostLinux", "LinuxABI", "Credentials", "Kernel", "Syscalls"],
            swiftSettings: strict),
        .executableTarget(
            name: "nsentry",
            dependencies: [
                "SentryHost", "LinuxABI", "Credentials", "Kernel", "Syscalls",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/NSentryCLI", swiftSettings: strict),
        .testTarget(
            name: "ModelTests",
            dependencies: ["SentryTesting", "LinuxABI", "Credentials", "Kernel", "Syscalls"],
            swiftSettings: strict),
    ]
)

// `make bench` asks for the model's benchmarks; nobody else needs to fetch what they depend on. They are no package of
// their own, because the sentry's declarations have package access.
if Context.environment["NSENTRY_BENCHMARKS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []))
    package.targets.append(
        .executableTarget(
            name: "ModelBenchmarks",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                "SentryTesting", "LinuxABI", "Credentials", "Kernel", "Syscalls",
            ],
            path: "Benchmarks/Model",
            swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]))
}

// `make fuzz-parsers` asks for the parsers' fuzzer. All that is below the host is then built so that it tells what was covered.
if Context.environment["NSENTRY_FUZZERS"] != nil {
    let covered: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]
    let names = ["LinuxABI", "Credentials", "Kernel", "Syscalls", "SentryTesting"]
    for target in package.targets where names.contains(target.name) {
        target.swiftSettings?.append(contentsOf: covered)
    }
    package.targets.append(
        .executableTarget(
            name: "ParserFuzzer",
            dependencies: names.map { .byName(name: $0) },
            path: "Tests/Fuzz/parsers", exclude: ["run"],
            swiftSettings: strict + covered, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
