import SystemPackage
import Testing

@testable import ComfyCore

/// A recorded hash changes only by a decision that names it.
@Suite struct PinTests {
  private func project() throws -> ResolutionProject {
    try ResolutionProject(
      files: ["vae/v.safetensors": "right"], loaders: [("VAELoader", "v.safetensors")])
  }

  private func add(_ url: String, to project: ResolutionProject) throws {
    let targets = try project.project().targets(
      of: "portrait", named: "v.safetensors", node: nil)
    let intent = DownloadIntent(
      sources: [url], relativePath: try RelativePath("vae/v.safetensors"))
    try project.project().record([try #require(targets.decision(.intend(intent)))])
  }

  @Test("another source leaves hash, status and older sources")
  func addedSource() throws {
    let project = try project()
    _ = try project.resolve()
    let pinned = try #require(try project.entries().first)
    try add("https://example.com/one", to: project)
    try add("https://example.com/two", to: project)
    let entry = try #require(try project.entries().first)
    #expect(entry.hash == pinned.hash)
    #expect(entry.status == .resolved)
    #expect(entry.sources == ["https://example.com/two", "https://example.com/one"])
    #expect(try project.project().pendingIntents().isEmpty)
  }
}
