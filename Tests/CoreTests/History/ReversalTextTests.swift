import SystemPackage
import Testing

@testable import ComfyCore

/// What taking a decision back makes of the text.
@Suite("Taking a decision back, the text")
struct ReversalTextTests {
  private static let hash = String(repeating: "ab", count: 32)
  private static let header = "tool.comfydock.workflows.w.models"

  /// An entry with all that comfy does not know: keys, a sub-table, comments.
  private static func entry(_ id: String, _ name: String) -> String {
    """
    # about \(name)
    [[\(header)]] # head of \(name)
    filename = '\(name)'  # name
    # why
    criticality="flexible" # needed?
    note = "precious \(name)"
    status = "unresolved"
    sources = [ # all
      "https://e/\(name)", # slow
    ]
    nodes = [{ own = 7, node_id = "\(id)", node_type = "T", widget_idx = 0, widget_value = '\(name)' }]
    added = 1979-05-27T07:32:00Z

    [\(header).meta]
    stars = 4.50

    """
  }

  private static let text = """
    # mine
    [project]
    name = "x"

    [tool.comfydock.models]
    "\(String(repeating: "cd", count: 32))" = { filename = "r", own = { deep = true } } # row

    [tool.comfydock.workflows.w] # flow
    path = "w.json"

    \(entry("1", "a"))
    \(entry("2", "b"))
    \(entry("3", "c"))
    # trailing
    [tool.other]
    x = [ 1,2 ]

    """

  /// The same entries in braces.
  private static let inline: String = {
    func entry(_ id: String, _ name: String) -> String {
      "{ filename = '\(name)', note = 'precious \(name)', status=\"unresolved\", nodes = [{own = 7, "
        + "node_id = \"\(id)\", node_type = \"T\", widget_idx = 0, widget_value = \"\(name)\"}] }"
    }
    return "[tool.comfydock]\nworkflows.w.path = 'w.json' # flow\nworkflows.w.models = ["
      + "\(entry("1", "a")), \(entry("2", "b")),\(entry("3", "c"))] # all\n"
  }()

  private static func key(_ id: String, _ name: String) -> ReferenceKey {
    ReferenceKey(nodeID: id, nodeType: "T", place: .widget(0), widgetValue: name)
  }

  private static func answer(_ id: String, _ name: String) -> ManifestWorkflowModel {
    ManifestWorkflowModel(
      filename: name, category: Category("loras"), criticality: .required, status: .unresolved,
      sources: ["https://e/new/\(name)"], relativePath: try? RelativePath("loras/\(name)"),
      nodes: [key(id, name)])
  }

  /// A decision about the entry of a name.
  enum Decision: CaseIterable {
    case criticality, hash, answer, otherAnswer, drop, new, newWorkflow, path, split

    func make(_ id: String, _ name: String, in manifest: inout Manifest) throws {
      let selection = ModelSelection.filename(name)
      switch self {
      case .criticality: try manifest.setCriticality(.optional, for: selection, in: "w")
      case .hash:
        let hash = try #require(ModelHash(ReversalTextTests.hash))
        manifest.put(
          ManifestModel(
            hash: hash, filename: name, size: 1, relativePath: nil, category: Category("loras")))
        try manifest.setHash(hash, for: selection, in: "w")
      case .answer: manifest.put(ReversalTextTests.answer(id, name), in: "w")
      case .otherAnswer: manifest.put(ReversalTextTests.answer(id, "z"), in: "w")
      case .drop: try manifest.dropModel(selection, in: "w")
      case .new: manifest.put(ReversalTextTests.answer("9", "n"), in: "w")
      case .newWorkflow:
        manifest.ensureWorkflow("v", path: "v.json")
        manifest.put(ReversalTextTests.answer("9", "n"), in: "v")
      case .path:
        manifest.ensureWorkflow("w", path: "elsewhere.json")
        manifest.put(ReversalTextTests.answer(id, name), in: "w")
      case .split:
        try manifest.dropModel(selection, in: "w")
        manifest.put(ReversalTextTests.answer("8", name), in: "w")
      }
    }
  }

  private static func read(_ text: String) throws -> Manifest {
    try Manifest(parsing: Array(text.utf8), path: "p")
  }

  private static func decided(
    _ decision: Decision, _ id: String, _ name: String, _ text: String
  ) throws -> String {
    var manifest = try read(text)
    try decision.make(id, name, in: &manifest)
    return String(decoding: try manifest.rendered(), as: UTF8.self)
  }

  private static func undone(
    _ before: String, _ after: String, _ current: String
  ) throws -> String {
    var manifest = try read(current)
    try Reversal(before: read(before), after: read(after)).apply(to: &manifest)
    return String(decoding: try manifest.rendered(), as: UTF8.self)
  }

  private static let models = [("1", "a"), ("2", "b"), ("3", "c")]

  @Test(
    "right after a decision, every byte is as it was", arguments: Decision.allCases,
    [text, inline, text.replacing("\n", with: "\r\n"), String(text.dropLast())])
  func rightAfter(decision: Decision, text: String) throws {
    for (id, name) in Self.models {
      let after = try Self.decided(decision, id, name, text)
      #expect(after != text)
      #expect(try Self.undone(text, after, after) == text, "\(name)")
    }
  }

  @Test(
    "after other decisions and edits by hand, they and nothing else are there besides",
    arguments: Decision.allCases, [text, inline])
  func later(decision: Decision, text: String) throws {
    for (id, name) in Self.models {
      let others = Self.models.filter { $0.0 != id }
      func more(_ text: String) throws -> String {
        var result = text
        for (number, other) in others.enumerated() {
          let later: Decision = number == 0 ? .criticality : .hash
          result = try Self.decided(later, other.0, other.1, result)
        }
        return "# later\n" + result + "\n[later]\ny = 1\n"
      }
      let after = try Self.decided(decision, id, name, text)
      #expect(try Self.undone(text, after, more(after)) == more(text), "\(name)")
    }
  }

  @Test(
    "an entry that was changed since by hand is refused",
    arguments: Decision.allCases.filter { $0 != .drop }, ["note = \"more\"\n", "other = 1\n"])
  func changedByHand(decision: Decision, line: String) throws {
    let after = try Self.decided(decision, "2", "b", Self.text)
    let name: String
    switch decision {
    case .otherAnswer: name = "z"
    case .new, .newWorkflow: name = "n"
    default: name = "b"
    }
    let place = try #require(
      after.ranges(of: "filename = '\(name)'").first ?? after.ranges(of: "filename = \"\(name)\"")
        .first
        ?? after.ranges(of: "filename = '\(name)'  # name").first)
    var now = after
    now.insert(contentsOf: line == "other = 1\n" ? line : "other = 2\n", at: place.lowerBound)
    #expect(throws: Reversal.Conflict.self) { try Self.undone(Self.text, after, now) }
  }

  @Test("what was changed by hand and went into the same commit stays")
  func byHandBefore() throws {
    let edited = Self.text.replacing(
      "note = \"precious b\"", with: "# said\nnote = \"other b\"\nmore = 1"
    )
    .replacing("# mine", with: "# yours")
    for decision in [Decision.criticality, .hash, .answer] {
      let after = try Self.decided(decision, "2", "b", edited)
      let undone = try Self.undone(Self.text, after, after)
      // A source that has to be written again is so in the quotes of its entry.
      #expect(undone.replacing("'https://e/b'", with: "\"https://e/b\"") == edited, "\(decision)")
    }
  }

  @Test(
    "right after something was dropped, every byte comes back",
    arguments: [
      "[tool.comfydock.workflows.w]\npath = \"w.json\"\nnote = \"mine\"\n\n[tool.comfydock.workflows.w.mine] # x\na = 1\n",
      "[tool.comfygit.workflows.w]\npath = \"w.json\" # only\n[[tool.comfygit.workflows.w.models]]\nfilename = \"a.pt\"\nstatus = \"unresolved\"\nnodes = []\n",
    ])
  func dropped(text: String) throws {
    var left = try Self.read(text)
    try left.dropWorkflow("w")
    let after = String(decoding: try left.rendered(), as: UTF8.self)
    #expect(try Self.undone(text, after, after) == text)
  }

  @Test("a workflow that the decision made stays while something else is in it")
  func workflow() throws {
    let after = try Self.decided(.newWorkflow, "", "", Self.text)
    let more = after + "\n[tool.comfydock.workflows.v.mine]\nx = 1\n"
    let undone = try Self.read(Self.undone(Self.text, after, more))
    #expect(undone.workflow(named: "v")?.models == [])
    #expect(undone.workflow(named: "v")?.path == "v.json")
  }
}
