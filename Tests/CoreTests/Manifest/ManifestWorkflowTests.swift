import SystemPackage
import Testing

@testable import ComfyCore

/// Workflows that leave the manifest or get another name, and entries that cannot be read.
@Suite("Workflows of a manifest")
struct ManifestWorkflowTests {
  private static let hash = ManifestEditTests.hash
  private static let other = ManifestEditTests.other

  private static func entry(_ workflow: String, _ id: String, _ hash: String) -> String {
    """
    [[tool.comfydock.workflows.\(workflow).models]]
    filename = "\(id).pt"
    status = "resolved"
    hash = "\(hash)"
    ours = true
    nodes = [{node_id = "\(id)", node_type = "T", widget_idx = 0, widget_value = "\(id).pt"}]

    """
  }

  private static let text = """
    [tool.comfydock.models]
    "\(hash)" = { filename = "1.pt" }
    "\(other)" = { filename = "2.pt" }

    [tool.comfydock.workflows.a]
    path = "a.json"

    \(entry("a", "1", hash))
    \(entry("a", "2", other))
    [tool.comfydock.workflows.b]
    path = "b.json"

    \(entry("b", "1", hash))
    """

  private static func edited(
    _ text: String = text, _ change: (inout Manifest) throws -> Void
  ) throws -> Manifest {
    let bytes = Array(try ManifestEditTests.edit(text, change).utf8)
    return try Manifest(parsing: bytes, path: "pyproject.toml")
  }

  @Test func whatAnotherWorkflowUsesStays() throws {
    let left = try Self.edited { try $0.dropWorkflow("a") }
    #expect(left.workflows.map(\.name) == ["b"])
    #expect(left.models.map(\.hash.hex) == [Self.hash])
    #expect(throws: ManifestError.unknownWorkflow("c", known: ["a", "b"])) {
      try Self.edited { try $0.dropWorkflow("c") }
    }
  }

  @Test func aRenamedWorkflowTakesItsEntriesAlong() throws {
    let before = try Self.edited { _ in }
    let text = try ManifestEditTests.edit(Self.text) {
      $0.renameWorkflow("a", to: "c d", path: "c d.json")
    }
    let after = try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
    #expect(after.workflows.map(\.name).sorted() == ["b", "c d"])
    #expect(after.workflow(named: "c d")?.path == "c d.json")
    #expect(after.workflow(named: "c d")?.models == before.workflow(named: "a")?.models)
    #expect(after.models == before.models)
    #expect(text.split(separator: "\n").count { $0 == "ours = true" } == 3)
  }

  @Test func aRenamedWorkflowKeepsEveryOtherByte() throws {
    let text = """
      [tool.comfydock.workflows.a] # mine
      path = "a.json"
      nodes = ["pack"]
      note = "x" # kept

      [tool.comfydock.workflows.a.custom_node_map]
      Foo = "pack" # why

      # The first.
      [[tool . comfydock.workflows."a".models]]
      filename = "1.pt" # ours
      status = "unresolved"
      nodes = []

      [tool.comfydock.workflows.ab]
      path = "ab.json"

      """
    let renamed = try ManifestEditTests.edit(text) {
      $0.renameWorkflow("a", to: "c d", path: "c d.json")
    }
    let expected = text.replacing("workflows.a]", with: "workflows.\"c d\"]")
      .replacing("workflows.a.custom", with: "workflows.\"c d\".custom")
      .replacing("workflows.\"a\".models", with: "workflows.\"c d\".models")
      .replacing("\"a.json\"", with: "\"c d.json\"")
    #expect(renamed == expected)
  }

  @Test(
    arguments: [
      "[tool.comfydock.workflows]\na.path = \"a.json\"\na.models = [{filename = \"1.pt\"}]\n",
      "[tool.comfydock]\nworkflows = {a = {path = \"a.json\", models = [{filename = \"1.pt\"}]}}\n",
    ])
  func aWorkflowInKeysIsRenamedToo(text: String) throws {
    let renamed = try ManifestEditTests.edit(text) {
      $0.renameWorkflow("a", to: "b", path: "b.json")
    }
    let after = try Manifest(parsing: Array(renamed.utf8), path: "pyproject.toml")
    #expect(after.workflows.map(\.name) == ["b"])
    #expect(after.workflow(named: "b")?.models.map(\.filename) == ["1.pt"])
  }

  @Test func aNameThatIsTakenIsLeftAlone() throws {
    #expect(
      try ManifestEditTests.edit(Self.text) { $0.renameWorkflow("a", to: "b", path: "x") }
        == Self.text)
  }

  @Test func markersOfAMergeAreToldAsThat() {
    let text = "[tool]\n<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> other\n"
    #expect(throws: ManifestError.unmerged(path: "pyproject.toml", line: 2)) {
      try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
    }
  }

  @Test func whatCannotBeReadIsKnownByReference() throws {
    let text = Self.text.replacing(
      "filename = \"2.pt\"\nstatus", with: "filename = \"2.pt\"\nsources = [1]\nstatus")
    let manifest = try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
    let nodes = manifest.workflow(named: "a")?.models.map(\.nodes) ?? []
    let unreadable = nodes.filter {
      manifest.unreadablePart(ofEntryWith: $0, named: "", in: "a") != nil
    }
    #expect(unreadable.flatMap { $0 }.map(\.nodeID) == ["2"])
    #expect(manifest.unreadablePart(ofEntryWith: nodes[0], named: "2.pt", in: "b") == nil)
    #expect(manifest.issues(of: ["b"]).isEmpty)
    #expect(!manifest.issues(of: ["a"]).isEmpty)
    #expect(manifest.hasUnreadableEntries && manifest.unusedModels.isEmpty)
  }

  @Test(
    "an entry whose references cannot be read is known by its name",
    arguments: [
      "\"x\"", "[5]", "[{}]",
      "[{node_id = \"2\", node_type = \"L\", widget_idx = \"0\", widget_value = \"2.pt\"}]",
      "[{node_id = \"2\", node_type = \"L\", widget_idx = -1, widget_value = \"2.pt\"}]",
      "[{node_id = \"2\", node_type = \"L\", input = 5, widget_value = \"2.pt\"}]",
    ])
  func unreadableReferences(nodes: String) throws {
    let text = """
      [tool.comfydock.workflows.w]
      path = "w.json"

      [[tool.comfydock.workflows.w.models]]
      filename = "2.pt"
      category = "loras"
      status = "unresolved"
      nodes = \(nodes)

      """
    var manifest = try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
    let reference = ModelReference(
      nodeID: "2", nodeType: "L", place: .widget(0), widgetValue: "2.pt",
      category: Category("loras"))
    let issue = try #require(
      manifest.unreadablePart(
        ofEntryWith: reference.recordedKeys, named: "2.pt", in: "w"))
    #expect(issue.line == 8)
    let intent = try #require(
      ModelDecision(
        about: [reference], in: "w",
        answer: .intend(
          DownloadIntent(
            sources: ["https://example.com/2.pt"], relativePath: RelativePath("loras/2.pt")))))
    #expect(throws: ManifestError.unreadable(issue)) { try manifest.apply(intent) }
    #expect(try String(decoding: manifest.rendered(), as: UTF8.self) == text)
  }
}
