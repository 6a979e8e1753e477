import Testing

@testable import ComfyCore

@Suite struct EmbedTests {
  private let reader = WorkflowReader()
  private static let hash = SHA256Hash(String(repeating: "ab", count: 32))
  private let model = EmbeddedModel(
    name: "style.pt", url: "https://example.com/style.pt", directory: "loras", sha256: hash)

  private func node(_ rest: String) -> String {
    #"{"nodes": [ {"id": 2, "type": "LoraLoaderModelOnly", "widgets_values": ["style.pt", 1]\#(rest)} ], "x" : 1.50}"#
  }

  private func embedded(_ text: String, in id: String = "2") throws -> String {
    String(decoding: try reader.embedding([id: [model]], in: Array(text.utf8)), as: UTF8.self)
  }

  private func stripped(_ text: String, from id: String = "2") throws -> String {
    String(
      decoding: try reader.strippingModels([id: ["style.pt"]], in: Array(text.utf8)),
      as: UTF8.self)
  }

  @Test(
    "what is written is read again, and taken out leaves the file as it was",
    arguments: [
      #", "properties": {"ver": "1"}"#, #", "properties": {"models": [{"name": "b.pt"}]}"#,
      #", "properties": { "models" : [ {"name":"b.pt"} , {"name":"c.pt"} ] , "z":2}"#,
    ])
  func roundTrip(properties: String) throws {
    let text = node(properties)
    let written = try embedded(text)
    let reference = try #require(try reader.read(Array(written.utf8)).references.first)
    #expect(reference.url == model.url)
    #expect(reference.directory == "loras")
    #expect(reference.hash == Self.hash?.hex && reference.hashType == "SHA256")
    #expect(try embedded(written) == written)
    #expect(try stripped(written) == text)
  }

  @Test("an entry by its file name alone stands for no model where two have that name")
  func sameFilename() throws {
    let text =
      #"{"nodes":[{"id":2,"type":"DualCLIPLoader","widgets_values":["a/x.pt","b/x.pt","sdxl"],"#
      + #""properties":{"models":[{"name":"x.pt"}]}}]}"#
    let models = ["a", "b"].map {
      EmbeddedModel(
        name: "\($0)/x.pt", url: "https://example.com/\($0)/x.pt", directory: "text_encoders",
        sha256: nil)
    }
    let written = try reader.embedding(["2": models], in: Array(text.utf8))
    #expect(try reader.read(written).references.map(\.url) == models.map(\.url))
    #expect(String(decoding: written, as: UTF8.self).contains(#"{"name":"x.pt"}"#))
  }

  @Test("a node without properties, or with empty ones, gets them")
  func newProperties() throws {
    for rest in ["", #", "properties": {}"#] {
      let written = try embedded(node(rest))
      #expect(try reader.read(Array(written.utf8)).references.first?.url == model.url)
    }
  }

  @Test("an author's entry keeps what it says; what it leaves open is added")
  func entriesAreCompleted() throws {
    let text = node(
      #", "properties": {"models": [{"name": "style.pt", "url": "https://author.example/s.pt"}]}"#)
    let reference = try #require(
      try reader.read(Array(try embedded(text).utf8)).references.first)
    #expect(reference.url == "https://author.example/s.pt")
    #expect(reference.hash == Self.hash?.hex)
    let hashed = node(#", "properties": {"models": [{"name": "style.pt", "hash": "12"}]}"#)
    #expect(try !embedded(hashed).contains("hash_type"))
  }

  @Test("a node of a definition inside a definition is written")
  func nestedSubgraphs() throws {
    let text =
      #"{"nodes":[{"id":7,"type":"G"}],"definitions":{"subgraphs":[{"id":"G","nodes":[{"id":9,"type":"H"}],"#
      + #""definitions":{"subgraphs":[{"id":"H","nodes":[{"id":2,"type":"LoraLoaderModelOnly","#
      + #""widgets_values":["style.pt",1]}]}]}}]}}"#
    let written = try embedded(text, in: "7:9:2")
    #expect(try reader.read(Array(written.utf8)).references.map(\.url) == [model.url])
  }

  @Test("a picture, video or sound file is named as such", arguments: ["fLaC0000", "0000ftypisom"])
  func media(head: String) {
    let bytes = Array(head.utf8) + [UInt8](repeating: 0, count: 32)
    let kind: WorkflowContainer = head.hasPrefix("fLaC") ? .flac : .mp4
    #expect(throws: MetadataEditError.notJSON(kind)) {
      try reader.embedding(["2": [model]], in: bytes)
    }
    let key = ReferenceKey(
      nodeID: "2", nodeType: "VAELoader", place: .widget(0), widgetValue: "a.pt")
    #expect(throws: WorkflowEditError.notJSON(kind)) {
      try reader.replacingValue(of: key, with: "b.pt", in: bytes)
    }
  }

  @Test("a node of a subgraph is written in the definition, once")
  func subgraphs() throws {
    let text =
      #"{"nodes":[{"id":7,"type":"G"},{"id":8,"type":"G"}],"definitions":{"subgraphs":[{"id":"G","nodes":"#
      + #"[{"id":2,"type":"LoraLoaderModelOnly","widgets_values":["style.pt",1]}]}]}}"#
    let written = try reader.embedding(
      ["7:2": [model], "8:2": [model]], in: Array(text.utf8))
    #expect(String(decoding: written, as: UTF8.self).split(separator: "\"models\"").count == 2)
  }

  @Test("the API format has no place, and an image is not rewritten")
  func refusals() {
    let api = #"{"1":{"class_type":"LoraLoaderModelOnly","inputs":{"lora_name":"style.pt"}}}"#
    #expect(throws: MetadataEditError.noPlace) { try embedded(api, in: "1") }
    #expect(throws: MetadataEditError.notJSON(.png)) {
      try reader.embedding([:], in: PNGText.signature)
    }
  }
}
