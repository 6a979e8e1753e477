import SystemPackage
import Testing

@testable import ComfyCore

/// Edits in every form that a manifest may have: given, edit, expected bytes.
@Suite("Manifest edits")
struct ManifestEditTests {
  static let hash = String(repeating: "ab", count: 32)
  static let other = String(repeating: "cd", count: 32)

  static func key(_ id: String, _ value: String = "m.safetensors", at index: Int = 0)
    -> ReferenceKey
  {
    ReferenceKey(
      nodeID: id, nodeType: "CheckpointLoaderSimple", place: .widget(index), widgetValue: value)
  }

  static func intent(_ id: String, _ value: String = "m.safetensors") -> ManifestWorkflowModel {
    ManifestWorkflowModel(
      filename: value, category: Category("checkpoints"), criticality: .flexible,
      status: .unresolved, sources: ["https://example.org/" + value],
      relativePath: try? RelativePath("checkpoints/" + value), nodes: [key(id, value)])
  }

  static func edit(
    _ text: String, _ change: (inout Manifest) throws -> Void
  ) throws -> String {
    var manifest = try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
    try change(&manifest)
    return String(decoding: try manifest.rendered(), as: UTF8.self)
  }

  /// The lines that an intent is written as in the plain style.
  static func entry(
    _ header: String, _ id: String, _ value: String = "m.safetensors", end: String = "\n"
  ) -> String {
    [
      "[[\(header)]]", "filename = \"\(value)\"", "category = \"checkpoints\"",
      "criticality = \"flexible\"", "status = \"unresolved\"",
      "sources = [\"https://example.org/\(value)\"]",
      "relative_path = \"checkpoints/\(value)\"",
      "nodes = [{node_id = \"\(id)\", node_type = \"CheckpointLoaderSimple\", widget_idx = 0, "
        + "widget_value = \"\(value)\"}]", "",
    ].joined(separator: end)
  }

  @Test func startsAnEmptyManifest() throws {
    let result = try Self.edit("") {
      $0.ensureWorkflow("default", path: "workflows/default.json")
      $0.put(Self.intent("3"), in: "default")
    }
    #expect(
      result == "[tool.comfydock.workflows.default]\npath = \"workflows/default.json\"\n\n"
        + Self.entry("tool.comfydock.workflows.default.models", "3"))
  }

  @Test func leavesWhatItDoesNotKnow() throws {
    let text = "# top\n[project]\nname='x'   # keep\n\n\n[tool.uv]\ndev = [ ]\n"
    let result = try Self.edit(text) { $0.put(Self.intent("3"), in: "a.b \"c\" é") }
    #expect(
      result == text + "\n[tool.comfydock.workflows.\"a.b \\\"c\\\" é\"]\n\n"
        + Self.entry("tool.comfydock.workflows.\"a.b \\\"c\\\" é\".models", "3"))
  }

  @Test(arguments: ["", "\u{FEFF}"], ["\n", "\r\n"])
  func keepsLineEndsMarksAndTheMissingLastOne(mark: String, end: String) throws {
    let text = mark + "[project]" + end + "name = \"x\""
    let result = try Self.edit(text) { $0.put(Self.intent("3"), in: "w") }
    let added =
      end + end + "[tool.comfydock.workflows.w]" + end + end
      + Self.entry("tool.comfydock.workflows.w.models", "3", end: end)
    #expect(Array(result.utf8) == Array((text + added.dropLastLineEnd).utf8))
  }

  @Test func addsBesideItsKindInItsStyle() throws {
    let text = """
      [tool.comfygit.workflows.w]
      path='w.json'

        # first
        [[ tool.comfygit . workflows.w.models ]]
      \tfilename='a'
      \tcategory='vae' # why
      \tcriticality='required'
      \tstatus='unresolved'
      \tnodes=[
      \t  { node_id='1', node_type='VAELoader', widget_idx=0, widget_value='a' },
      \t]

      [other]
      x = 1

      """
    let result = try Self.edit(text) { $0.put(Self.intent("3", "b"), in: "w") }
    let added = """
        [[tool.comfygit . workflows.w.models]]
      \tfilename='b'
      \tcategory='checkpoints'
      \tcriticality='flexible'
      \tstatus='unresolved'
      \tsources=['https://example.org/b']
      \trelative_path='checkpoints/b'
      \tnodes=[
      \t  { node_id='3', node_type='CheckpointLoaderSimple', widget_idx=0, widget_value='b' },
      \t]


      """
    #expect(result == text.replacing("[other]", with: added + "[other]"))
  }

  @Test(arguments: [
    ("models = [{filename = \"a\"}]", "models = [{filename = \"a\"}, NEW]"),
    ("models = [{filename = \"a\"},]", "models = [{filename = \"a\"}, NEW,]"),
    ("models = []", "models = [NEW]"),
    ("models = [\n]", "models = [\n  NEW,\n]"),
    (
      "models = [\n    {filename = \"a\"}, # a\n    # end\n]",
      "models = [\n    {filename = \"a\"}, # a\n    NEW,\n    # end\n]"
    ),
    (
      "models = [\n    {filename = \"a\"} # a\n]",
      "models = [\n    {filename = \"a\"}, # a\n    NEW\n]"
    ),
    ("models = [\n  {filename = \"a\"}]", "models = [\n  {filename = \"a\"},\n  NEW]"),
  ])
  func addsToArraysInBrackets(given: String, expected: String) throws {
    let head = "[tool.comfydock.workflows.w]\n"
    let entry = ManifestWorkflowModel(
      filename: "n", category: nil, criticality: .required, status: .unresolved, nodes: [])
    let result = try Self.edit(head + given + "\n") { $0.put(entry, in: "w") }
    let new = "{filename = \"n\", criticality = \"required\", status = \"unresolved\"}"
    #expect(result == head + expected.replacing("NEW", with: new) + "\n")
  }

  @Test(arguments: [
    "[tool.comfydock]\nworkflows = { w = { path = \"w.json\" } }\n",
    "[tool]\ncomfydock = { workflows = { w = { path = \"w.json\", models = [] } } }\n",
    "tool.comfydock.workflows.w.path = \"w.json\"\nname = 1\n\n[x]\n",
    "[tool.comfydock.workflows]\nw.path = \"w.json\"\n[tool.comfydock.models]\n",
    "[tool.comfydock]\n",
    "[tool]\n[x]\ny = 1\n",
    "[tool.comfydock.workflows]\n# nothing yet\n",
    "tool = {}\n",
    "[[tool.comfydock.workflows.w.models]]\nfilename = \"a\"\n[z]\n"
      + "[[tool.comfydock.workflows.w.models]]\nfilename = \"b\"\n[y]\n",
    "[[tool.comfydock.workflows.w.models]]\nfilename = \"a\"\n"
      + "[[tool.comfydock.workflows.w.models.nodes]]\nnode_id = 1\nnode_type = \"t\"\n"
      + "widget_value = \"a\"\n[z]\n[tool.comfydock.workflows.w.extra]\nx = 1\n",
  ])
  func putsIntoEveryForm(text: String) throws {
    let lines = Set(text.split(separator: "\n"))
    let result = try Self.edit(text) {
      $0.ensureWorkflow("v", path: "v.json")
      $0.put(Self.intent("3"), in: "w")
      $0.put(Self.intent("4"), in: "v")
      $0.put(
        ManifestModel(
          hash: try #require(ModelHash(Self.hash)), filename: "m", size: 3, relativePath: nil,
          category: nil))
    }
    let again = try Manifest(parsing: Array(result.utf8), path: "p")
    #expect(again.workflow(named: "w")?.model(for: Self.key("3")) == Self.intent("3"))
    #expect(again.workflow(named: "v")?.models == [Self.intent("4")])
    #expect(again.models.count == 1)
    // Lines stay whole, but for tables in braces, which are one line.
    let kept = Set(result.split(separator: "\n"))
    for line in lines where !line.contains("{") { #expect(kept.contains(line)) }
  }

  @Test(arguments: [
    ("w", "w"), ("\"a.b\"", "a.b"), ("'a.b'", "a.b"), ("\"a\\\".b\"", "a\".b"),
    ("'a\".b'", "a\".b"),
    ("\"a'.b\"", "a'.b"),
  ])
  func addsToDottedKeysAsTheyAreWritten(key: String, name: String) throws {
    let text = "[tool.comfydock]\n  workflows.\(key).note = 1\n[x]\n"
    let result = try Self.edit(text) { $0.ensureWorkflow(name, path: "w.json") }
    let line = "  workflows.\(key).path = \"w.json\"\n"
    #expect(result == text.replacing("[x]", with: line + "[x]"))
  }

  @Test func givesATableAHeaderThatHadOnlyTablesBelow() throws {
    let below = "# about extra\n[tool.comfydock.workflows.w.extra]\nx = 1\n"
    let result = try Self.edit("[project]\n\n" + below) {
      $0.ensureWorkflow("w", path: "w.json")
    }
    #expect(
      result == "[project]\n\n[tool.comfydock.workflows.w]\npath = \"w.json\"\n\n" + below)
  }

  @Test("a workflow that only its entries stood for stays, with a header, when the last one goes")
  func keepsAWorkflowWithoutAHeader() throws {
    let entry = "# a\n[[tool.comfydock.workflows.w.models]]\nfilename = \"a\" # a\n"
    let (head, tail) = ("[project]\nx = 1\n", "\n# z\n[z]\n")
    let header = "\n[tool.comfydock.workflows.w]\n"
    for (text, expected) in [
      (head + "\n" + entry + tail, head + header + tail), (head + "\n" + entry, head + header),
      (entry + tail, String(header.dropFirst()) + tail),
    ] {
      #expect(try Self.edit(text) { try $0.dropModel(.filename("a"), in: "w") } == expected)
    }
  }

  @Test(
    "path and entries come into a table that lacks both at once",
    arguments: [
      "[tool.comfydock.workflows]\nw = {}\n", "[tool.comfydock.workflows.w]\n",
      "[tool.comfydock.workflows.w.extra]\n[tool.comfydock.workflows]\n",
      "[tool.comfydock.workflows]\nw.x = 1\n",
    ], ["", "x = { models = [{filename = \"a\"}] }\n"])
  func fillsATableAtOnce(start: String, other: String) throws {
    let text = start.hasSuffix(".w]\n") ? start + "[z]\n" + other : start + other
    let result = try Self.edit(text) {
      $0.ensureWorkflow("w", path: "w.json")
      $0.put(Self.intent("3"), in: "w")
    }
    let after = try Manifest(parsing: Array(result.utf8), path: "p")
    #expect(
      after.workflow(named: "w")
        == ManifestWorkflow(name: "w", path: "w.json", models: [Self.intent("3")]))
    #expect(result.contains(other))
    if start.contains("w.x") { #expect(result.contains("\nw.models = [{")) }
  }

  @Test("another name in a text that names several is another entry")
  func sharedPlaces() throws {
    let (first, second) = (Self.intent("3", "a"), Self.intent("3", "b"))
    let result = try Self.edit("") {
      $0.put(first, in: "w", sharing: Set(first.nodes))
      $0.put(second, in: "w", sharing: Set(second.nodes))
    }
    let after = try Manifest(parsing: Array(result.utf8), path: "p")
    #expect(after.workflow(named: "w")?.models == [first, second])
  }

  @Test(
    "one name without target, sources and hash is one file; with any of them, it is not",
    arguments: [(false, false, 1), (true, false, 2), (false, true, 2)])
  func sameNameAlone(hasSource: Bool, hasHash: Bool, count: Int) throws {
    for isFirst in [false, true] {
      let hash = ModelHash(Self.hash)
      let entries = [false, true].map { isSecond in
        let isOdd = isSecond != isFirst
        return ManifestWorkflowModel(
          filename: "a", category: Category("vae"), criticality: .flexible, status: .unresolved,
          hash: isOdd && hasHash ? hash : nil, sources: isOdd && hasSource ? ["u"] : [],
          nodes: [Self.key(isSecond ? "2" : "1", "a")])
      }
      let result = try Self.edit("") { manifest in
        for entry in entries { manifest.put(entry, in: "w") }
      }
      let after = try Manifest(parsing: Array(result.utf8), path: "p")
      #expect(after.workflow(named: "w")?.models.count == count)
    }
  }

  @Test("a new workflow is written as the one before it")
  func writesAWorkflowLikeTheLast() throws {
    let text = "[tool.comfydock.workflows.a]\n\tpath\t=  'a.json'\n"
    let result = try Self.edit(text) { $0.ensureWorkflow("b", path: "b.json") }
    #expect(result == text + "\n" + text.replacing("a]", with: "b]").replacing("a.j", with: "b.j"))
  }

  @Test("a row in braces gets its key in quotes")
  func addsARowInBraces() throws {
    let text = "[tool.comfydock]\nmodels = { \"\(Self.hash)\" = { filename = \"a\" } }\n"
    let hash = try #require(ModelHash(Self.other))
    let result = try Self.edit(text) {
      $0.put(
        ManifestModel(hash: hash, filename: "b", size: nil, relativePath: nil, category: nil))
    }
    #expect(
      result
        == text.replacing(" } }", with: " }, \"\(Self.other)\" = { filename = \"b\" } }"))
  }

  @Test("a source that stands twice counts once")
  func readsSourcesOnce() throws {
    let text =
      "[[tool.comfydock.workflows.w.models]]\nfilename = \"a\"\nsources = [\"u\", \"v\", \"u\"]\n"
    let manifest = try Manifest(parsing: Array(text.utf8), path: "p")
    #expect(manifest.workflow(named: "w")?.models.first?.sources == ["u", "v"])
  }

  @Test func addsReferencesThatAreTablesOfTheirOwn() throws {
    let node = """
      [[tool.comfydock.workflows.w.models.nodes]]
      node_id = "1"
      node_type = "CheckpointLoaderSimple"
      widget_idx = 0
      widget_value = "m.safetensors"

      """
    let entry = "[[tool.comfydock.workflows.w.models]]\nfilename = \"m.safetensors\"\n"
    let more = "[z]\n"
    let result = try Self.edit(entry + node + more) {
      $0.put(
        ManifestWorkflowModel(
          filename: "m.safetensors", category: nil, criticality: .required, status: .unresolved,
          nodes: [Self.key("2")]), in: "w")
    }
    #expect(result == entry + node + "\n" + node.replacing("\"1\"", with: "\"2\"") + more)
  }

  @Test func writesTheHashBesideTheStatus() throws {
    let text =
      "[tool.comfydock.workflows.w]\n\n"
      + Self.entry("tool.comfydock.workflows.w.models", "3")
      .replacing("status = \"unresolved\"", with: "status = \"unresolved\"   # soon")
      .replacing("sources", with: "note = 5 # mine\nsources")
    let hash = try #require(ModelHash(Self.hash))
    let result = try Self.edit(text) {
      try $0.setHash(hash, for: .reference(Self.key("3")), in: "w", expecting: .none)
    }
    #expect(
      result
        == text.replacing(
          "status = \"unresolved\"   # soon",
          with: "status = \"resolved\"   # soon\nhash = \"\(Self.hash)\""))
    #expect(
      try Self.edit(result) { try $0.setHash(hash, for: .filename("m.safetensors"), in: "w") }
        == result)
    let selection = ModelSelection.filename("m.safetensors")
    #expect(
      throws: ManifestError.stale(
        workflow: "w", selection: selection, expected: nil, found: hash)
    ) {
      try Self.edit(result) {
        try $0.setHash(hash, for: .filename("m.safetensors"), in: "w", expecting: .none)
      }
    }
    #expect(
      throws: ManifestError.stale(
        workflow: "w", selection: selection, expected: ModelHash(Self.other), found: hash)
    ) {
      try Self.edit(result) {
        try $0.dropModel(
          .filename("m.safetensors"), in: "w",
          expecting: .hash(try #require(ModelHash(Self.other))))
      }
    }
  }

  @Test func aRemovedSectionTakesItsOwnCommentOnly() throws {
    func section(_ name: String) -> String {
      "# about \(name)\n[[tool.comfydock.workflows.w.models]]\nfilename = \"\(name)\" # \(name)\n"
        + "# end of \(name)\n\n"
    }
    let head = "[tool.comfydock.workflows.w]\n\n# floating\n\n"
    let tail = "# about x\n[x]\n"
    let all = head + section("a") + section("b") + section("c") + tail
    for gone in ["a", "b", "c"] {
      let result = try Self.edit(all) { try $0.dropModel(.filename(gone), in: "w") }
      let kept = ["a", "b", "c"].filter { $0 != gone }.map(section).joined()
      #expect(result == head + kept + tail)
    }
    let atEnd = head + section("a") + section("b").dropLastLineEnd.dropLastLineEnd
    let result = try Self.edit(atEnd) { try $0.dropModel(.filename("b"), in: "w") }
    #expect(result == head + section("a").dropLastLineEnd.dropLastLineEnd)
  }

  @Test(arguments: [
    (
      "[{filename = \"a\"}, {filename = \"b\"}, {filename = \"c\"}]", "b",
      "[{filename = \"a\"}, {filename = \"c\"}]"
    ),
    ("[{filename = \"a\"}, {filename = \"b\"}]", "a", "[{filename = \"b\"}]"),
    ("[{filename = \"a\"}, {filename = \"b\"}]", "b", "[{filename = \"a\"}]"),
    ("[{filename = \"a\"}, {filename = \"b\"},]", "b", "[{filename = \"a\"},]"),
    ("[{filename = \"a\"}]", "a", "[]"),
    (
      "[\n  # about a\n  {filename = \"a\"}, # a\n  # about b\n  {filename = \"b\"}, # b\n  # end\n]",
      "a", "[\n  # about b\n  {filename = \"b\"}, # b\n  # end\n]"
    ),
    (
      "[\n  # about a\n  {filename = \"a\"}, # a\n  # about b\n  {filename = \"b\"} # b\n]",
      "b", "[\n  # about a\n  {filename = \"a\"} # a\n]"
    ),
    ("[{filename = \"a\"}, # a\n {filename = \"b\"}]", "b", "[{filename = \"a\"} # a\n ]"),
    (
      "[{filename = \"a\"}, # a\n # about b\n {filename = \"b\"}]", "a",
      "[\n # about b\n {filename = \"b\"}]"
    ),
  ])
  func removesFromArraysInBrackets(given: String, gone: String, expected: String) throws {
    let head = "[tool.comfydock.workflows.w]\nmodels = "
    let result = try Self.edit(head + given + "\n") { try $0.dropModel(.filename(gone), in: "w") }
    #expect(result == head + expected + "\n")
  }

  @Test(arguments: [
    ("[tool.comfydock.models]\n", "\"NEW\" = { filename = \"n\", size = 7 }\n"),
    (
      "[tool.comfydock.models]\n'OLD' = {filename='o',size=1} # o\n",
      "'NEW' = {filename='n', size=7}\n"
    ),
    (
      "[tool.comfydock.models.\"OLD\"]\nfilename = \"o\"\n",
      "\n[tool.comfydock.models.\"NEW\"]\nfilename = \"n\"\nsize = 7\n"
    ),
    ("", "[tool.comfydock.models]\n\"NEW\" = { filename = \"n\", size = 7 }\n"),
    (
      "[tool.comfydock.workflows.w]\n",
      "\n[tool.comfydock.models]\n\"NEW\" = { filename = \"n\", size = 7 }\n"
    ),
  ])
  func addsRows(given: String, added: String) throws {
    let text = given.replacing("OLD", with: Self.other)
    let row = ManifestModel(
      hash: try #require(ModelHash(Self.hash)), filename: "n", size: 7, relativePath: nil,
      category: nil)
    let result = try Self.edit(text) { $0.put(row) }
    #expect(result == text + added.replacing("NEW", with: Self.hash))
    #expect(try Self.edit(result) { $0.put(row) } == result)
    let back = try Self.edit(result) { $0.removeModel(withHash: row.hash) }
    #expect(back == text || given.isEmpty || given.contains("workflows"))
  }

  @Test func anotherValueInThePlaceTakesTheEntrysPlace() throws {
    let text =
      Self.entry("tool.comfydock.workflows.w.models", "3")
      + "\n" + Self.entry("tool.comfydock.workflows.w.models", "4", "z")
    let result = try Self.edit(text) { $0.put(Self.intent("3", "n"), in: "w") }
    #expect(
      result == Self.entry("tool.comfydock.workflows.w.models", "3", "n")
        + "\n" + Self.entry("tool.comfydock.workflows.w.models", "4", "z"))
    let moved = try Self.edit(text) { $0.put(Self.intent("3", "z"), in: "w") }
    let manifest = try Manifest(parsing: Array(moved.utf8), path: "p")
    #expect(
      manifest.workflow(named: "w")?.models.map(\.nodes) == [
        [Self.key("4", "z"), Self.key("3", "z")]
      ])
    let shared = try Self.edit(text) {
      $0.put(Self.intent("3", "n"), in: "w", sharing: [Self.key("3", "n")])
    }
    #expect(shared == text + "\n" + Self.entry("tool.comfydock.workflows.w.models", "3", "n"))
    #expect(try Self.edit(text) { $0.put(Self.intent("3"), in: "w") } == text)
  }

  private static func put(
    _ entries: (id: String, target: String?, category: String?, hash: String?)...
  ) throws -> [ManifestWorkflowModel] {
    var manifest = try Manifest(parsing: [], path: "p")
    for given in entries {
      var entry = intent(given.id)
      entry.relativePath = given.target.flatMap { try? RelativePath($0) }
      entry.category = given.category.map { Category($0) }
      entry.hash = given.hash.flatMap { ModelHash($0) }
      if entry.hash != nil { entry.status = .resolved }
      manifest.put(entry, in: "w")
    }
    let text = try manifest.rendered()
    return try Manifest(parsing: text, path: "p").workflow(named: "w")?.models ?? []
  }

  @Test("one URL with two targets is two entries; with one target, one entry with two nodes")
  func sameFileMeansSameTarget() throws {
    let apart = try Self.put(
      ("1", "checkpoints/m.safetensors", "checkpoints", nil),
      ("2", "diffusion_models/m.safetensors", "diffusion_models", nil))
    #expect(
      apart.map(\.relativePath?.string) == [
        "checkpoints/m.safetensors", "diffusion_models/m.safetensors",
      ])
    #expect(apart.map { $0.nodes.map(\.nodeID) } == [["1"], ["2"]])
    #expect(apart.map(\.category?.name) == ["checkpoints", "diffusion_models"])
    let together = try Self.put(
      ("1", "checkpoints/m.safetensors", "checkpoints", nil),
      ("2", "checkpoints/m.safetensors", "checkpoints", nil))
    #expect(together.map { $0.nodes.map(\.nodeID) } == [["1", "2"]])
  }

  @Test("without a target the category tells one file from another")
  func sameFileWithoutATarget() throws {
    let kept = try Self.put(
      ("1", nil, "checkpoints", nil), ("2", nil, "checkpoints", nil), ("3", nil, "loras", nil))
    #expect(kept.map { $0.nodes.map(\.nodeID) } == [["1", "2"], ["3"]])
    let later = try Self.put(
      ("1", nil, nil, nil), ("2", "checkpoints/m.safetensors", "checkpoints", nil))
    #expect(later.map { $0.nodes.map(\.nodeID) } == [["1", "2"]])
    #expect(later.map(\.relativePath?.string) == ["checkpoints/m.safetensors"])
  }

  @Test("one hash at two targets is two entries; where a target is not given, one")
  func sameHashMeansSameTarget() throws {
    let apart = try Self.put(
      ("1", "checkpoints/m.safetensors", "checkpoints", Self.hash),
      ("2", "loras/m.safetensors", "loras", Self.hash))
    #expect(apart.map { $0.nodes.map(\.nodeID) } == [["1"], ["2"]])
    let together = try Self.put(
      ("1", "checkpoints/m.safetensors", "checkpoints", Self.hash),
      ("2", nil, "checkpoints", Self.hash))
    #expect(together.map { $0.nodes.map(\.nodeID) } == [["1", "2"]])
    let others = try Self.put(
      ("1", "checkpoints/m.safetensors", "checkpoints", Self.hash),
      ("2", "checkpoints/m.safetensors", "checkpoints", Self.other))
    #expect(others.map { $0.nodes.map(\.nodeID) } == [["1"], ["2"]])
  }

  @Test func oneUnreadableEntryIsReportedAndKept() throws {
    let text = """
      [tool.comfydock.workflows.w]
      models = [5, {filename = "a", status = "odd", hash = "xyz"}, {nodes = 3}]
      [tool.comfydock.workflows]
      v = 1
      [tool.comfydock.models]
      short = { filename = "s" }
      0123456789abcdef = { filename = "t", size = "big" }

      """
    let manifest = try Manifest(parsing: Array(text.utf8), path: "p")
    #expect(manifest.workflow(named: "w")?.models.map(\.filename) == ["a"])
    #expect(manifest.models.map(\.hash.hex) == ["0123456789abcdef"])
    #expect(
      manifest.issues.map { "\($0.line) \($0.key)" } == [
        "2 tool.comfydock.workflows.w.models[0]",
        "2 tool.comfydock.workflows.w.models[1].status",
        "2 tool.comfydock.workflows.w.models[1].hash",
        "2 tool.comfydock.workflows.w.models[2].filename",
        "2 tool.comfydock.workflows.w.models[2].nodes",
        "4 tool.comfydock.workflows.v",
        "6 tool.comfydock.models.short",
        "7 tool.comfydock.models.0123456789abcdef.size",
      ])
    let result = try Self.edit(text) { try $0.dropModel(.filename("a"), in: "w") }
    #expect(
      result == text.replacing("{filename = \"a\", status = \"odd\", hash = \"xyz\"}, ", with: ""))
  }

  @Test func everyFieldOfAWrongTypeIsNamed() throws {
    let text = """
      [[tool.comfydock.workflows.w.models]]
      filename = 1
      category = 2
      criticality = 3
      status = 4
      hash = 5
      sources = [6, 6]
      relative_path = "../x"
      nodes = [7, {node_id = 1, node_type = "T", widget_idx = 0, widget_value = "v/a.pt"}]
      [[tool.comfydock.workflows.w.models]]
      sources = 8
      relative_path = "loras/b.pt"
      [tool.comfydock.models.0123456789abcdef]
      filename = 1
      category = 2
      sources = 3
      relative_path = "loras/c.pt"
      [tool.comfydock.models.1123456789abcdef]
      relative_path = "/d.pt"

      """
    let manifest = try Manifest(parsing: Array(text.utf8), path: "p")
    #expect(manifest.workflow(named: "w")?.models.map(\.filename) == ["a.pt", "b.pt"])
    #expect(manifest.models.map(\.filename) == ["c.pt"])
    let entry = "tool.comfydock.workflows.w.models[0]"
    let rows = "tool.comfydock.models"
    let wrong = ["filename", "category", "criticality", "status", "hash", "sources"]
    #expect(
      manifest.issues
        == zip(wrong, 2...).map {
          ManifestIssue(key: "\(entry).\($0)", line: $1, problem: .wrongType)
        } + [
          ManifestIssue(key: "\(entry).relative_path", line: 8, problem: .invalid("../x")),
          ManifestIssue(key: "\(entry).nodes[0]", line: 9, problem: .wrongType),
          ManifestIssue(
            key: "tool.comfydock.workflows.w.models[1].sources", line: 11, problem: .wrongType),
          ManifestIssue(key: "\(rows).0123456789abcdef.filename", line: 14, problem: .wrongType),
          ManifestIssue(key: "\(rows).0123456789abcdef.category", line: 15, problem: .wrongType),
          ManifestIssue(key: "\(rows).0123456789abcdef.sources", line: 16, problem: .wrongType),
          ManifestIssue(key: "\(rows).1123456789abcdef.filename", line: 18, problem: .missing),
          ManifestIssue(
            key: "\(rows).1123456789abcdef.relative_path", line: 19, problem: .invalid("/d.pt")),
        ])
  }

  @Test(arguments: [
    ("tool = 1\n", 1, "tool"), ("[tool]\ncomfydock = []\n", 2, "tool.comfydock"),
    ("[tool.comfydock]\nworkflows = 3\n", 2, "tool.comfydock.workflows"),
    ("[tool.comfydock.workflows.w]\nmodels = {}\n", 2, "tool.comfydock.workflows.w.models"),
  ])
  func refusesToBuildOnWhatIsNoTable(text: String, at line: Int, key: String) throws {
    let error = #expect(throws: ManifestError.self) {
      try Self.edit(text) { $0.put(Self.intent("3"), in: "w") }
    }
    guard case .structure(_, let found, let name) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found == line && name == key)
  }
}

extension StringProtocol {
  /// The text without one last line end.
  var dropLastLineEnd: String {
    var scalars = String.UnicodeScalarView(unicodeScalars)
    if scalars.last == "\n" { scalars.removeLast() }
    if scalars.last == "\r" { scalars.removeLast() }
    return String(scalars)
  }
}
