import Testing

@testable import ComfyCore

/// What ends a text without a last line end goes, and lines come where it stood.
@Suite("The end of a text without a last line end")
struct ManifestTextEndTests {
  private static let header = "[tool.comfydock.workflows.w]"
  private static let entries = "tool.comfydock.workflows.w.models"

  /// A workflow without fields, with one entry.
  private static let text = header + "\n\n" + ManifestEditTests.entry(entries, "1").dropLastLineEnd

  @Test("a field comes into the header that stays", arguments: ["\n", "\r\n"])
  func field(end: String) throws {
    let result = try ManifestEditTests.edit(Self.text.replacing("\n", with: end)) {
      $0.ensureWorkflow("w", path: "w.json")
      _ = try $0.dropModel(.reference(ManifestEditTests.key("1")), in: "w")
    }
    #expect(result.utf8.elementsEqual((Self.header + end + "path = \"w.json\"").utf8))
  }

  @Test("a new section comes behind that field")
  func fieldAndSection() throws {
    let result = try ManifestEditTests.edit(Self.text) {
      _ = try $0.dropModel(.reference(ManifestEditTests.key("1")), in: "w")
      $0.ensureWorkflow("w", path: "w.json")
      $0.ensureWorkflow("v", path: "v.json")
    }
    #expect(
      result == Self.header + "\npath = \"w.json\"\n\n[tool.comfydock.workflows.v]\n"
        + "path = \"v.json\"")
  }

  @Test("a field comes into an entry whose last line goes")
  func lastLine() throws {
    let kept = """
      [[\(Self.entries)]]
      nodes = [{node_id = '1', node_type = 'T', widget_idx = 0, widget_value = 'm'}]
      filename = 'm'
      criticality = 'flexible'
      status = 'unresolved'
      """
    let result = try ManifestEditTests.edit(kept + "\nrelative_path = 'm'") {
      let node = ReferenceKey(nodeID: "1", nodeType: "T", place: .widget(0), widgetValue: "m")
      $0.put(
        ManifestWorkflowModel(
          filename: "m", category: nil, criticality: .flexible, status: .unresolved,
          sources: ["u"], relativePath: nil, nodes: [node]),
        in: "w")
    }
    #expect(result == kept + "\nsources = ['u']")
  }
}
