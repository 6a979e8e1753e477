import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// What keeps ComfyUI from loading a file where it looks for it.
@Suite struct ObstacleTests {
  private func match(
    _ folder: borrowing ModelFolder, _ type: String = "VAELoader", _ category: String = "vae",
    _ value: String = "a.pt"
  ) throws -> Match {
    let index = try folder.openIndex()
    return try MatchRules(index: index, roots: ModelRoots(main: folder.models)).match(
      ModelReference(
        nodeID: "1", nodeType: type, place: .widget(0), widgetValue: value,
        category: Category(category)),
      in: ModelResolutionContext(workflowName: "w"))
  }

  private func scan(_ folder: borrowing ModelFolder) throws {
    try Scanner.scan([folder.models], into: folder.openIndex())
  }

  private static func refused(_ match: Match) -> FilePath? {
    if case .blocked(.unreadable(let path, _, _)) = match { path } else { nil }
  }

  @Test(
    "a file that may not be read is not here, whether it was scanned or not",
    arguments: [true, false])
  func unreadable(_ isScanned: Bool) throws {
    let folder = try ModelFolder()
    let file = try folder.write("one", to: "models/vae/a.pt")
    if isScanned { try scan(folder) }
    folder.setMode("models/vae/a.pt", 0)
    let found = try asOrdinaryUser(owning: folder.path) { try match(folder) }
    #expect(found == .blocked(.unreadable(file, isDirectory: false, isOwn: geteuid() != 0)))
    folder.setMode("models/vae/a.pt", 0o644)
    try scan(folder)
    #expect(try self.match(folder).status == "resolved")
  }

  @Test("in the first folder it hides one in the second")
  func shadow() throws {
    let folder = try ModelFolder()
    try folder.write("one", to: "models/diffusion_models/a.pt")
    let first = try folder.write("two", to: "models/unet/a.pt")
    try scan(folder)
    folder.setMode("models/unet/a.pt", 0)
    let found = try asOrdinaryUser(owning: folder.path) {
      try match(folder, "UNETLoader", "diffusion_models")
    }
    #expect(Self.refused(found) == first)
  }

  @Test(
    "a folder that cannot be listed, or not be entered", arguments: [0o311 as CInterop.Mode, 0])
  func closedFolder(_ mode: CInterop.Mode) throws {
    let folder = try ModelFolder()
    try folder.write("one", to: "models/vae/sub/a.pt")
    try scan(folder)
    folder.setMode("models/vae/sub", mode)
    let found = try asOrdinaryUser(owning: folder.path) {
      try match(folder, "VAELoader", "vae", "sub/a.pt")
    }
    #expect(Self.refused(found) == folder.file("models/vae/sub"))
  }

  @Test("a directory of the name is in the way, and hides nothing")
  func directory() throws {
    let folder = try ModelFolder()
    try folder.makeFolder("models/diffusion_models/a.pt")
    try scan(folder)
    let place = folder.file("models/diffusion_models/a.pt")
    #expect(
      try match(folder, "UNETLoader", "diffusion_models")
        == .blocked(.notAFile(place, isDirectory: true)))
    try folder.makeFolder("models/unet/a.pt")
    folder.delete("models/diffusion_models/a.pt")
    try folder.write("one", to: "models/diffusion_models/a.pt")
    try scan(folder)
    #expect(try match(folder, "UNETLoader", "diffusion_models").status == "resolved")
  }

  @Test("a link that leads nowhere is in the way")
  func danglingLink() throws {
    let folder = try ModelFolder()
    try folder.makeFolder("models/vae")
    try folder.link("models/vae/a.pt", to: "/nowhere/a.pt")
    try scan(folder)
    #expect(try match(folder) == .blocked(.danglingLink(folder.file("models/vae/a.pt"))))
  }

  @Test("a name without an extension of a model is in no list", arguments: ["a", "a.txt"])
  func noExtension(_ value: String) throws {
    let folder = try ModelFolder()
    try folder.write("one", to: "models/vae/\(value)")
    try scan(folder)
    #expect(try match(folder, "VAELoader", "vae", value) == .blocked(.notListed))
    #expect(try match(folder, "Of another package", "vae", value) == .missing)
    #expect(try match(folder, "VAELoader", "vae_approx", value) == .missing)
  }

  @Test("an embedding that cannot be read hides those with the next extensions")
  func unreadableEmbedding() throws {
    let folder = try ModelFolder()
    let first = try folder.write("one", to: "models/embeddings/sub/neg.safetensors")
    try folder.write("two", to: "models/embeddings/sub/neg.pt")
    try scan(folder)
    folder.setMode("models/embeddings/sub/neg.safetensors", 0)
    let found = try asOrdinaryUser(owning: folder.path) { try EmbeddingMatch(folder, "neg").match }
    #expect(Self.refused(found) == first)
  }
}
