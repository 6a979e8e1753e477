import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Taking a decision back")
struct ReversalTests {
  private let url = "https://example.com/"

  private func manifest(_ text: String = "") throws -> Manifest {
    try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
  }

  private func entry(_ name: String, node: String, hash: ModelHash? = nil) -> ManifestWorkflowModel
  {
    ManifestWorkflowModel(
      filename: name, category: Category("loras"), criticality: .flexible,
      status: hash == nil ? .unresolved : .resolved, hash: hash, sources: [url + name],
      nodes: [
        ReferenceKey(
          nodeID: node, nodeType: "LoraLoader", place: .widget(0), widgetValue: name)
      ])
  }

  private func read(_ manifest: Manifest) throws -> Manifest {
    try Manifest(parsing: manifest.rendered(), path: "pyproject.toml")
  }

  /// The manifest with the entries put, read back from its text.
  private func adding(
    _ entries: [ManifestWorkflowModel], to manifest: Manifest, workflow: String = "w"
  ) throws -> Manifest {
    var changed = manifest
    for entry in entries { changed.put(entry, in: workflow) }
    return try read(changed)
  }

  @Test("an added entry goes; what was added since stays, byte for byte")
  func added() throws {
    let before = try adding([entry("a", node: "1")], to: manifest("# mine\n"))
    let after = try adding([entry("b", node: "2")], to: before)
    let now = try adding([entry("c", node: "3")], to: after)
    var undone = now
    try Reversal(before: before, after: after).apply(to: &undone)
    let models = try read(undone).workflow(named: "w")?.models.map(\.filename)
    #expect(models == ["a", "c"])
    #expect(try undone.rendered().starts(with: "# mine\n".utf8))
  }

  @Test("a dropped entry comes back as it was")
  func dropped() throws {
    let before = try adding([entry("a", node: "1"), entry("b", node: "2")], to: manifest())
    var after = before
    try after.dropModel(.filename("a"), in: "w")
    after = try read(after)
    var undone = after
    try Reversal(before: before, after: after).apply(to: &undone)
    #expect(
      Set(try read(undone).workflow(named: "w")?.models ?? [])
        == Set(before.workflow(named: "w")?.models ?? []))
  }

  @Test("a hash goes from entry and table, unless another entry has it", arguments: [false, true])
  func hash(isShared: Bool) throws {
    let hash = try #require(ModelHash(String(repeating: "ab", count: 32)))
    let before = try adding([entry("a", node: "1")], to: manifest())
    var after = before
    try after.setHash(hash, for: .filename("a"), in: "w")
    after.put(
      ManifestModel(
        hash: hash, filename: "a", size: 1, relativePath: nil, category: Category("loras")))
    after = try read(after)
    var undone = after
    if isShared {
      undone = try adding([entry("x", node: "9", hash: hash)], to: after, workflow: "other")
    }
    try Reversal(before: before, after: after).apply(to: &undone)
    undone = try read(undone)
    #expect(undone.workflow(named: "w") == before.workflow(named: "w"))
    #expect((undone.model(withHash: hash) != nil) == isShared)
  }

  @Test("an entry that changed since is not touched")
  func changedSince() throws {
    let before = try manifest()
    let after = try adding([entry("a", node: "1")], to: before)
    var now = after
    try now.setCriticality(.optional, for: .filename("a"), in: "w")
    now = try read(now)
    let unchanged = try now.rendered()
    #expect(throws: Reversal.Conflict.entryChanged(workflow: "w", filename: "a")) {
      try Reversal(before: before, after: after).apply(to: &now)
    }
    #expect(try now.rendered() == unchanged)
  }

  @Test("a reference that was answered anew since is not taken away")
  func referenceTaken() throws {
    let before = try adding([entry("a", node: "1")], to: manifest())
    var after = before
    try after.dropModel(.filename("a"), in: "w")
    after = try read(after)
    var other = entry("a", node: "1")
    other.sources = [url + "elsewhere"]
    other.filename = "b"
    var now = try adding([other], to: after)
    #expect(throws: Reversal.Conflict.referenceTaken(workflow: "w", filename: "a")) {
      try Reversal(before: before, after: after).apply(to: &now)
    }
  }
}
