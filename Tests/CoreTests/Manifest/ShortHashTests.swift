import SystemPackage
import Testing

@testable import ComfyCore

/// Manifests whose owner writes short hashes: they keep them, and the full ones are the pins.
@Suite struct ShortHashTests {
  private static let oldShort = "0123456789abcdef"
  private static let newShort = "fedcba9876543210"
  private static let full = String(repeating: "5a", count: 32)

  private static let text = """
    [tool.comfygit]
    schema_version = 2

    [[tool.comfygit.workflows.w.models]]
    filename = "old.pt"
    hash = "\(oldShort)"

    [[tool.comfygit.workflows.w.models]]
    filename = "new.pt"
    category = "vae"
    sources = ["https://a.example/new.pt"]
    nodes = [{node_id = "2", node_type = "VAELoader", widget_idx = 0, widget_value = "new.pt"}]

    [tool.comfygit.models]
    \(oldShort) = {filename = "old.pt", size = 5}

    """

  private func manifest(_ text: String) throws -> Manifest {
    try Manifest(parsing: Array(text.utf8), path: "pyproject.toml")
  }

  private func resolved() throws -> Manifest {
    var manifest = try manifest(Self.text)
    let hash = try #require(ModelHash(Self.full))
    try manifest.write(try #require(ModelHash(Self.newShort)), for: hash)
    manifest.put(
      ManifestModel(hash: hash, filename: "new.pt", size: 7, relativePath: nil, category: nil))
    try manifest.setHash(hash, for: .filename("new.pt"), in: "w")
    return try self.manifest(String(decoding: manifest.rendered(), as: UTF8.self))
  }

  @Test func shortHashesAreWrittenAndFullOnesRead() throws {
    let manifest = try resolved()
    let text = String(decoding: try manifest.rendered(), as: UTF8.self)
    #expect(text.contains("hash = \"\(Self.newShort)\""))
    #expect(text.contains("\(Self.newShort) = {filename = \"new.pt\", size = 7}"))
    #expect(text.contains("[tool.comfy.hashes]\n\(Self.newShort) = \"\(Self.full)\"\n"))
    let entries = manifest.workflow(named: "w")?.models ?? []
    #expect(entries.map(\.hash?.hex) == [Self.oldShort, Self.full])
    #expect(manifest.models.map(\.hash.hex) == [Self.oldShort, Self.full])
    #expect(manifest.issues == [])
  }

  @Test func aKnownRowIsFoundByItsFullHash() throws {
    var manifest = try resolved()
    let hash = try #require(ModelHash(Self.full))
    #expect(manifest.model(withHash: hash)?.size == 7)
    let isRemoved = manifest.removeModel(withHash: hash)
    #expect(isRemoved)
    #expect(try !String(decoding: manifest.rendered(), as: UTF8.self).contains("size = 7"))
  }

  @Test(arguments: [
    ("[tool.comfygit]\nschema_version = 2\n", Manifest.ShortHashKind.comfygit),
    ("[tool.comfydock]\ncomfyui_version = \"v0.3\"\n", .comfydock),
    ("[tool.comfydock.models]\n\(oldShort) = {filename = \"a\"}\n", .comfydock),
    ("[tool.comfydock.models]\n\(full) = {filename = \"a\"}\n", nil), ("", nil),
  ])
  func ownersAreKnownByWhatTheyLeave(text: String, kind: Manifest.ShortHashKind?) throws {
    #expect(try manifest(text).shortHashKind == kind)
  }

  @Test func whatTheEnvironmentNeedsIsNotUnused() throws {
    let wide = String(repeating: "1", count: 64)
    let manifest = try manifest(
      """
      [tool.comfygit.models]
      \(wide) = {filename = "wide.pt", criticality = "required"}
      \(Self.full) = {filename = "stray.pt"}
      """)
    #expect(manifest.unusedModels.map(\.filename) == ["stray.pt"])
    #expect(try manifest.recordedFiles().map(\.filename) == ["wide.pt"])
  }
}
