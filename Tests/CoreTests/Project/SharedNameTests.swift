import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// One file name in the loaders of a workflow: what a command means by it, and when it needs the
/// node.
@Suite struct SharedNameTests {
  private let project: CheckedProject
  private let hash = blake3(content(10))

  init() throws { project = try CheckedProject() }

  private func workflow(_ types: String...) throws {
    let nodes = types.enumerated().map { place, type in
      #"{"id":\#(place + 1),"type":"\#(type)","widgets_values":["m.pt"]}"#
    }
    try project.write(
      #"{"nodes":[\#(nodes.joined(separator: ","))],"links":[]}"#, to: "w.json")
  }

  /// An entry for the first node.
  private func record(path: String = "loras/m.pt") throws {
    let entry = CheckedProject.resolved(hash, size: 10, at: path, sources: [])
    try project.manifest(entry.replacing(#"input = "lora_name""#, with: "widget_idx = 0"))
  }

  private func nodes(node: String? = nil, recordedOnly: Bool = false) throws -> [String] {
    try project.opened.targets(
      of: "w", named: "m.pt", node: node, recordedOnly: recordedOnly
    ).references.map(\.nodeID)
  }

  private static func ambiguous(_ nodes: String...) -> ReferenceTargetError {
    .ambiguousName("m.pt", workflow: "w", nodes: nodes)
  }

  @Test("loaders of different folders are told apart, whether one of them is recorded or not")
  func differentFolders() throws {
    try workflow("LoraLoader", "CheckpointLoaderSimple")
    try project.manifest("[tool.comfydock.workflows.w]\npath = \"w.json\"\n")
    #expect(throws: Self.ambiguous("1", "2")) { try nodes() }
    #expect(try nodes(node: "2") == ["2"])
    try record()
    #expect(throws: Self.ambiguous("1", "2")) { try nodes() }
    #expect(try nodes(node: "2") == ["2"])
    #expect(try nodes(recordedOnly: true) == ["1"])
  }

  @Test("loaders of the same folder mean one model")
  func sameFolder() throws {
    try workflow("LoraLoader", "VAELoader", "LoraLoader")
    try record()
    #expect(throws: Self.ambiguous("1", "2", "3")) { try nodes() }
    try workflow("LoraLoader", "LoraLoader")
    #expect(try nodes() == ["1", "2"])
  }

  @Test("an entry whose node is gone does not stand for another loader's model")
  func stale() throws {
    try workflow("VAELoader")
    try record()
    #expect(throws: Self.ambiguous("1")) { try nodes() }
    #expect(
      try project.opened.workflowStatuses().flatMap(\.references).map(\.isNameShared) == [true])
  }

  @Test("what is open knows whether its name tells it apart")
  func open() throws {
    try record()
    try workflow("LoraLoader", "CheckpointLoaderSimple")
    let status = try project.opened.workflowStatuses().flatMap(\.references)
    #expect(status.map(\.isNameShared) == [true, true])
    try workflow("LoraLoader", "LoraLoader")
    let others = try project.opened.workflowStatuses().flatMap(\.references)
    #expect(others.map(\.isNameShared) == [false, false])
  }

  @Test("an entry is called by its own name, not by that of the global row")
  func ownName() throws {
    try workflow("LoraLoader")
    try record(path: "loras/m.pt")
    let text = CheckedProject.resolved(hash, size: 10, at: "loras/m.pt", sources: [])
    try project.manifest(text.replacing("{ filename = \"m.pt\"", with: "{ filename = \"row.pt\""))
    let items = try project.opened.manifestStore().read().recordedFiles()
    #expect(items.map(\.filename) == ["row.pt"])
    #expect(items.map(\.entryName) == [EntryName(workflow: "w", name: "m.pt", node: nil)])
  }

  @Test("entries of one file name are called by their paths, else by their nodes")
  func namesakes() throws {
    func entry(_ node: String, _ value: String) -> ManifestWorkflowModel {
      ManifestWorkflowModel(
        filename: "m.pt", category: nil, criticality: .required, status: .unresolved,
        nodes: [
          ReferenceKey(
            nodeID: node, nodeType: "LoraLoader", place: .widget(0), widgetValue: value)
        ])
    }
    func workflow(_ entries: ManifestWorkflowModel...) -> ManifestWorkflow {
      ManifestWorkflow(name: "w", path: "w.json", models: entries)
    }
    let paths = workflow(entry("1", "a\\m.pt"), entry("2", "b/m.pt"))
    #expect(paths.models.map { EntryNames(of: paths).name(of: $0).name } == ["a/m.pt", "b/m.pt"])
    #expect(paths.models.map { EntryNames(of: paths).fileName(of: $0).node } == ["1", "2"])
    let same = workflow(entry("1", "m.pt"), entry("2", "m.pt"))
    #expect(same.models.map { EntryNames(of: same).name(of: $0).node } == ["1", "2"])
    let alone = workflow(entry("1", "m.pt"))
    #expect(alone.models.map { EntryNames(of: alone).fileName(of: $0).node } == [nil])
  }
}
