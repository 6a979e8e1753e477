import SystemPackage
import Testing

@testable import ComfyCore

/// Decisions about node types in the manifest's text, and the way back.
@Suite struct NodeDecisionTests {
  private func manifest(_ text: String) throws -> Manifest {
    try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
  }

  private func text(_ manifest: Manifest) throws -> String {
    String(decoding: try manifest.rendered(), as: UTF8.self)
  }

  private static let start = """
    [tool.comfydock.workflows.w] # mine
    path = "w.json"

    [[tool.comfydock.workflows.w.models]]
    filename = "a.pt"

    [other]
    x = 1

    """

  private func decided(_ text: String) throws -> Manifest {
    var manifest = try manifest(text)
    try manifest.add(ManifestNodePackage(id: "ink", name: "ink", source: .registry))
    try manifest.decide(.package("ink"), for: "A | b", in: "w")
    return manifest
  }

  @Test func goesIntoTablesOfItsOwn() throws {
    #expect(
      try text(decided(Self.start)) == """
        [tool.comfydock.workflows.w] # mine
        path = "w.json"
        nodes = ["ink"]

        [[tool.comfydock.workflows.w.models]]
        filename = "a.pt"

        [tool.comfydock.workflows.w.custom_node_map]
        "A | b" = "ink"

        [tool.comfydock.nodes.ink]
        name = "ink"
        source = "registry"

        [other]
        x = 1

        """)
  }

  /// Tables may be written in other ways; what is put in is written like them.
  @Test(arguments: [
    (
      "[tool.comfygit]\nworkflows = {w = {path = \"w.json\"}}\n",
      "[tool.comfygit]\nworkflows = {w = {path = \"w.json\", nodes = [\"ink\"], "
        + "custom_node_map = {\"A | b\" = \"ink\"}}}\n"
        + "nodes = {ink = {name = \"ink\", source = \"registry\"}}\n"
    ),
    (
      "[tool.comfydock.workflows.w]\nnodes = [\n  \"old\",\n]\n"
        + "custom_node_map = { B = false }\n[tool.comfydock.nodes]\nold = { name = \"old\" }\n",
      "[tool.comfydock.workflows.w]\nnodes = [\n  \"old\",\n  \"ink\",\n]\n"
        + "custom_node_map = { B = false, \"A | b\" = \"ink\" }\n[tool.comfydock.nodes]\n"
        + "old = { name = \"old\" }\nink = {name = \"ink\", source = \"registry\"}\n"
    ),
  ])
  func keepsTheFormThatIsThere(before: String, after: String) throws {
    #expect(try text(decided(before)) == after)
  }

  @Test func anOtherPackageTakesThePlaceOfTheFirst() throws {
    var manifest = try decided(Self.start)
    try manifest.decide(.package("other"), for: "A | b", in: "w")
    #expect(manifest.workflow(named: "w")?.nodePackages == ["other"])
    try manifest.decide(.optional, for: "A | b", in: "w")
    #expect(manifest.workflow(named: "w")?.nodeDecisions == ["A | b": .optional])
    #expect(manifest.workflow(named: "w")?.nodePackages == [])
    try manifest.decide(nil, for: "A | b", in: "w")
    #expect(try !text(manifest).contains("custom_node_map"))
  }

  @Test func whatStandsInTheWayIsNamed() throws {
    var manifest = try manifest("[tool.comfydock.workflows.w]\n[tool.comfydock]\nnodes = 7\n")
    #expect(
      throws: ManifestError.structure(
        path: "pyproject.toml", line: 3, key: "tool.comfydock.nodes.ink")
    ) { try manifest.add(ManifestNodePackage(id: "ink")) }
  }

  // MARK: The way back

  private func reversed(_ before: String, in current: (Manifest) throws -> Manifest) throws
    -> String
  {
    let (old, new) = (try manifest(before), try decided(before))
    var manifest = try current(new)
    try Reversal(before: old, after: try self.manifest(text(new))).apply(to: &manifest)
    return try text(manifest)
  }

  @Test func undoBringsBackEveryByte() throws {
    #expect(try reversed(Self.start) { $0 } == Self.start)
  }

  @Test func aDecisionWithoutAListGetsNone() throws {
    let before =
      "[tool.comfydock.workflows.w]\n[tool.comfydock.workflows.w.custom_node_map]\nB = \"q\" # why\n"
    var after = try manifest(before)
    try after.decide(nil, for: "B", in: "w")
    var now = after
    try now.decide(.optional, for: "C", in: "w")
    try Reversal(before: manifest(before), after: manifest(text(after))).apply(to: &now)
    let undone = try manifest(text(now)).workflow(named: "w")
    #expect(undone?.nodeDecisions == ["B": .package("q"), "C": .optional])
    #expect(undone?.nodePackages == [])
  }

  @Test func whatWasDecidedSinceStays() throws {
    let result = try reversed(Self.start) {
      var later = $0
      try later.decide(.optional, for: "C", in: "w")
      return later
    }
    let manifest = try manifest(result)
    #expect(manifest.workflow(named: "w")?.nodeDecisions == ["C": .optional])
    #expect(manifest.nodePackages == [])
  }

  @Test func aPackageThatIsUsedSinceStays() throws {
    let result = try reversed(Self.start) {
      var later = $0
      try later.decide(.package("ink"), for: "C", in: "w")
      return later
    }
    let manifest = try manifest(result)
    #expect(manifest.workflow(named: "w")?.nodeDecisions == ["C": .package("ink")])
    #expect(manifest.nodePackages.map(\.id) == ["ink"])
  }

  @Test func anotherDecisionIsInTheWay() throws {
    #expect(throws: Reversal.Conflict.nodeChanged(workflow: "w", nodeType: "A | b")) {
      try reversed(Self.start) {
        var later = $0
        try later.decide(.optional, for: "A | b", in: "w")
        return later
      }
    }
  }

  @Test("a repository's table does not become one of the registry")
  func keepsItsSource() throws {
    var manifest = try manifest(Self.start)
    try manifest.add(try ManifestNodePackage(naming: "https://github.com/x/pack"))
    let before = try text(manifest)
    try manifest.add(try ManifestNodePackage(naming: "pack"))
    #expect(try text(manifest) == before)
  }

  // MARK: Naming packages

  @Test("another repository of the same name gets an id and a folder of its own")
  func ownID() throws {
    let texts = [
      "https://github.com/x/pack", "https://github.com/z/pack", "git@gitlab.com:z/pack.git",
      "https://github.com/Z/Pack.git", "pack",
    ]
    var known: [ManifestNodePackage] = []
    var ids: [String] = []
    for text in texts {
      let package = try ManifestNodePackage(naming: text).identified(among: known)
      ids.append(package.id)
      if !known.contains(where: { $0.id == package.id }) { known.append(package) }
    }
    #expect(ids == ["pack", "z-pack", "z-pack-2", "z-pack", "pack"])
    #expect(known.map(\.name) == ["pack", "z-pack", "z-pack-2"])
    #expect(known.map(\.repository) == texts.prefix(3).map { $0 })
  }

  @Test(arguments: [
    ("inkwash", "inkwash", nil),
    ("https://github.com/a/Ink-Wash.git", "Ink-Wash", "https://github.com/a/Ink-Wash.git"),
    ("git@github.com:a/ink.git", "ink", "git@github.com:a/ink.git"),
    ("https://user:secret@host.example/a/ink", "ink", "https://host.example/a/ink"),
  ])
  func packages(text: String, id: String, repository: String?) throws {
    let package = try ManifestNodePackage(naming: text)
    #expect(package.id == id)
    #expect(package.repository == repository)
  }

  @Test(arguments: [
    "", "a/b", "..", ".git", "a b", "x\ny", "https://host.example", "https://github.com/x/..",
    "https://github.com/x/.git", "https://github.com/x/.", "https://github.com/x/.git.git",
    "git@github.com:x/..",
  ])
  func noPackages(text: String) {
    #expect(throws: NodeAnswerError.notAPackage(text)) { try ManifestNodePackage(naming: text) }
  }
}
