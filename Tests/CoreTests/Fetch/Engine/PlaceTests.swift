import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

@Suite struct PlaceTests {
  let body = content(40_000)

  private func scene() throws -> Scene {
    let body = body
    return try Scene { ServedFile(body).reply(to: $0) }
  }

  @Test("an existing file with the content that was asked for is adopted without a request")
  func adoptedByHash() throws {
    let scene = try scene()
    scene.put(body, at: "loras/m.pt")
    let expectations = [
      FetchExpectation(sha256: sha256(body)), FetchExpectation(blake3: blake3(body)),
    ]
    for expectation in expectations {
      let file = try scene.run(scene.request("/m", to: "loras/m.pt", expectation)).file
      #expect(file?.arrival == .adopted)
      #expect(file?.isVerified == true)
    }
    #expect(scene.server.requests.isEmpty)
    #expect(scene.recorded == [0, 0])
  }

  @Test("an existing file without a known hash is compared with what the server sends")
  func adoptedByComparison() throws {
    let scene = try scene()
    scene.put(body, at: "loras/m.pt")
    #expect(try scene.run(scene.request()).file?.arrival == .adopted)
    #expect(scene.names() == ["m.pt"])
  }

  @Test("another file is refused and left alone", arguments: [39_999, 40_000])
  func refused(size: Int) throws {
    let scene = try scene()
    let other = content(size, seed: 4)
    scene.put(other, at: "loras/m.pt")
    for expectation in [FetchExpectation(), FetchExpectation(sha256: sha256(body))] {
      let error = try scene.run(scene.request("/m", to: "loras/m.pt", expectation)).error
      guard case .exists(_, let found, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(found == Int64(size))
    }
    #expect(scene.holds(other, at: "loras/m.pt"))
  }

  @Test("another file is replaced where that is asked for")
  func replaced() throws {
    let scene = try scene()
    scene.put(content(9, seed: 4), at: "loras/m.pt")
    var request = try scene.request()
    request.replaces = true
    #expect(try scene.run(request).file?.arrival == .downloaded)
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  @Test("a link that leads nowhere is not written through")
  func danglingLink() throws {
    let scene = try scene()
    scene.put([], at: "loras/x")
    let link = scene.root.appending("loras/m.pt").string
    symlink(scene.root.appending("elsewhere").string, link)
    #expect(try scene.run(scene.request()).error == .danglingLink(FilePath(link)))
    #expect(scene.bytes("elsewhere") == nil)
  }

  @Test("the mode is what the umask leaves")
  func mode() throws {
    let scene = try scene()
    #expect(try scene.run(scene.request()).file != nil)
    scene.put([1], at: "loras/reference")
    var fetched = stat()
    var made = stat()
    stat(scene.root.appending("loras/m.pt").string, &fetched)
    let reference = scene.root.appending("loras/open").string
    close(open(reference, O_CREAT | O_WRONLY, 0o666))
    stat(reference, &made)
    #expect(fetched.st_mode == made.st_mode)
  }

  @Test("a directory that is a file is told by name")
  func notADirectory() throws {
    let scene = try scene()
    scene.put([1], at: "loras/sub")
    let error = try scene.run(scene.request("/m", to: "loras/sub/m.pt")).error
    #expect(error == .notADirectory(scene.root.appending("loras/sub")))
  }

  @Test("a link out of the models directory is refused, or followed where that is wished")
  func linkOut() throws {
    let scene = try scene()
    let outside = try makeTemporaryDirectory(for: "fetch")
    defer { removeTree(outside) }
    scene.put([1], at: "loras/other.pt")
    symlink(outside.string, scene.root.appending("loras/style").string)
    let request = try scene.request("/m", to: "loras/style/m.pt")
    #expect(try scene.run(request).error?.code == "fetch.outside-root")
    #expect(listDirectory(outside) == [])
    scene.options.followsLinksOutOfRoot = true
    #expect(try scene.run(request).file != nil)
    #expect(listDirectory(outside) == ["m.pt"])
  }

  @Test("a category's folder may be a link to another volume")
  func linkedCategory() throws {
    let scene = try scene()
    let outside = try makeTemporaryDirectory(for: "fetch")
    defer { removeTree(outside) }
    symlink(outside.string, scene.root.appending("loras").string)
    #expect(try scene.run(scene.request("/m", to: "loras/new/m.pt")).file != nil)
    #expect(listDirectory(outside.appending("new")) == ["m.pt"])
  }

  @Test(
    "names up to 255 bytes work, in any script; longer ones are refused",
    arguments: ["a", "é", "漢"])
  func longNames(letter: String) throws {
    let scene = try scene()
    let room = 255 - 3
    let name = String(repeating: letter, count: room / letter.utf8.count) + ".pt"
    #expect(try scene.run(scene.request("/m", to: "loras/\(name)")).file != nil)
    #expect(scene.names() == [name])
    let long = name.replacing(".pt", with: "\(letter)\(letter).pt")
    #expect(
      try scene.run(scene.request("/m", to: "loras/\(long)")).error?.code == "fetch.name-too-long")
  }

  @Test(
    "targets that differ in case alone conflict, and in how Unicode is composed",
    arguments: [("M", "m"), ("\u{e9}", "e\u{301}")])
  func conflictingTargets(one: String, other: String) throws {
    let scene = try scene()
    let outcomes = scene.run([
      try scene.request("/a", to: "loras/\(one).pt"),
      try scene.request("/b", to: "loras/\(other).pt"),
    ])
    #expect(outcomes.first?.file != nil)
    #expect(outcomes.last?.error?.code == "fetch.conflicting-targets")
  }

  @Test("a directory that may not be written is told")
  func readOnly() throws {
    let scene = try scene()
    scene.put([1], at: "loras/x")
    chmod(scene.root.appending("loras").string, 0o555)
    defer { chmod(scene.root.appending("loras").string, 0o755) }
    let outcome = try asOrdinaryUser(owning: scene.root) { try scene.run(scene.request()) }
    #expect(outcome.error?.code == "fetch.file")
  }

  @Test("a path that is a directory is refused")
  func directory() throws {
    let scene = try scene()
    scene.put([1], at: "loras/x")
    mkdir(scene.root.appending("loras/m.pt").string, 0o777)
    #expect(try scene.run(scene.request()).error?.code == "fetch.exists")
  }
}

extension PlaceTests {
  @Test("a run that died between linking and unlinking leaves nothing for the next one")
  func diedWhileMoving() throws {
    let scene = try scene()
    scene.put(body, at: "loras/m.pt")
    let part = scene.root.appending("loras/.m.pt.comfy-part")
    mkdir(part.string, 0o777)
    link(scene.root.appending("loras/m.pt").string, part.appending("bytes.dead").string)
    writeFile(part.appending("state"), [1])
    let expectation = FetchExpectation(sha256: sha256(body))
    let file = try scene.run(scene.request("/m", to: "loras/m.pt", expectation)).file
    #expect(file?.arrival == .adopted)
    #expect(scene.names() == ["m.pt"])
  }

  /// Runs a request without a hash while another run works on the target; that run ends as soon as
  /// this one waits.
  private func run(
    _ scene: Scene, besides end: @escaping (PartialFile) -> Void
  ) throws -> FetchOutcome {
    let request = try scene.request("/m", to: "loras/m.pt")
    mkdir(scene.root.appending("loras").string, 0o777)
    let other = try PartialFile.claim(request.path, for: request.key)
    try body.withUnsafeBytes { try other.write($0, at: 0) }
    scene.onEvent = { if case .fileWaiting = $0 { end(other) } }
    return try scene.run(request)
  }

  @Test("what another run has put there meanwhile is taken without a request")
  func awaited() throws {
    let scene = try scene()
    let outcome = try run(scene) { _ = try? $0.move(replacing: false) }
    #expect(outcome.file?.arrival == .adopted && outcome.file?.sha256 == sha256(body))
    #expect(scene.server.requests.isEmpty)
    #expect(scene.names() == ["m.pt"])
  }

  @Test("a file that another run did not put there is not taken for the requested one")
  func notAwaited() throws {
    let scene = try scene()
    let unrelated = content(100, seed: 3)
    scene.put(unrelated, at: "loras/m.pt")
    let outcome = try run(scene) { $0.discard() }
    #expect(outcome.error?.code == "fetch.exists")
    #expect(scene.holds(unrelated, at: "loras/m.pt"))
  }
}
