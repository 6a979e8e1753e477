import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Runs that died between two steps: the next one ends their work without a byte.
@Suite struct RepairTests {
  private let file = content(9_000)

  /// Fetches as a batch does, and dies once the file is at its target.
  private func landAndDie(_ scene: BatchScene) throws {
    let project = scene.project
    let item = try #require(try project.pendingItems().first)
    let request = try FetchSettings(project)
      .request(for: item, below: ModelRoots(main: ModelRoot(scene.models)), replacing: false)
    struct Death: Error {}
    _ = FetchEngine(environment: project.environment)
      .run([request], onLanded: { $0.map { _ in Death() } })
    #expect(scene.bytes("loras/m.pt") == file)
  }

  private func expectWhole(_ scene: BatchScene) throws {
    #expect(try scene.hashes == [blake3(file)])
    #expect(try scene.landings.count == 1)
    #expect(try scene.isCommitted)
    #expect(listDirectory(scene.models.appending("loras")) == ["m.pt"])
    #expect(try scene.project.openIndex(for: .read).models(atPath: "loras/m.pt").count == 1)
    #expect(scene.downloads.count == 1)
    #expect(try scene.run() == nil)
  }

  @Test func afterTheRename() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a")
    try landAndDie(scene)
    #expect(try scene.run()?.failed.isEmpty == true)
    try expectWhole(scene)
  }

  @Test func afterTheIndex() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a")
    try landAndDie(scene)
    let project = scene.project
    try project.openIndex(for: .write).enter(
      scene.models.appending("loras/m.pt"), below: ModelRoot(scene.models),
      hashes: FileHashes(blake3: blake3(file), sha256: sha256(file), size: 9_000),
      sources: [IndexedSource(url: scene.server.url("/a"), origin: "download")])
    #expect(try scene.run()?.failed.isEmpty == true)
    try expectWhole(scene)
  }

  /// The hash is written; its commit, and the end of the seal beside the file, are not.
  @Test func afterTheManifest() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a")
    let project = scene.project
    let item = try #require(try project.pendingItems().first)
    scene.set("COMFY_COMMIT", "never")
    #expect(try scene.run()?.failed.isEmpty == true)
    #expect(try !scene.isCommitted)
    scene.set("COMFY_COMMIT", nil)
    // What a killed run leaves: its message in the manifest's lock, the seal beside the file.
    let message = CommitMessage(action: "set-hash", workflows: ["w"], models: ["m.pt"])
    let manifest = try #require(readFile(scene.sandbox.manifest))
    let note = OwedRecording.note(message.rendered, for: manifest)
    try scene.sandbox.write(
      "1 elsewhere\n\(note)\0", to: FilePath(scene.sandbox.manifest.string + ".lock"))
    var state = ResumeState(key: try #require(item.key).string)
    state.sealed = FileHashes(blake3: blake3(file), sha256: sha256(file), size: 9_000)
    let parts = PartialFile.directory(for: scene.models.appending("loras/m.pt"))
    try scene.sandbox.write(state.text, to: parts.appending("state"))
    #expect(try scene.run() == nil)
    try expectWhole(scene)
  }

  /// The manifest cannot be written: the file stays, and so does the intent.
  @Test func aManifestThatCannotBeWritten() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a")
    let lock = scene.sandbox.manifest.string + ".lock"
    #expect(try scene.sandbox.git("status", "--porcelain").isEmpty)
    // A directory where the lock should be is in the way whoever runs this.
    try scene.sandbox.makeDirectory(FilePath(lock))
    let report = try scene.run()
    guard case .unrecorded? = report?.lines.first?.outcome else {
      Issue.record("\(String(describing: report))")
      return
    }
    removeTree(FilePath(lock))
    #expect(try scene.run()?.failed.isEmpty == true)
    try expectWhole(scene)
  }
}
