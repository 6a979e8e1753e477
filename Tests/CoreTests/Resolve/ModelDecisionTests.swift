import SystemPackage
import Testing

@testable import ComfyCore

@Suite("A decision about a model") struct ModelDecisionTests {
  @Test("how much an entry is needed changes nothing about another entry of the same file")
  func criticalityOfOne() throws {
    let hash = String(repeating: "ab", count: 32)
    let entries = ["a", "b"].map { name in
      """
      # about \(name)
      [[tool.comfydock.workflows.w.models]]
      filename = "\(name).pt"
      category = "vae"
      criticality = "required"
      status = "resolved"
      hash = "\(hash)"
      nodes = [{node_id = "\(name)", node_type = "VAELoader", widget_idx = 0, widget_value = "\(name).pt"}]

      """
    }
    let text = entries.joined()
    var manifest = try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
    let key = ReferenceKey(
      nodeID: "b", nodeType: "VAELoader", place: .widget(0), widgetValue: "b.pt")
    try manifest.apply(
      ModelDecision(
        workflow: "w", references: [key], filename: "b.pt", category: Category("vae"),
        answer: .setCriticality(.optional)))
    let after = String(decoding: try manifest.rendered(), as: UTF8.self)
    #expect(after == entries[0] + entries[1].replacing("\"required\"", with: "\"optional\""))
  }
}
