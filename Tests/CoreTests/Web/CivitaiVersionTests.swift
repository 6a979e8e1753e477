import Testing

@testable import ComfyCore

@Suite struct CivitaiVersionTests {
  static let sha256 = String(repeating: "AB", count: 32)
  static let reply = """
    {"id": 12, "modelId": 3, "name": "v1", "baseModel": "SDXL", "unknown": [1, {"a": null}],
     "earlyAccessEndsAt": null, "model": {"name": "Ink", "type": "LORA"},
     "files": [
      {"id": 101, "name": "ink.safetensors", "type": "Model", "sizeKB": 2.5, "primary": true,
       "metadata": {"format": "SafeTensor", "size": "full", "fp": "fp16"},
       "hashes": {"SHA256": "\(sha256)", "BLAKE3": "\(sha256)", "AutoV2": "ABABABABAB"},
       "downloadUrl": "https://civitai.com/api/download/models/12?token=planted"},
      {"id": 102, "name": "ink.pt", "type": "Model", "sizeKB": 2,
       "metadata": {"format": "PickleTensor", "size": null, "fp": "fp16"}, "hashes": {}},
      {"id": "x", "name": 5, "sizeKB": -1, "hashes": [], "downloadUrl": "file:///x"}, 7
     ]}
    """

  @Test func repliesAreRead() throws {
    let version = try CivitaiVersion(reply: Array(Self.reply.utf8))
    #expect(version.id == 12)
    #expect(version.modelID == 3)
    #expect(version.modelName == "Ink")
    #expect(version.modelType == "LORA")
    #expect(version.earlyAccessEndsAt == nil)
    #expect(!version.isArchived)
    #expect(version.files.count == 4)
    let file = try #require(version.files.first)
    #expect(file.approximateSize == 2560)
    #expect(file.sha256?.hex == Self.sha256.lowercased())
    #expect(file.blake3?.isFull == true)
    #expect(file.downloadURL?.cleaned == "https://civitai.com/api/download/models/12")
    #expect(file.declaredContent.filename == "ink.safetensors")
    #expect(file.declaredContent.size == nil)
    let broken = version.files[2]
    #expect(broken.id == nil)
    #expect(broken.name == nil)
    #expect(broken.approximateSize == nil)
    #expect(broken.downloadURL == nil)
    #expect(!"\(version)".contains("planted"))
  }

  @Test(
    arguments: [
      ("", 101), ("?type=Model", 101), ("?format=pickletensor", 102), ("?fileId=102", 102),
      ("?type=Model&format=SafeTensor&size=full&fp=fp16", 101), ("?fp=fp32", nil),
      ("?fileId=999", nil),
    ] as [(String, UInt64?)])
  func addressesChooseAFile(_ query: String, _ id: UInt64?) throws {
    let version = try CivitaiVersion(reply: Array(Self.reply.utf8))
    let url = try SourceURL("https://civitai.com/api/download/models/12" + query)
    guard case .civitai(let file) = url.location else {
      Issue.record("not recognised")
      return
    }
    #expect(version.file(for: file)?.id == id)
  }

  @Test(arguments: [
    ("", CivitaiReplyError.notJSON), ("<html>", .notJSON), ("{\"id\": 1", .notJSON),
    ("[]", .noVersion), ("{}", .noVersion), ("{\"error\": \"Model not found\"}", .noVersion),
    ("{\"id\": \"1\"}", .noVersion), ("{\"id\": -1}", .noVersion), ("{\"id\": 1e99}", .noVersion),
    ("null", .noVersion),
  ])
  func otherRepliesAreRefused(_ reply: String, _ error: CivitaiReplyError) {
    #expect(throws: error) { try CivitaiVersion(reply: Array(reply.utf8)) }
  }

  @Test func archivedModelsHaveNoFiles() throws {
    let version = try CivitaiVersion(
      reply: Array("{\"id\": 1, \"model\": {\"mode\": \"Archived\"}}".utf8))
    #expect(version.isArchived)
    #expect(version.files.isEmpty)
  }

  @Test func questionsAreAddresses() throws {
    let full = try #require(ModelHash(Self.sha256))
    let sampled = try #require(ModelHash("0123456789abcdef"))
    let sha256 = try #require(SHA256Hash(Self.sha256))
    let base = "https://civitai.com/api/v1/model-versions"
    #expect(CivitaiLookup.request(version: 12).url == "\(base)/12")
    #expect(CivitaiLookup.request(holding: full)?.url == "\(base)/by-hash/\(full.hex)")
    #expect(CivitaiLookup.request(holding: sha256).url == "\(base)/by-hash/\(full.hex)")
    #expect(CivitaiLookup.request(holding: sampled) == nil)
    #expect(CivitaiLookup.request(version: 12).mayCarryHubToken)
  }
}
