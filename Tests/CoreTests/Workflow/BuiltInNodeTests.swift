import ComfyCore
import Testing

@Suite struct BuiltInNodeTests {
  @Test(
    arguments: [
      "APG", "KSampler", "Epsilon Scaling", "MarkdownNote", "Note", "PrimitiveNode", "Reroute",
      "StringContains", "ByteDanceImageNode", "SaveImageWebsocket",
    ])
  func knows(nodeType: String) {
    #expect(BuiltInNodes.standard.contains(nodeType))
  }

  @Test(arguments: ["SetNode", "GetNode", "Label (rgthree)", "Primitive", "", "ClipLoader"])
  func doesNotKnow(nodeType: String) {
    #expect(!BuiltInNodes.standard.contains(nodeType))
  }

  @Test func otherTypesAreAdded() throws {
    let workflow = Array(#"{"nodes":[{"id":1,"type":"NextYears"},{"id":2,"type":"Mine"}]}"#.utf8)
    let reader = WorkflowReader(builtInNodes: .standard.adding(["NextYears"]))
    #expect(try reader.read(workflow).nodeTypes.map(\.origin) == [.builtIn, .custom])
    #expect(try WorkflowReader().read(workflow).nodeTypes.map(\.origin) == [.custom, .custom])
  }

  /// A group is the workflow's own; the types inside it are what packages bring.
  @Test func groupNodes() throws {
    let workflow = """
      {"nodes":[{"id":4,"type":"workflow>G"},{"id":5,"type":"workflow/gone"}],
      "extra":{"groupNodes":{"G":{"nodes":[{"type":"VAELoader","index":0},
      {"type":"Blur","properties":{"aux_id":"a/b"}},{"type":"workflow>G"}]}}}}
      """
    let types = try WorkflowReader().read(Array(workflow.utf8)).nodeTypes
    #expect(types.map(\.nodeType) == ["VAELoader", "Blur"])
    #expect(types.map(\.nodeIDs) == [["4:0"], ["4:1"]])
    #expect(types.map(\.repositoryID) == [nil, "a/b"])
  }
}
