import CommandSupport
import Foundation
import SystemPackage
import Testing

/// One run of `comfy resolve` over several workflows.
@Suite struct InteractiveSeveralTests {
  private static func workflow(_ loader: String, _ name: String) -> String {
    #"{"nodes":[{"id":1,"type":"\#(loader)","widgets_values":["\#(name)"]}]}"#
  }

  private func run(_ answers: [String]) throws -> (InteractiveProject, CommandResult) {
    let project = try InteractiveProject()
    try project.write(Self.workflow("VAELoader", "one.safetensors"), to: "one.json")
    try project.write(Self.workflow("LoraLoader", "two.safetensors"), to: "two.json")
    var command = project.sandbox.command(
      "comfy", "resolve", "--interactive", "one.json", "two.json")
    command.input = .bytes(Array(answers.map { $0 + "\n" }.joined().utf8))
    return (project, try command.run())
  }

  private func downloads(_ project: InteractiveProject) -> [String] {
    ["vae/one.safetensors", "loras/two.safetensors"].filter {
      FileManager.default.fileExists(atPath: project.place(of: "models/" + $0).string)
    }
  }

  private static let one = ["https://example.com/one.safetensors", "y"]
  private static let two = ["https://example.com/two.safetensors", "y"]

  @Test("every question comes before the first download, and all downloads are one batch")
  func oneBatch() throws {
    let (project, result) = try run(Self.one + Self.two + ["y"])
    #expect(result.status == .exited(0), "\(result.errorText)")
    let talk = result.errorText
    let places = ["one: 1 model", "two: 1 model", "2 downloads for 2 workflows", "Start?"].map {
      talk.range(of: $0)?.lowerBound
    }
    #expect(!places.contains(nil) && places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    #expect(downloads(project).count == 2)
  }

  @Test("'b' at the batch leads to the last question, of whichever workflow")
  func backFromTheBatch() throws {
    let (project, result) = try run(Self.one + Self.two + ["b", "o", "b", "b", "s"])
    // The second model became optional; then the first was skipped.
    #expect(result.status == .exited(1), "\(result.errorText)")
    #expect(downloads(project) == [])
    let manifest = try project.manifest
    #expect(manifest.contains("criticality = \"optional\""), "\(manifest)")
    #expect(!manifest.contains("https://"), "\(manifest)")
  }

  @Test("'q' at a question keeps the decisions and downloads nothing") func stop() throws {
    let (project, result) = try run(Self.one + ["q"])
    #expect(result.status == .exited(1))
    #expect(downloads(project) == [])
    #expect(try project.manifest.contains("https://example.com/one.safetensors"))
    #expect(result.errorText.contains("one: 0 on this machine, 1 to download"))
    #expect(
      result.errorText.components(separatedBy: "run 'comfy resolve one.json two.json' to continue")
        .count == 2, "\(result.errorText)")
  }
}
