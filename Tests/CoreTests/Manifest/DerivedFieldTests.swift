import SystemPackage
import Testing

@testable import ComfyCore

/// Entries that lack fields, or whose fields can't be read: what stands for them on reading must
/// not become another value by an edit of something else.
@Suite("Fields that an entry lacks")
struct DerivedFieldTests {
  private static let header = "[[tool.comfydock.workflows.w.models]]\n"
  private static let node =
    ##"{node_id = "3", node_type = "T", widget_idx = 0, widget_value = "a"}"##
  private static let key = ReferenceKey(
    nodeID: "3", nodeType: "T", place: .widget(0), widgetValue: "a")

  /// What is there of the entry for `key`, beside its nodes.
  private static let fields = [
    "filename = 'a'\n", "filename = 'a'\ncategory = 3\n", "relative_path = 'checkpoints/a'\n",
    "filename = 'a'\nrelative_path = 'vae/sub/a'\nstatus = 'unresolved'\n",
    "filename = 'a'\ncategory = 'loras'\ncriticality = 'perhaps'\n", "filename = ''\n",
    "filename = 'a'\nrelative_path = '../a'\n", "filename = 'a'\nhash = 'short'\nstatus = 1\n",
    "filename = 'a'\nsources = 'https://e/a'\n", "",
  ]

  private func manifest(_ text: String) throws -> Manifest {
    try Manifest(parsing: Array(text.utf8), path: "p")
  }

  /// The answers that commands give for the reference.
  private static let answers = ["", "loras", "checkpoints", "upscale_models/deep"].flatMap {
    folder -> [ManifestWorkflowModel] in
    ["a", "b"].map { name in
      ManifestWorkflowModel(
        filename: name, category: folder.isEmpty ? nil : Category("vae"), criticality: .required,
        status: .unresolved, sources: ["https://e/\(name)"],
        relativePath: folder.isEmpty ? nil : try? RelativePath("\(folder)/\(name)"),
        nodes: [key])
    }
  }

  @Test("an answer is written beside them", arguments: fields, answers)
  func answer(fields: String, answer: ManifestWorkflowModel) throws {
    let text = Self.header + fields + "own = 7\nnodes = [\(Self.node)]\n"
    var edited = try manifest(text)
    edited.put(answer, in: "w")
    let meant = edited.workflow(named: "w")?.models
    let read = try manifest(String(decoding: edited.rendered(), as: UTF8.self))
    #expect(read.workflow(named: "w")?.models == meant)
    #expect(meant?.first?.sources.contains("https://e/\(answer.filename)") == true)
    #expect(try String(decoding: read.rendered(), as: UTF8.self).contains("\nown = 7\n"))
  }

  @Test("what still reads the same stays unwritten")
  func unwritten() throws {
    let text = Self.header + "filename = 'a'\nrelative_path = 'vae/a'\nnodes = [\(Self.node)]\n"
    var edited = try manifest(text)
    let hash = try #require(ModelHash(String(repeating: "ab", count: 32)))
    try edited.setHash(hash, for: .reference(Self.key), in: "w")
    let written = try String(decoding: edited.rendered(), as: UTF8.self)
    #expect(!written.contains("category") && !written.contains("criticality"))
  }

  @Test("a row without a name keeps the one that its path gave")
  func row() throws {
    let hash = String(repeating: "ab", count: 32)
    let row = "[tool.comfydock.models.\(hash)]\nrelative_path = 'vae/a'\n"
    var edited = try manifest(row)
    edited.put(
      ManifestModel(
        hash: try #require(ModelHash(hash)), filename: "a", size: 1,
        relativePath: try RelativePath("vae/b"), category: nil))
    let read = try manifest(String(decoding: edited.rendered(), as: UTF8.self))
    #expect(read.models == edited.models)
  }

  @Test("sources that are tables are no place for a URL")
  func sourcesOfTables() throws {
    let text =
      Self.header + "nodes = [\(Self.node)]\n"
      + "[[tool.comfydock.workflows.w.models.sources]]\nurl = 'https://e/a'\n"
    var edited = try manifest(text)
    edited.put(try #require(Self.answers.last), in: "w")
    #expect(throws: ManifestError.structure(path: "p", line: 3, key: "sources")) {
      try edited.rendered()
    }
  }

  @Test(
    "a workflow that is no table is named with its line",
    arguments: ["[W]\nw = 'x'\n", "[W]\nw = []\n", "[S]\n[[W.w]]\n", "[S]\nworkflows = {w = 1}\n"])
  func workflow(text: String) throws {
    let text = text.replacing("W", with: "tool.comfydock.workflows")
      .replacing("S", with: "tool.comfydock")
    var edited = try manifest(text)
    edited.put(try #require(Self.answers.last), in: "w")
    let key = "tool.comfydock.workflows.w"
    #expect(throws: ManifestError.structure(path: "p", line: 2, key: key)) { try edited.rendered() }
  }
}
