// swift-tools-version: 6.2
import PackageDescription

// Feeds whatever libFuzzer invents to the workflow reader. Linux, and a toolchain that has
// libFuzzer; from this directory:
//
//   swift build -c release -Xswiftc -sanitize=fuzzer,address -Xswiftc -gnone
//   mkdir -p corpus
//   .build/release/FuzzWorkflow -max_total_time=600 -rss_limit_mb=768 -timeout=5 \
//     corpus ../Fixtures/workflows
//
// Inputs that reach new code are kept in corpus/, which is not committed.
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
