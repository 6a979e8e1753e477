import Synchronization
import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// A batch from the manifest's intents to files, index, manifest and commits.
@Suite struct BatchTests {
  private let file = content(9_000)
  private let other = content(7_000, seed: 2)

  @Test func landsIndexesWritesAndCommitsBeforeItGoesOn() throws {
    let scene = try BatchScene(["/a": file, "/b": other])
    scene.set("COMFY_JOBS", "1")
    try scene.intend("/a", to: "loras/a.pt", node: "1")
    try scene.intend("/b", to: "loras/b.pt", node: "2")
    var landed = 0
    let report = try scene.run { event in
      guard case .fileComplete(let position, _) = event else { return }
      landed += 1
      let index = try? scene.project.openIndex(for: .read)
      #expect((try? index?.models(named: position.filename).count) == 1)
      #expect((try? scene.isCommitted) == true)
      // A file that landed meanwhile is recorded together with this one.
      #expect((try? scene.hashes.compactMap(\.self).count).map { $0 >= landed } == true)
      #expect((try? scene.landings.count).map { $0 >= landed } == true)
    }
    #expect(landed == 2)
    #expect(report?.failed.isEmpty == true && report?.recordings.count == 2)
    #expect(try scene.hashes == [blake3(file), blake3(other)])
    #expect(scene.bytes("loras/a.pt") == file && scene.bytes("loras/b.pt") == other)
    let rows = try scene.project.manifestStore().read().models
    let row = try #require(rows.first { $0.hash == blake3(file) })
    #expect(row.size == 9_000 && row.sources == [scene.server.url("/a")])
  }

  @Test func whatAnotherRunHasRecordedMeanwhileIsNotDownloadedAgain() throws {
    let (file, other) = (file, other)
    let environment = Mutex<ProcessEnvironment?>(nil)
    let scene = try BatchScene { request in
      guard request.path == "/a" else { return ServedFile(other).reply(to: request) }
      var reply = ServedFile(file).reply(to: request)
      guard request.method == "GET", request["Range"] != "bytes=0-0" else { return reply }
      reply.pause = Reply.Pause(after: 100) {
        guard let environment = environment.withLock({ $0 }) else { return }
        var selection = FetchSelection()
        selection.filenames = ["b.pt"]
        _ = try? Project(environment: environment).fetchIntents(selection, events: { _ in })
      }
      return reply
    }
    scene.set("COMFY_JOBS", "1")
    try scene.intend("/a", to: "loras/a.pt", node: "1")
    try scene.intend("/b", to: "loras/b.pt", node: "2")
    environment.withLock { $0 = scene.sandbox.environment }
    #expect(try scene.run()?.failed.isEmpty == true)
    #expect(scene.downloads == ["/a", "/b"])
    #expect(try scene.hashes == [blake3(file), blake3(other)])
    #expect(try scene.landings.count == 2)
  }

  /// Twelve files, of which the first is reported when all the others have landed.
  private func runTogether(
    _ meanwhile: (BatchScene) -> Void = { _ in }
  ) throws -> (scene: BatchScene, report: FetchReport) {
    let names = (0..<12).map { "\($0).pt" }
    var files: [String: [UInt8]] = [:]
    for (node, name) in names.enumerated() {
      files["/\(name)"] = content(5_000, seed: UInt64(node) + 10)
    }
    let scene = try BatchScene(files)
    for (node, name) in names.enumerated() {
      try scene.intend("/\(name)", to: "loras/\(name)", node: "\(node)")
    }
    var isFirst = true
    let report = try scene.run { event in
      guard isFirst, case .fileComplete = event else { return }
      isFirst = false
      var patience = 10_000
      while patience > 0, !names.allSatisfy({ scene.bytes("loras/\($0)") != nil }) {
        usleep(1000)
        patience -= 1
      }
      // The news of the last landing is on its way: its state is sealed before it.
      usleep(100_000)
      meanwhile(scene)
    }
    return (scene, try #require(report))
  }

  @Test("files that landed at the same time share a write, and each is a commit")
  func landedTogether() throws {
    let (scene, report) = try runTogether()
    #expect(report.failed.isEmpty && report.recordings.count == 12)
    #expect(try scene.landings.count == 12)
    #expect(try scene.isCommitted)
    // HEAD moves once for all that share a write.
    let moves = try scene.sandbox.git("reflog", "--format=%gs").split(separator: "\n")
    #expect(moves.filter { $0.hasPrefix("commit: comfy: set hash") }.count < 12)
    // Each commit sets the one hash that it tells of, and its manifest is whole.
    let log = try scene.sandbox.git(
      "log", "--reverse", "--format=%H %(trailers:key=Comfy-Model,valueonly)",
      "--grep=Comfy-Action: set-hash")
    var known: Set<String> = []
    for line in log.split(separator: "\n") where !line.isEmpty {
      let words = line.split(separator: " ")
      let text = try scene.sandbox.git("show", "\(words[0]):pyproject.toml")
      let manifest = try Manifest(parsing: Array(text.utf8), path: "p")
      let resolved = Set(
        manifest.workflows.flatMap(\.models).filter { $0.hash != nil }.map(\.filename))
      #expect(resolved.subtracting(known) == [String(words[1])])
      known = resolved
    }
    #expect(known.count == 12)
  }

  @Test("one that can not be recorded leaves those that landed with it alone")
  func failureAmongThoseLandedTogether() throws {
    var gone: String?
    let (scene, report) = try runTogether { scene in
      let open = try? scene.entries.first { $0.hash == nil }
      gone = open?.filename
      if let gone { unlink(scene.models.appending("loras").appending(gone).string) }
    }
    #expect(report.failed.map(\.item.filename) == [gone])
    #expect(report.succeeded.count == 11)
    #expect(try scene.entries.filter { $0.hash == nil }.map(\.filename) == [gone])
    #expect(try scene.landings.count == 11)
  }

  @Test func aFinishedBatchTouchesNothing() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a")
    try scene.run()
    let before = (scene.server.requests.count, try scene.sandbox.git("rev-parse", "HEAD"))
    #expect(try scene.run() == nil)
    #expect(scene.server.requests.count == before.0)
    #expect(try scene.sandbox.git("rev-parse", "HEAD") == before.1)
    #expect(scene.events.isEmpty)
  }

  @Test func oneFileForManyWorkflowsSpellingsAndPlacesIsFetchedOnce() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a", in: "one")
    try scene.intend("/a", in: "two")
    // The same file: an escape, the order of parameters, a secret.
    try scene.intend("/%61", in: "three")
    try scene.intend("/a", to: "loras/again.pt", in: "four")
    let report = try scene.run()
    #expect(report?.lines.count == 2 && report?.failed.isEmpty == true)
    #expect(scene.downloads.count == 1)
    #expect(try scene.hashes == Array(repeating: blake3(file), count: 4))
    #expect(scene.bytes("loras/m.pt") == file && scene.bytes("loras/again.pt") == file)
  }

  @Test(arguments: ["/a?x=1&y=2", "/a?y=2&x=1"])
  func aFileThatTheIndexKnowsFromThereIsNotFetched(_ spelling: String) throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a?x=1&y=2")
    try scene.run()
    try scene.intend(spelling, to: "checkpoints/b.pt", node: "2")
    let report = try scene.run()
    #expect(report?.failed.isEmpty == true)
    #expect(scene.downloads.count == 1)
    #expect(scene.bytes("checkpoints/b.pt") == file)
  }

  @Test func whatIsGoneOrChangedIsFetchedAgain() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a")
    try scene.run()
    removeTree(scene.models.appending("loras/m.pt"))
    try scene.intend("/a", to: "loras/b.pt", node: "2")
    #expect(try scene.run()?.failed.isEmpty == true)
    #expect(scene.downloads.count == 2)
    // Another content of the same size is not what the index knows.
    try scene.put(content(9_000, seed: 5), at: "loras/b.pt")
    try scene.intend("/a", to: "loras/c.pt", node: "3")
    #expect(try scene.run()?.failed.isEmpty == true)
    #expect(scene.bytes("loras/c.pt") == file)
  }

  @Test func aFailureLeavesItsIntentAndTheBatchGoesOn() throws {
    let scene = try BatchScene(["/b": other])
    try scene.intend("/missing", to: "loras/a.pt", node: "1")
    try scene.intend("/b", to: "loras/b.pt", node: "2")
    let report = try scene.run()
    #expect(report?.errors.map(\.code) == ["fetch.not-found"])
    #expect(try scene.hashes == [nil, blake3(other)])
    #expect(try scene.entries[0].sources == [scene.server.url("/missing")])
    guard case .batchComplete(let succeeded, let count)? = scene.events.last else {
      Issue.record("no end")
      return
    }
    #expect(succeeded == 1 && count == 2)
  }

  @Test func selections() throws {
    let scene = try BatchScene(["/a": file, "/b": other])
    try scene.intend("/a", to: "loras/a.pt", in: "one")
    try scene.intend("/b", to: "loras/b.pt", in: "two", criticality: .optional)
    var selection = FetchSelection()
    selection.workflows = ["two"]
    #expect(try scene.run(selection) == nil)
    selection.workflows = []
    selection.filenames = ["b.pt"]
    #expect(try scene.run(selection) == nil)
    selection.includesOptional = true
    #expect(try scene.run(selection)?.lines.map(\.item.filename) == ["b.pt"])
    selection.filenames = []
    selection.workflows = ["one"]
    #expect(try scene.run(selection)?.lines.map(\.item.filename) == ["a.pt"])
    selection.workflows = ["none"]
    #expect(throws: ManifestError.unknownWorkflow("none", known: ["one", "two"])) {
      try scene.run(selection)
    }
  }

  // MARK: What stands at the target

  @Test(arguments: [false, true]) func existingFiles(replaces: Bool) throws {
    let scene = try BatchScene(["/a": file, "/b": other])
    try scene.intend("/a", to: "loras/a.pt", node: "1")
    try scene.intend("/b", to: "loras/b.pt", node: "2")
    try scene.put(file, at: "loras/a.pt")
    try scene.put(file, at: "loras/b.pt")
    var selection = FetchSelection()
    selection.replaces = replaces
    let report = try scene.run(selection)
    #expect(try scene.hashes[0] == blake3(file))
    if replaces {
      #expect(report?.failed.isEmpty == true && scene.bytes("loras/b.pt") == other)
    } else {
      #expect(report?.errors.map(\.code) == ["fetch.exists"])
      #expect(try scene.hashes[1] == nil)
      #expect(scene.bytes("loras/b.pt") == file)
    }
  }

  /// The content is on this disk; another file has the place.
  @Test(arguments: [false, true]) func aPlaceThatIsTaken(replaces: Bool) throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a", to: "loras/a.pt", node: "1")
    try scene.run()
    try scene.intend("/a", to: "loras/b.pt", node: "2")
    try scene.put(other, at: "loras/b.pt")
    var selection = FetchSelection()
    selection.replaces = replaces
    let report = try scene.run(selection)
    #expect(scene.downloads.count == 1)
    #expect(report?.errors.map(\.code) == (replaces ? [] : ["fetch.exists"]))
    #expect(scene.bytes("loras/b.pt") == (replaces ? file : other))
    #expect(scene.bytes("loras/a.pt") == file)
  }

  @Test func aCopyStaysInTheModelsDirectory() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a", to: "loras/a.pt", node: "1")
    try scene.run()
    let outside = scene.sandbox.root.appending("outside")
    try scene.sandbox.makeDirectory(outside)
    try scene.sandbox.makeDirectory(scene.models.appending("vae"))
    #expect(symlink(outside.string, scene.models.appending("vae/out").string) == 0)
    try scene.intend("/a", to: "vae/out/b.pt", node: "2")
    let report = try scene.run()
    #expect(report?.errors.map(\.code) == ["fetch.outside-root"])
    #expect(listDirectory(outside).isEmpty)
  }
}
