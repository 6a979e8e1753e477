// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with: the upcoming features, and warnings as errors.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// Plumbing and Porcelain touch no pointers; the compiler holds them to it.
let memorySafe: [SwiftSetting] = strict + [.strictMemorySafety()]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "comfy",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "comfy", targets: ["Porcelain"]),
    .library(name: "ComfyCore", targets: ["ComfyCore"]),
    .executable(name: "loopback-server", targets: ["LoopbackServer"]),
    // Preloaded by tests, into the program that is tested.
    .library(name: "FailingCalls", type: .dynamic, targets: ["FailingCalls"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.7.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Headers of the system's libgit2 and libcurl; the libraries are loaded when first used.
    .target(name: "CLateLibrary"),
    .target(name: "CGit2", dependencies: ["CLateLibrary"]),
    .target(name: "CCurl", dependencies: ["CLateLibrary"]),
    .target(name: "CBlake3"),
    // The manual pages, inside the program.
    .target(name: "CManual"),
    // What single systems can do; and the C library, whatever its module is called.
    .target(name: "CSystemCalls"),
    .target(name: "SystemLibrary", swiftSettings: strict),
    .target(
      name: "ComfyCore",
      dependencies: [
        "CGit2", "CCurl", "CBlake3", "CSystemCalls", "SystemLibrary", system,
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Sources/Core",
      swiftSettings: strict),
    .target(
      name: "Plumbing", dependencies: ["ComfyCore", argumentParser, system],
      swiftSettings: memorySafe),
    .executableTarget(
      name: "Porcelain",
      dependencies: [
        "CManual", "CSystemCalls", "ComfyCore", "Plumbing", "SystemLibrary", argumentParser, system,
      ],
      swiftSettings: memorySafe),
    .target(
      name: "TestServer",
      dependencies: ["SystemLibrary", .product(name: "Crypto", package: "swift-crypto")],
      path: "Tests/TestServer",
      swiftSettings: strict),
    .executableTarget(
      name: "LoopbackServer", dependencies: ["SystemLibrary", "TestServer"],
      path: "Tests/Tools/LoopbackServer", swiftSettings: strict),
    .executableTarget(
      name: "ManifestWriter", dependencies: ["ComfyCore", "CSystemCalls", "SystemLibrary", system],
      path: "Tests/Tools/ManifestWriter", swiftSettings: strict),
    .executableTarget(name: "KillAtCall", path: "Tests/Tools/KillAtCall"),
    .target(name: "FailingCalls", path: "Tests/Tools/FailingCalls"),
    .testTarget(
      name: "CoreTests",
      dependencies: ["ComfyCore", "SystemLibrary", "TestServer", "ManifestWriter", system],
      swiftSettings: strict),
    .target(name: "CSpawn", path: "Tests/CommandSupport/CSpawn"),
    .target(
      name: "CommandSupport", dependencies: ["CSpawn", "TestServer", system],
      path: "Tests/CommandSupport", exclude: ["CSpawn"], swiftSettings: strict),
    .testTarget(
      name: "PlumbingTests",
      dependencies: [
        "ComfyCore", "Plumbing", "CommandSupport", "SystemLibrary", "TestServer", argumentParser,
        system,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PorcelainTests",
      dependencies: ["ComfyCore", "Plumbing", "Porcelain", "CommandSupport", "TestServer", system],
      swiftSettings: strict),
    .testTarget(
      name: "RecordTests",
      dependencies: [
        "ComfyCore", "Porcelain", "KillAtCall", "CommandSupport", "TestServer", system,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "Transcripts",
      dependencies: [
        "ComfyCore", "Plumbing", "Porcelain", "CommandSupport", "TestServer",
        argumentParser, system,
      ],
      exclude: ["cases"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
