import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// The SHA-256 of a recorded model is that of its own bytes, or unknown.
@Suite("The SHA-256 of a pin") struct LocalSHA256Tests {
  private let project: CheckedProject
  private let body = content(2_000)
  private var pin: ModelHash { blake3(body) }

  init() throws {
    project = try CheckedProject()
    try project.write(body, to: "models/loras/m.pt")
    try project.write(
      #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["m.pt"]}],"links":[],"version":0.4}"#,
      to: "w.json")
    try project.manifest(
      CheckedProject.resolved(
        pin, size: body.count, at: "loras/m.pt", sources: []
      ).replacing(#"input = "lora_name""#, with: "widget_idx = 0"))
    let opened = project.opened
    try project.scan()
    let location = try #require(
      try opened.openIndex(for: .write).models(atPath: "loras/m.pt").first?.locations.first)
    _ = try opened.openIndex(for: .write).fullHash(of: location)
  }

  private var embedded: SHA256Hash? {
    get throws {
      let opened = project.opened
      let source = try #require(try opened.workflowSources(["w"]).first)
      _ = try opened.embedModels(in: source)
      let text = String(decoding: project.read("w.json") ?? [], as: UTF8.self)
      return text.firstMatch(of: /[0-9a-f]{64}/).flatMap { SHA256Hash(String($0.0)) }
    }
  }

  @Test("it is read from the file that the index knows")
  func present() throws {
    let hash = try #require(try FileHasher.hash(file, .sha256).sha256)
    #expect(try project.opened.sha256(ofPin: pin) == hash)
    #expect(try project.opened.sourcelessModels().map(\.sha256) == [hash])
    #expect(try embedded == hash)
  }

  @Test("other bytes of the same size in its place are not taken for it")
  func replaced() throws {
    project.delete("models/loras/m.pt")
    try project.write(content(body.count, seed: 2), to: "models/loras/m.pt")
    #expect(try project.opened.sha256(ofPin: pin) == nil)
    #expect(try project.opened.sourcelessModels().isEmpty)
    #expect(try embedded == nil)
  }

  private var file: FilePath { project.path.pushing("models/loras/m.pt") }
}
