import Synchronization
import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct ScannerTests {
  @discardableResult
  static func scan(
    _ folder: borrowing ModelFolder, _ index: ModelIndex, options: ScanOptions = ScanOptions()
  ) throws -> ScanSummary {
    try Scanner.scan([folder.models], into: index, options: options)
  }

  static func paths(_ index: ModelIndex) throws -> [String] {
    try index.models().flatMap(\.locations).map(\.relativePath.string).sorted()
  }

  static func counts(_ summary: ScanSummary) -> [Int] {
    [summary.added, summary.changed, summary.removed, summary.unchanged]
  }

  @Test func modelFilesAreFoundWithCategoryAndFacts() throws {
    let folder = try ModelFolder()
    for name in [
      "a.safetensors", "b.sft", "c.CKPT", "d.pt", "e.pt2", "f.pth", "g.bin", "h.pkl", "i.gguf",
      "j.onnx", "k.torchscript", "l.txt", "m.yaml", "safetensors", ".hidden.pt",
      ".n.pt.comfy-part-1", ".cache/o.pt", ".git/p.pt",
    ] { try folder.write(name, to: "models/clip/sub/" + name) }
    try folder.write("x", to: "models/configs/p.yaml")
    try folder.write("x", to: "models/loose.pt")
    let header = SafetensorsHeaderTests.file(SafetensorsHeaderTests.header, data: 12)
    try folder.write(header, to: "models/unet/q.safetensors")
    let index = try folder.openIndex()
    let summary = try Self.scan(folder, index)
    #expect(Self.counts(summary) == [16, 0, 0, 0])
    #expect(summary.issues == [])
    let names = try Self.paths(index).map { FilePath($0).lastComponent?.string ?? "" }
    #expect(
      names == [
        "o.pt", ".hidden.pt", "a.safetensors", "b.sft", "c.CKPT", "d.pt", "e.pt2", "f.pth", "g.bin",
        "h.pkl", "i.gguf",
        "j.onnx", "k.torchscript", "p.yaml", "loose.pt", "q.safetensors",
      ])
    #expect(try index.models(in: Category("text_encoders")).count == 13)
    let model = try #require(try index.models(named: "q.safetensors").first)
    #expect(model.safetensors?.tensorCount == 3)
    #expect(model.locations.first?.category == Category("diffusion_models"))
    #expect(model.hash == nil)
    #expect(try index.models(named: "loose.pt").first?.locations.first?.category == nil)
  }

  @Test func aSecondScanHashesNothing() throws {
    let folder = try ModelFolder()
    for number in 0..<20 { try folder.write("\(number)", to: "models/vae/\(number).pt") }
    let index = try folder.openIndex()
    #expect(try Self.scan(folder, index).hashedBytes == 30)
    let models = try index.models()
    let second = try Self.scan(folder, try folder.openIndex())
    #expect(Self.counts(second) == [0, 0, 0, 20])
    #expect(second.hashedBytes == 0)
    #expect(try index.models() == models)
  }

  @Test func onlyWhatChangedIsHashed() throws {
    let folder = try ModelFolder()
    for name in ["a", "b", "c"] { try folder.write(name, to: "models/vae/\(name).pt") }
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    let location = try #require(try index.models(named: "a.pt").first?.locations.first)
    let old = try #require(try index.fullHash(of: location).hash)
    try folder.write("other", to: "models/vae/a.pt")
    folder.delete("models/vae/b.pt")
    try folder.write("d", to: "models/vae/d.pt")
    let summary = try Self.scan(folder, index)
    #expect(Self.counts(summary) == [1, 1, 1, 1])
    #expect(summary.hashedBytes == 6)
    #expect(try Self.paths(index) == ["vae/a.pt", "vae/c.pt", "vae/d.pt"])
    #expect(try index.models(withHash: old) == [])
    #expect(try index.models(named: "a.pt").first?.hash == nil)
  }

  /// Writes other bytes over the last ones of a file and sets its modification time back.
  private static func overwrite(_ file: FilePath, at offset: Int64) throws {
    let before = try #require(FileStatus(reaching: file))
    let times = [
      timespec(tv_sec: Int(before.modified.seconds), tv_nsec: Int(before.modified.nanoseconds)),
      timespec(tv_sec: Int(before.modified.seconds), tv_nsec: Int(before.modified.nanoseconds)),
    ]
    repeat {
      // The clock of the file system may not have moved since the scan.
      let descriptor = try FileDescriptor.open(file, .writeOnly)
      try descriptor.closeAfter {
        _ = try descriptor.writeAll(toAbsoluteOffset: offset, Array("!".utf8))
      }
      utimensat(AT_FDCWD, file.string, times, 0)
    } while FileStatus(reaching: file)?.changed == before.changed
    #expect(FileStatus(reaching: file)?.modified == before.modified)
  }

  @Test(
    "bytes that were written in place are noticed, though the time was set back",
    arguments: [10, 10 << 20])
  func writtenInPlace(_ size: Int) throws {
    let folder = try ModelFolder()
    let file = try folder.write([UInt8](repeating: 7, count: size), to: "models/vae/a.pt")
    #expect(link(file.string, folder.file("models/vae/b.pt").string) == 0)
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    let location = try #require(try index.models(named: "a.pt").first?.locations.first)
    let old = try #require(try index.fullHash(of: location).hash)
    try Self.overwrite(file, at: Int64(size) - 1)
    let summary = try Self.scan(folder, index)
    #expect(summary.changed == 2)
    #expect(try index.models(withHash: old) == [])
    let models = try index.models()
    #expect(models.map(\.hash) == [nil])
    #expect(models.flatMap(\.locations).count == 2)
    #expect(Self.counts(try Self.scan(folder, index)) == [0, 0, 0, 2])
  }

  @Test("a change of permissions costs no hash", arguments: [10, 40 << 20])
  func otherPermissions(_ size: Int) throws {
    let folder = try ModelFolder()
    let file = try folder.write([UInt8](repeating: 7, count: size), to: "models/vae/a.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    let location = try #require(try index.models(named: "a.pt").first?.locations.first)
    let hash = try #require(try index.fullHash(of: location).hash)
    let before = FileStatus(reaching: file)?.changed
    repeat {
      folder.setMode("models/vae/a.pt", 0o600)
    } while FileStatus(reaching: file)?.changed == before
    #expect(Self.counts(try Self.scan(folder, index)) == [0, 0, 0, 1])
    #expect(try index.models(named: "a.pt").map(\.hash) == [hash])
    #expect(try Self.scan(folder, index).hashedBytes == 0)
  }

  @Test("a link that is entered with its hash leaves nothing to read again")
  func ownLink() throws {
    let folder = try ModelFolder()
    let file = try folder.write([UInt8](repeating: 7, count: 6 << 20), to: "models/vae/a.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    let location = try #require(try index.models(named: "a.pt").first?.locations.first)
    let hash = try #require(try index.fullHash(of: location).hash)
    let other = folder.file("models/vae/b.pt")
    let before = FileStatus(reaching: file)?.changed
    repeat {
      unlink(other.string)
      #expect(link(file.string, other.string) == 0)
    } while FileStatus(reaching: file)?.changed == before
    try index.enter(
      other, below: folder.models, hashes: FileHashes(blake3: hash, sha256: nil, size: 6 << 20))
    let summary = try Self.scan(folder, index)
    #expect(Self.counts(summary) == [0, 0, 0, 2])
    #expect(summary.hashedBytes == 0)
    #expect(try index.models().map(\.hash) == [hash])
  }

  @Test func movedAndSwappedFilesKeepTheirHashes() throws {
    let folder = try ModelFolder()
    for name in ["a", "b", "c"] { try folder.write("is \(name)", to: "models/vae/\(name).pt") }
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    var hashes: [String: ModelHash] = [:]
    for model in try index.models() {
      let location = try #require(model.locations.first)
      hashes[location.relativePath.filename] = try index.fullHash(of: location).hash
    }
    try folder.makeFolder("models/loras/new")
    try folder.move("models/vae/c.pt", to: "models/loras/new/moved.pt")
    try folder.move("models/vae/a.pt", to: "models/vae/between")
    try folder.move("models/vae/b.pt", to: "models/vae/a.pt")
    try folder.move("models/vae/between", to: "models/vae/b.pt")
    let summary = try Self.scan(folder, index)
    #expect(Self.counts(summary) == [0, 0, 0, 3])
    #expect(summary.moved == 1)
    #expect(try Self.paths(index) == ["loras/new/moved.pt", "vae/a.pt", "vae/b.pt"])
    #expect(try index.models(named: "moved.pt").map(\.hash) == [hashes["c.pt"]])
    #expect(try index.models(named: "a.pt").map(\.hash) == [hashes["b.pt"]])
    #expect(try index.models(named: "b.pt").map(\.hash) == [hashes["a.pt"]])
    #expect(try index.models().count == 3)
  }

  /// As the system does when it gives the number of a deleted file to a new one.
  @Test("another file with the number and the time of one that is gone is read", arguments: [0, 1])
  func reusedInode(cut: Int) throws {
    let folder = try ModelFolder()
    let size = 6 << 20
    let file = try folder.write([UInt8](repeating: 7, count: size), to: "models/vae/a.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    let location = try #require(try index.models(named: "a.pt").first?.locations.first)
    let old = try #require(try index.fullHash(of: location).hash)
    // In the samples, and outside of them.
    try Self.overwrite(file, at: cut == 0 ? 0 : Int64(size) - 1)
    try folder.move("models/vae/a.pt", to: "models/vae/b.pt")
    #expect(Self.counts(try Self.scan(folder, index)) == [1, 0, 1, 0])
    #expect(try index.models(withHash: old) == [])
    let new = try #require(try index.models().flatMap(\.locations).first)
    let hashes = try FileHasher.hash(folder.file("models/vae/b.pt"))
    #expect(try index.fullHash(of: new).hash == hashes.blake3)
    #expect(Self.counts(try Self.scan(folder, index)) == [0, 0, 0, 1])
  }

  @Test func aFileMovedOntoAnotherLeavesOneGone() throws {
    let folder = try ModelFolder()
    for name in ["a", "b"] { try folder.write("is \(name)", to: "models/vae/\(name).pt") }
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    #expect(
      rename(folder.file("models/vae/a.pt").string, folder.file("models/vae/b.pt").string) == 0)
    let summary = try Self.scan(folder, index)
    #expect(Self.counts(summary) == [0, 0, 1, 1])
    #expect(summary.moved == 0)
  }

  @Test func hardAndSymbolicLinksAreOneModel() throws {
    let folder = try ModelFolder()
    let file = try folder.write("bytes", to: "models/vae/a.pt")
    _ = link(file.string, folder.file("models/vae/b.pt").string)
    try folder.link("models/vae/c.pt", to: "a.pt")
    let index = try folder.openIndex()
    #expect(Self.counts(try Self.scan(folder, index)) == [3, 0, 0, 0])
    #expect(try index.models().map { $0.locations.count } == [3])
  }

  @Test func linkedFoldersAreFollowedAndLoopsReported() throws {
    let folder = try ModelFolder()
    try folder.write("bytes", to: "elsewhere/deep/a.pt")
    try folder.makeFolder("models/loras")
    try folder.link("models/loras/linked", to: "../../elsewhere")
    try folder.link("elsewhere/deep/up", to: "../../models")
    try folder.link("elsewhere/self", to: "self")
    let index = try folder.openIndex()
    let summary = try Self.scan(folder, index)
    #expect(try Self.paths(index) == ["loras/linked/deep/a.pt"])
    #expect(summary.issues.map(\.reason) == [.linkLoop, .linkLoop])
  }

  @Test("folders that link to each other do not multiply without end")
  func linkedToEachOther() throws {
    let folder = try ModelFolder()
    let names = (0..<9).map { "d\($0)" }
    for name in names { try folder.write("is \(name)", to: "models/loras/\(name)/\(name).pt") }
    for one in names {
      for other in names where other != one {
        try folder.link("models/loras/\(one)/to-\(other)", to: "../\(other)")
      }
    }
    let walk = try ModelWalk(folder.models, cancellation: .never)
    #expect(walk.files.count <= 9 * 32)
    #expect(Set(walk.files.map(\.state.inode)).count == 9)
    #expect(walk.issues.count <= 9 * 33)
    #expect(walk.issues.allSatisfy { $0.reason == .linkLoop })
  }

  @Test func aDanglingLinkIsReportedAndWhatLayBelowIsKept() throws {
    let folder = try ModelFolder()
    try folder.write("bytes", to: "volume/a.pt")
    try folder.write("bytes", to: "models/vae/b.pt")
    try folder.link("models/loras", to: "../volume")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    try folder.move("volume", to: "away")
    let summary = try Self.scan(folder, index)
    #expect(summary.issues == [ScanIssue(folder.file("models/loras"), .danglingLink)])
    #expect(summary.removed == 0)
    #expect(try Self.paths(index) == ["loras/a.pt", "vae/b.pt"])
    folder.delete("models/loras")
    #expect(try Self.scan(folder, index).removed == 1)
  }

  @Test func namesThatAreNoTextAreReportedAndSkipped() throws {
    let folder = try ModelFolder()
    try folder.write("bytes", to: "models/vae/a.pt")
    let bad: [CChar] =
      Array((folder.path.string + "/models/vae/").utf8CString.dropLast())
      + [CChar(bitPattern: 0xFF), 0x2E, 0x70, 0x74, 0]
    close(open(bad, O_CREAT | O_WRONLY, 0o600))
    try folder.write("bytes", to: #"models/vae/back\slash.pt"#)
    let index = try folder.openIndex()
    let summary = try Self.scan(folder, index)
    #expect(summary.issues.map(\.reason) == [.unusableName, .unusableName])
    #expect(try Self.paths(index) == ["vae/a.pt"])
  }

  @Test func anUnreadableFolderKeepsItsRows() throws {
    let folder = try ModelFolder()
    try folder.write("bytes", to: "models/vae/a.pt")
    try folder.write("other", to: "models/loras/b.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    folder.setMode("models/vae", 0)
    folder.delete("models/loras/b.pt")
    let summary = try asOrdinaryUser(owning: folder.path) { try Self.scan(folder, index) }
    #expect(
      summary.issues == [
        ScanIssue(folder.file("models/vae"), .unreadableDirectory(.permissionDenied))
      ])
    #expect(try Self.paths(index) == ["vae/a.pt"])
  }

  @Test(
    "a folder with nothing but what ComfyUI or a new volume has in it is empty",
    arguments: [
      (["vae/put_vae_here", "configs/v1-inference.yaml"], true), (["lost+found/"], true),
      (["vae/"], false), (["vae/put_vae_here", "vae/notes.txt"], false), (["vae/b.pt"], false),
    ])
  func bareRoot(_ names: [String], _ isBare: Bool) throws {
    let folder = try ModelFolder()
    try folder.write("bytes", to: "models/vae/a.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    try folder.move("models", to: "away")
    for name in names {
      if name.hasSuffix("/") {
        try folder.makeFolder("models/\(name.dropLast())")
      } else {
        try folder.write("here", to: "models/\(name)")
      }
    }
    let summary = try Self.scan(folder, index)
    #expect(
      summary.issues.contains(ScanIssue(folder.models.path, .missingRoot(known: 1))) == isBare)
    #expect(summary.removed == (isBare ? 0 : 1))
  }

  @Test("a folder of ComfyUI that never had a model is scanned like any other")
  func neverFilled() throws {
    let folder = try ModelFolder()
    try folder.write("", to: "models/embeddings/put_embeddings_here")
    try folder.write("a: 1", to: "models/configs/v1-inference.yaml")
    let index = try folder.openIndex()
    for _ in 0..<2 { #expect(try Self.scan(folder, index).issues == []) }
    #expect(try Self.paths(index) == ["configs/v1-inference.yaml"])
  }

  @Test(arguments: [true, false])
  func anEmptyOrMissingRootIsReportedNotWiped(_ isMissing: Bool) throws {
    let folder = try ModelFolder()
    try folder.write("bytes", to: "models/vae/a.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    try folder.move("models", to: "away")
    if !isMissing { try folder.makeFolder("models") }
    let summary = try Self.scan(folder, index)
    #expect(summary.removed == 0)
    #expect(summary.issues.contains(ScanIssue(folder.models.path, .missingRoot(known: 1))))
    #expect(try Self.paths(index) == ["vae/a.pt"])
    let accepted = try Self.scan(folder, index, options: ScanOptions(acceptsMissingRoot: true))
    #expect(accepted.removed == 1)
    #expect(try index.models() == [])
  }

  @Test func theLastModelOfATreeMayGo() throws {
    let folder = try ModelFolder()
    try folder.write("bytes", to: "models/vae/a.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    folder.delete("models/vae/a.pt")
    #expect(Self.counts(try Self.scan(folder, index)) == [0, 0, 1, 0])
    #expect(try index.models() == [])
  }

  @Test func equalSampledHashesDoNotJoinFiles() throws {
    let folder = try ModelFolder()
    var bytes = FileHashingTests.mixedBytes(6 << 20)
    try folder.write(bytes, to: "models/vae/a.pt")
    bytes[bytes.count - 1] ^= 1
    try folder.write(bytes, to: "models/vae/b.pt")
    try folder.write(bytes, to: "models/vae/c.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    let models = try index.models()
    #expect(models.count == 3)
    #expect(Set(models.map(\.sampled)).count == 1)
    #expect(try index.models(withHash: models[0].sampled.comfydock).count == 3)
    for model in models { _ = try index.fullHash(of: #require(model.locations.first)) }
    let known = try index.models()
    #expect(
      known.map { $0.locations.map(\.relativePath.filename) } == [["a.pt"], ["b.pt", "c.pt"]])
    #expect(Set(known.map(\.hash)).count == 2)
  }

  @Test func aFullHashIsMadeOnce() throws {
    let folder = try ModelFolder()
    let path = try folder.write("bytes", to: "models/vae/a.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    let location = try #require(try index.models().first?.locations.first)
    let first = try index.fullHash(of: location)
    let hashes = try FileHasher.hash(path)
    #expect(first.hash == hashes.blake3 && first.sha256 == nil)
    // Were it read again, an unreadable file would be an error.
    try folder.move("models/vae/a.pt", to: "away.pt")
    #expect(try index.fullHash(of: location) == first)
    #expect(throws: IndexError.file(FileError(.open, path, .noSuchFileOrDirectory))) {
      try index.fullHash(of: location, .sha256)
    }
    try folder.move("away.pt", to: "models/vae/a.pt")
    #expect(try index.fullHash(of: location, .sha256).sha256 == hashes.sha256)
  }

  @Test func aFullHashIsRefusedWhenTheFileChanged() throws {
    let folder = try ModelFolder()
    let path = try folder.write("bytes", to: "models/vae/a.pt")
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    let location = try #require(try index.models().first?.locations.first)
    #expect(throws: IndexError.changed(path)) {
      try index.fullHash(of: location) { _, _ in
        _ = try? folder.write("more bytes", to: "models/vae/a.pt")
      }
    }
    #expect(throws: IndexError.changed(path)) { try index.fullHash(of: location) }
    #expect(try index.models().first?.hash == nil)
  }

  @Test("a path below two roots is known as the root says that was scanned last")
  func overlappingRoots() throws {
    let folder = try ModelFolder()
    try folder.write("old bytes", to: "models/vae/a.pt")
    let other = ModelRoot(folder.file("models/vae"), category: Category("vae"))
    let index = try folder.openIndex()
    try Scanner.scan([other, folder.models], into: index)
    let known = try #require(try index.models(named: "a.pt").first)
    #expect(known.locations.count == 2)
    let old = try index.fullHash(of: known.locations[0])
    try folder.overwrite(Array("new bytes".utf8), at: "models/vae/a.pt")
    try Self.scan(folder, index)
    let model = try #require(try index.models(named: "a.pt").first)
    #expect(model.locations.map(\.root) == [folder.models])
    let hashes = try FileHasher.hash(folder.file("models/vae/a.pt"))
    #expect(try index.fullHash(of: model.locations[0]).hash == hashes.blake3)
    let before = try #require(old.hash)
    #expect(try index.models(withHash: before) == [])
  }

  @Test("a full hash is that of the location's own row")
  func hashOfOneOfTwoRows() throws {
    let folder = try ModelFolder()
    let path = try folder.write("bytes", to: "models/vae/a.pt")
    let other = ModelRoot(folder.file("models/vae"), category: Category("vae"))
    let index = try folder.openIndex()
    try Self.scan(folder, index)
    _ = try index.fullHash(of: #require(try index.models().first?.locations.first))
    try folder.overwrite(Array("BYTES".utf8), at: "models/vae/a.pt")
    let hashes = try FileHasher.hash(path)
    let entered = try index.enter(
      path, below: other, hashes: FileHashes(blake3: nil, sha256: nil, size: 5))
    let location = try #require(entered.locations.first)
    #expect(try index.fullHash(of: location).hash == hashes.blake3)
    #expect(try index.model(at: path)?.hash == hashes.blake3)
  }

  @Test func cancellationKeepsWhatWasDone() throws {
    let folder = try ModelFolder()
    for number in 0..<600 { try folder.write("\(number)", to: "models/vae/\(number).pt") }
    let index = try folder.openIndex()
    let isStopped = StopFlag()
    var options = ScanOptions()
    options.filesAtOnce = 250
    #expect(throws: IndexError.cancelled) {
      try Scanner.scan(
        [folder.models], into: index, options: options,
        cancellation: Cancellation { isStopped.value }
      ) { event in
        if case .hashing = event { isStopped.set() }
      }
    }
    let kept = try index.models().count
    #expect(kept > 0 && kept < 600)
    let summary = try Self.scan(folder, index)
    #expect(Self.counts(summary) == [600 - kept, 0, 0, kept])
  }

  @Test func aRootOfOneCategoryNamesIt() throws {
    let folder = try ModelFolder()
    let path = try folder.write("bytes", to: "webui/Lora/sub/a.pt")
    let root = ModelRoot(folder.file("webui/Lora"), category: Category("loras"))
    let index = try folder.openIndex()
    for _ in 0..<2 { try Scanner.scan([root, root, folder.models], into: index) }
    let location = try #require(try index.models(atPath: "loras/sub/a.pt").first?.locations.first)
    #expect(location.path == path)
    #expect(location.category == Category("loras"))
    #expect(try index.model(at: path) != nil)
  }
}

/// A flag that is set once, from any thread.
final class StopFlag: Sendable {
  private let flag = Mutex(false)
  var value: Bool { flag.withLock { $0 } }
  func set() { flag.withLock { $0 = true } }
}
