import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// `resolve --yes` and the pipeline of plumbing commands are two ways to the same manifest.
@Suite struct PipelineTests {
  static let jq = Program.isInstalled("jq")

  /// The pipeline as the manual prints it, with what is here already taken first.
  static let pipeline = """
    comfy list-refs --json workflows/all.json | comfy match-refs --json >matches
    jq -c 'select(.status=="resolved")' matches | comfy set-hash --stdin
    comfy list-refs --json workflows/all.json | comfy match-refs --json \
      | jq -c 'select(.status=="unresolved" and .url)' \
      | comfy add-intent --stdin && comfy fetch-intents
    """

  /// Decisions before, and what is left of them on the disk.
  @Test(
    .enabled(if: jq, "jq is not installed"),
    arguments: [
      "true",
      "comfy add-intent workflows/all.json wash.safetensors https://huggingface.co/a/b/resolve/main/wash.safetensors",
      "comfy set-criticality optional workflows/all.json sharp.pth",
      "comfy resolve --yes --no-fetch workflows/all.json",
      "comfy resolve --yes workflows/all.json",
      "comfy resolve --yes workflows/all.json; rm models/loras/ink.safetensors models/checkpoints/*",
    ])
  func theSameManifest(before: String) throws {
    let resolved = try manifest(after: before, "comfy resolve --yes workflows/all.json")
    let piped = try manifest(after: before, Self.pipeline)
    #expect(resolved == piped)
    #expect(resolved.contains("path = \"workflows/all.json\""))
  }

  private func manifest(after before: String, _ script: String) throws -> String {
    let product = try #require(Product.path(), "comfy is not built")
    let server = try InkServer.start()
    defer { server.stop() }
    let sandbox = try Sandbox(
      programs: ["comfy": product],
      variables: ["FIXTURES": Fixture.directory.string, "HF_ENDPOINT": server.url("")])
    let start = #"""
      . "$FIXTURES/workflows-commands/project.sh"
      make_project
      # One reference whose URL leads to no file, beside those that have one or none.
      sed '/"id": 5/{s/"mode": 4/"mode": 0/;s,"ver": "0.3.40",&\, "models": [{"name": "pose.safetensors"\, "url": "https://huggingface.co/atelier/poses"\, "directory": "controlnet"}],;}' \
        workflows/still.json >workflows/all.json
      grep -q atelier/poses workflows/all.json
      """#
    #expect(try sandbox.run("sh", "-e", "-c", start).status == .exited(0))
    _ = try sandbox.run("sh", "-c", before)
    _ = try sandbox.run("sh", "-c", script)
    return try String(
      contentsOfFile: sandbox.work.appending("pyproject.toml").string, encoding: .utf8)
  }
}

/// What the tests of commands start from.
enum Fixture {
  static let directory = Runner.root.appending("Tests/Fixtures")

  /// A model as `make_model` makes it.
  static func model(_ letter: String, _ size: Int) -> [UInt8]? {
    guard let byte = letter.utf8.first else { return nil }
    let header = Array(
      #"{"\#(letter)":{"dtype":"U8","shape":[\#(size)],"data_offsets":[0,\#(size)]}}"#.utf8)
    return [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header
      + [UInt8](repeating: byte, count: size)
  }
}

/// Programs that a test needs beside the product.
enum Program {
  static func isInstalled(_ name: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }
}
