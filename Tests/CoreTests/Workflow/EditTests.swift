import ComfyCore
import SystemPackage
import Testing

@Suite struct EditTests {
  private func fixture(_ name: String) throws -> [UInt8] {
    try FileManifest.bytes(of: FixtureTests.folder.appending(name))
  }

  private func key(
    _ id: String, _ type: String, _ place: WidgetPlace, _ value: String
  ) -> ReferenceKey {
    ReferenceKey(nodeID: id, nodeType: type, place: place, widgetValue: value)
  }

  /// Replacing a value and putting the old one back gives the file as it was, for every reference
  /// that can be edited at all.
  @Test(arguments: [
    "loaders.json", "stacks.json", "links.json", "subgraphs.json", "group_nodes.json", "api.json",
    "wrapped_prompt.json", "texts.json", "entries.json",
  ])
  func thereAndBack(name: String) throws {
    let reader = WorkflowReader()
    let bytes = try fixture(name)
    let new = "ne w\\é\u{1}.safetensors"
    var edited = 0
    for reference in try reader.read(bytes).references {
      let result = Result { () throws(WorkflowEditError) in
        try reader.replacingValue(of: reference.key, with: new, in: bytes)
      }
      guard case .success(let changed) = result else { continue }
      edited += 1
      let values = try reader.read(changed).references.map(\.widgetValue)
      #expect(values.contains(new), "\(reference.key)")
      var back = reference.key
      back.widgetValue = new
      #expect(
        try reader.replacingValue(of: back, with: reference.widgetValue, in: changed) == bytes)
    }
    #expect(edited > 0)
  }

  @Test func onlyTheStringChanges() throws {
    let text = "\u{FEFF}{\"nodes\":[\r\n\t{\"type\":\"VAELoader\",\"id\":1,"
    let bytes = Array((text + "\"widgets_values\":[ \"\\u00e9.pt\" , 7]}]}\r\n").utf8)
    let changed = try WorkflowReader().replacingValue(
      of: key("1", "VAELoader", .widget(0), "é.pt"), with: "b.pt", in: bytes)
    #expect(
      String(decoding: changed, as: UTF8.self)
        == text + "\"widgets_values\":[ \"b.pt\" , 7]}]}\r\n")
  }

  @Test func refusals() throws {
    let reader = WorkflowReader()
    let unet = { key($0, "UNETLoader", .widget(0), $1) }
    let loader = "CheckpointLoaderSimple"
    let cases: [(String, ReferenceKey, WorkflowEditError)] = [
      ("text.png", unet("1", "x"), .notJSON(.png)), ("exif.webp", unet("1", "x"), .notJSON(.webp)),
      (
        "links.json", key("3", loader, .widget(0), "from_primitive.safetensors"),
        .suppliedByLink(from: "1")
      ),
      (
        "api.json", key("3", loader, .input("ckpt_name"), "base.safetensors"),
        .suppliedByLink(from: "7")
      ),
      (
        "texts.json", key("1", "CLIPTextEncode", .widget(0), "embedding:Bad"), .insideText
      ),
      (
        "subgraphs.json", unet("11:1", "default.safetensors"),
        .shared(nodeIDs: ["11:1", "15:1", "16:1"])
      ),
      ("loaders.json", unet("1", "x"), .unknownReference(unet("1", "x"))),
      ("not_a_workflow_list.json", unet("1", "x"), .unreadable(.notAWorkflow)),
    ]
    for (name, key, error) in cases {
      let bytes = try fixture(name)
      #expect(throws: error, "\(name)") {
        try reader.replacingValue(of: key, with: "n.pt", in: bytes)
      }
    }
  }
}
