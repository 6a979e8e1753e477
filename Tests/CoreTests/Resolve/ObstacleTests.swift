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

  @Test("a changed file in a folder before that of the recorded one has to be taken away first")
  func changedInFront() throws {
    let folder = try ModelFolder()
    let recorded = try RelativePath("diffusion_models/a.pt")
    let entry = ManifestWorkflowModel(
      filename: "a.pt", category: Category("diffusion_models"), criticality: .required,
      status: .resolved, hash: blake3(Array("meant".utf8)), sources: ["https://x.org/a.pt"],
      relativePath: recorded, nodes: [])
    func changed(by path: String) throws -> ChangedModel? {
      try folder.write("other", to: "models/\(path)")
      try scan(folder)
      let reference = ModelReference(
        nodeID: "1", nodeType: "UNETLoader", place: .widget(0), widgetValue: "a.pt",
        category: Category("diffusion_models"))
      let match = try MatchRules(
        index: folder.openIndex(), roots: ModelRoots(main: folder.models)
      ).match(
        reference,
        in: ModelResolutionContext(
          workflowName: "w", previousResolutions: [reference.key: entry]))
      return if case .changed(let changed) = match { changed } else { nil }
    }
    let own = try changed(by: "diffusion_models/a.pt")
    #expect(own?.isInFront == false)
    #expect(own?.canBeRestored == true)
    let hiding = try changed(by: "unet/a.pt")
    #expect(hiding?.isInFront == true)
    #expect(hiding?.canBeRestored == false)
  }

  @Test(
    "values that are the name of no file below a folder",
    arguments: [
      ("a.pt", true), ("sub/a.pt", true), ("./a.pt", false), ("/a.pt", false), ("b//a.pt", false),
      ("../vae/a.pt", false), ("b\\a.pt", false),
    ])
  func canBeListed(_ value: String, _ can: Bool) {
    let reference = ModelReference(
      nodeID: "1", nodeType: "VAELoader", place: .widget(0), widgetValue: value,
      category: Category("vae"))
    #expect(reference.canBeListed == can)
  }

  private static func refused(_ match: Match) -> FilePath? {
    if case .blocked(.unreadable(let path, _, _)) = match { path } else { nil }
  }

  @Test("a file that may not be read, of the user's own or of somebody else")
  func unreadable() throws {
    let folder = try ModelFolder()
    let file = try folder.write("one", to: "models/vae/a.pt")
    #expect(Obstacle(opening: file) == nil)
    folder.setMode("models/vae/a.pt", 0)
    let found = try asOrdinaryUser(owning: folder.path) { Obstacle(opening: file) }
    #expect(found == .unreadable(file, isDirectory: false, isOwn: geteuid() != 0))
  }

  @Test(
    "a folder that cannot be listed, or not be entered", arguments: [0o311 as CInterop.Mode, 0])
  func closedFolder(_ mode: CInterop.Mode) throws {
    let folder = try ModelFolder()
    let file = try folder.write("one", to: "models/vae/sub/a.pt")
    folder.setMode("models/vae/sub", mode)
    let found = try asOrdinaryUser(owning: folder.path) {
      Obstacle(reading: file, below: folder.file("models/vae"), isReadable: false)
        ?? Obstacle(inTheWayOf: file)
    }
    #expect(found.map { Self.refused(.blocked($0)) } == folder.file("models/vae/sub"))
  }

  @Test(
    "a file that may not be read is not here, whether it was scanned or not",
    .enabled(if: UnreadableFile.path != nil), arguments: [true, false])
  func unreadableMatch(_ isScanned: Bool) throws {
    let folder = try ModelFolder()
    try folder.write("one", to: "models/vae/a.pt")
    if isScanned { try scan(folder) }
    folder.delete("models/vae/a.pt")
    try folder.link("models/vae/a.pt", to: try #require(UnreadableFile.path))
    #expect(Self.refused(try match(folder)) == folder.file("models/vae/a.pt"))
    folder.delete("models/vae/a.pt")
    try folder.write("one", to: "models/vae/a.pt")
    try scan(folder)
    #expect(try match(folder).status == "resolved")
  }

  @Test(
    "in the first folder it hides one in the second", .enabled(if: UnreadableFile.path != nil))
  func shadow() throws {
    let folder = try ModelFolder()
    try folder.write("one", to: "models/diffusion_models/a.pt")
    try folder.makeFolder("models/unet")
    try folder.link("models/unet/a.pt", to: try #require(UnreadableFile.path))
    try scan(folder)
    #expect(
      Self.refused(try match(folder, "UNETLoader", "diffusion_models"))
        == folder.file("models/unet/a.pt"))
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

  @Test(
    "an embedding that cannot be read hides those with the next extensions",
    .enabled(if: UnreadableFile.path != nil))
  func unreadableEmbedding() throws {
    let folder = try ModelFolder()
    try folder.write("two", to: "models/embeddings/neg.pt")
    try folder.link(
      "models/embeddings/neg.safetensors", to: try #require(UnreadableFile.path))
    try scan(folder)
    #expect(
      Self.refused(try EmbeddingMatch(folder, "neg").match)
        == folder.file("models/embeddings/neg.safetensors"))
  }
}
