import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Changes of single entries, as command lines name them.
@Suite("Changes of entries") struct EntryEditTests {
  private let project: CheckedProject
  private let first = blake3(content(10))
  private let second = blake3(content(11))

  init() throws { project = try CheckedProject() }

  @Test("one node of an entry is answered without the others")
  func oneNode() throws {
    let entry = CheckedProject.resolved(first, size: 10, at: "loras/m.pt", sources: [])
    let node = #"{node_id = "1", node_type = "LoraLoader", input = "lora_name", "#
    try project.manifest(
      entry.replacing(
        "nodes = [" + node,
        with: "nodes = [" + node.replacing(#""1""#, with: #""2""#)
          + #"widget_value = "m.pt"}, "# + node))
    let opened = project.opened
    #expect(
      try opened.targets(of: "w", named: "m.pt", node: nil).references.map(\.nodeID) == ["2", "1"])
    let targets = try opened.targets(of: "w", named: "m.pt", node: "1")
    #expect(targets.references.map(\.nodeID) == ["1"])
    let row = try opened.manifestModel(withHash: second, filename: "m.pt", relativePath: nil)
    try opened.record([try #require(targets.decision(.resolve(row)))])
    let models = try project.opened.manifestStore().read().workflow(named: "w")?.models ?? []
    #expect(models.map { $0.nodes.map(\.nodeID) } == [["2"], ["1"]])
    #expect(models.map(\.hash) == [first, second])
  }

  @Test("a source that was written by hand, with a secret, is dropped by the URL without it")
  func secretSource() throws {
    let urls = ["https://u:planted@x.org/m.pt", "https://x.org/m.pt?token=planted"]
    for url in urls {
      try project.manifest(
        CheckedProject.resolved(
          first, size: 10, at: "loras/m.pt", sources: [url, "https://y.org/m.pt"]
        ).replacing("nodes = ", with: "sources = [\"\(url)\"]\nnodes = "))
      _ = try project.opened.change([
        SourceChange(
          .drop, workflow: "w", selection: .filename("m.pt"),
          urls: [try SourceURL("https://x.org/m.pt")])
      ])
      let manifest = try project.opened.manifestStore().read()
      #expect(manifest.workflow(named: "w")?.models.map(\.sources) == [[]])
      #expect(manifest.models.map(\.sources) == [["https://y.org/m.pt"]])
    }
  }
}
