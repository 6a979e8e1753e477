// swift-tools-version: 6.2
import PackageDescription

// Feeds whatever libFuzzer invents to the workflow reader: `make fuzz` at the root. Linux, and a
// toolchain that has libFuzzer. Inputs that reach new code are kept beside the build, uncommitted.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "comfy", path: "../..")],
  targets: [
    .executableTarget(
      name: "FuzzWorkflow",
      dependencies: [.product(name: "ComfyCore", package: "comfy")],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])])
  ],
  swiftLanguageModes: [.v6]
)
