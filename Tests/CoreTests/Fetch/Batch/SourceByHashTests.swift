import TestServer
import Testing

@testable import ComfyCore

/// Files that only a hash tells of.
@Suite struct SourceByHashTests {
  private let file = content(9_000)

  private func reference(_ hash: String?, _ type: String?) -> ModelReference {
    var reference = ModelReference(
      nodeID: "1", nodeType: "LoraLoader", place: .widget(0), widgetValue: "m.pt",
      category: Category("loras"))
    reference.hash = hash
    reference.hashType = type
    return reference
  }

  /// - Parameter url: The file's address, as the server tells it.
  private func scene(url: String?, isPrimary: Bool = false, mode: String = "") throws -> BatchScene
  {
    let told = url.map { "\"downloadUrl\":\"\($0)\"," } ?? ""
    let (sha256, blake3) = (sha256(file).hex, blake3(file).hex)
    let scene = try BatchScene { request in
      let path = request.path.lowercased()
      guard
        ["/api/v1/model-versions/by-hash/\(sha256)", "/api/v1/model-versions/by-hash/\(blake3)"]
          .contains(path)
      else { return .text(404, "{\"error\":\"Model not found\"}", type: "application/json") }
      return .text(
        200,
        """
        {"id":7,"model":{"mode":"\(mode)"},"files":[\
        {"id":1,"primary":true,"hashes":{"SHA256":"\(String(repeating: "0", count: 64))"},\
        "downloadUrl":"https://civitai.com/api/download/models/7"},\
        {"id":2,"primary":\(isPrimary),\(told)\
        "hashes":{"SHA256":"\(sha256.uppercased())","BLAKE3":"\(blake3.uppercased())"}}]}
        """, type: "application/json")
    }
    scene.set("COMFY_MIRROR", "civitai.com=\(scene.server.url(""))")
    return scene
  }

  @Test(arguments: ["sha256", "SHA-256", "blake3", nil]) func theFileOfTheVersion(
    type: String?
  ) throws {
    let url = "https://civitai.com/api/download/models/7?type=Model&format=PickleTensor"
    let scene = try scene(url: url)
    let hash = type == "blake3" ? blake3(file).hex : sha256(file).hex
    let found = try scene.project.sourceByHash(of: reference(hash, type))
    #expect(found?.cleaned == url)
    #expect(scene.asked == ["GET /api/v1/model-versions/by-hash/\(hash)"])
    #expect(try scene.entries.isEmpty)
  }

  /// An address that is no download of that version is not taken over.
  @Test(
    arguments: [
      nil, "https://evil.example/m.pt", "https://civitai.com/api/download/models/8",
      "file:///etc/passwd",
    ], [true, false])
  func onlyTheHubsOwnAddress(url: String?, isPrimary: Bool) throws {
    let scene = try scene(url: url, isPrimary: isPrimary)
    let found = try scene.project.sourceByHash(of: reference(sha256(file).hex, nil))
    #expect(found?.cleaned == (isPrimary ? "https://civitai.com/api/download/models/7" : nil))
  }

  @Test func nothingToFind() throws {
    let scene = try scene(url: "https://civitai.com/api/download/models/7")
    let unknown = reference(sha256([1]).hex, "SHA256")
    #expect(try scene.project.sourceByHash(of: unknown) == nil)
    #expect(scene.server.requests.count == 1)
    // No hash, one of another kind, and nobody to ask.
    for (hash, type) in [(nil, nil), ("0123456789abcdef", "blake3"), ("abcdef01", "AutoV2")] {
      #expect(try scene.project.sourceByHash(of: reference(hash, type)) == nil)
    }
    scene.set("COMFY_OFFLINE", "true")
    #expect(try scene.project.sourceByHash(of: reference(sha256(file).hex, nil)) == nil)
    #expect(scene.server.requests.count == 1)
  }

  @Test func anArchivedModelIsNotOffered() throws {
    let scene = try scene(url: "https://civitai.com/api/download/models/7", mode: "Archived")
    #expect(try scene.project.sourceByHash(of: reference(sha256(file).hex, nil)) == nil)
  }
}
