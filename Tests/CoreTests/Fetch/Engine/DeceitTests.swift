import Synchronization
import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// What servers and other users of a shared folder say and put in the way is not believed.
@Suite struct DeceitTests {
  let body = content(60_000)

  // MARK: Servers

  @Test(
    "how the end of a body is told",
    arguments: [
      ([("Content-Length", "5")], .length(5)), ([("content-length", "5, 5")], .length(5)),
      ([("Content-Length", "5"), ("Content-Length", "5")], .length(5)),
      ([("Content-Length", "5"), ("Content-Length", "6")], .contradictory),
      ([("Content-Length", "5,6")], .contradictory), ([("Content-Length", "1e3")], .unreadable),
      ([("Content-Length", "-1")], .unreadable), ([], .open),
      ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], .open),
    ] as [([(String, String)], BodyFraming)])
  func framing(fields: [(String, String)], framing: BodyFraming) {
    let fields = fields.map { ResponseHead.Field(name: $0.0, value: $0.1) }
    #expect(ResponseHead(status: 200, fields: fields).framing == framing)
  }

  @Test("two lengths that differ end the answer")
  func twoLengths() throws {
    let body = body
    let scene = try Scene { _ in
      Reply(200, headers: [("Content-Length", "100")], body: body)
    }
    let error = try scene.run(scene.request()).error
    #expect(error == .protocolViolation(host: "127.0.0.1", detail: .contentLength))
    #expect(scene.server.requests.count == 1)
    #expect(scene.names() == [])
  }

  @Test("a length beside chunks says nothing")
  func lengthBesideChunks() throws {
    let body = body
    let scene = try Scene { _ in
      var reply = Reply(200, headers: [("Content-Length", "1000")], body: body)
      reply.isChunked = true
      return reply
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
  }

  /// How the second length shows, and how many bytes are kept then.
  static let secondLengths: [(kind: String, kept: Int64)] = [
    ("length", 20_000), ("chunks", 30_000), ("close", 30_000), ("other part", 20_000),
    ("no part", 20_000), ("no part, untold", 20_000),
  ]

  @Test(
    "two lengths under one strong tag are told, in every run, and what is kept is not thrown away",
    arguments: secondLengths)
  func oneTagTwoLengths(kind: String, kept: Int64) throws {
    let body = body
    let scene = try Scene { request in
      let tag = [(name: "ETag", value: "\"v1\"")]
      var short = Reply(200, headers: tag, body: body.prefix(30_000))
      if request.earlier == 0 {
        var reply = ServedFile(body).reply(to: request)
        reply.cut = 20_000
        return reply
      }
      switch kind {
      case "chunks": short.isChunked = true
      case "close": short.length = .none
      case "other part" where request.range != nil:
        return Reply(
          206, headers: tag + [("Content-Range", "bytes 9000-59999/60000")],
          body: body.dropFirst(9_000))
      case "no part" where request.range != nil:
        return Reply(416, headers: tag + [("Content-Range", "bytes */30000")])
      case "no part, untold" where request.range != nil: return Reply(416)
      default: break
      }
      return short
    }
    for _ in 0..<2 {
      let error = try scene.run(scene.request()).error
      #expect(error == .protocolViolation(host: "127.0.0.1", detail: .versionLength))
      let state = PartialFile.storedState(for: scene.root.appending("loras/m.pt"))
      #expect(state?.done.count == kept)
      #expect(state?.total == 60_000)
    }
  }

  @Test("an answer without a length has the length that its version had before", arguments: [0, 9])
  func knownLength(more: Int) throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      if request.earlier == 0 {
        reply.cut = 20_000
      } else {
        reply = Reply(
          200, headers: [("ETag", "\"v1\"")], body: body + [UInt8](repeating: 1, count: more))
        reply.isChunked = true
      }
      return reply
    }
    let outcome = try scene.run(scene.request())
    #expect(outcome.file?.sha256 == (more == 0 ? sha256(body) : nil))
    #expect(outcome.error == (more == 0 ? nil : .tooLong(expected: 60_000, known: .server)))
  }

  @Test("a header that goes on in a second line is not read as libcurl reads it")
  func foldedLine() throws {
    let body = body
    let scene = try Scene { _ in
      var reply = Reply(200, headers: [("Transfer-Encoding", "\r\n chunked")])
      reply.length = .text("100")
      let (start, end) = (Array("ea60\r\n".utf8), Array("\r\n0\r\n\r\n".utf8))
      reply.body = .bytes((start + body + end)[...])
      return reply
    }
    let wanted = FetchError.protocolViolation(host: "127.0.0.1", detail: .foldedLine)
    #expect(try scene.run(scene.request()).error == wanted)
    #expect(scene.names() == [])
  }

  @Test("reading stops behind the size that the file must have")
  func bound() throws {
    let body = body
    let scene = try Scene { _ in
      var reply = Reply(200, body: body)
      reply.isChunked = true
      return reply
    }
    let request = try scene.request("/m", to: "loras/m.pt", FetchExpectation(size: 1_000))
    #expect(try scene.run(request).error == .tooLong(expected: 1_000, known: .request))
    #expect(scene.names() == [])
  }

  @Test("a redirect from https to http is followed only where a hash tells the right bytes")
  func redirectOutOfTLS() throws {
    // Addresses are taken apart by libcurl, which an engine loads.
    let scene = try scene()
    _ = try scene.run(scene.request())
    var trail = RedirectTrail(from: try WebAddress("https://a.org/m"))
    let head = ResponseHead(
      status: 302, fields: [ResponseHead.Field(name: "Location", value: "http://b.org/m")])
    #expect(throws: FetchError.insecureRedirect(from: "a.org", to: "b.org")) {
      try trail.follow(head, limit: 5, mayLeaveTLS: false)
    }
    trail = RedirectTrail(from: try WebAddress("https://a.org/m"))
    try trail.follow(head, limit: 5, mayLeaveTLS: true)
    #expect(trail.address.host == "b.org")
  }

  @Test("a source whose own host may be private leads to no other private host")
  func ownHost() throws {
    let body = body
    let hidden = try #require(TestServer { ServedFile(body).reply(to: $0) })
    defer { hidden.stop() }
    let location = hidden.url("/m")
    let scene = try Scene { request in
      request.path == "/far" ? .redirect(to: location) : ServedFile(body).reply(to: request)
    }
    var request = try scene.request("/near")
    request.sources[0].reach = .ownHost
    #expect(try scene.run(request).file != nil)
    request = try scene.request("/far", to: "loras/n.pt")
    request.sources[0].reach = .ownHost
    #expect(try scene.run(request).error?.code == "fetch.private-address")
    #expect(hidden.requests.isEmpty)
  }

  @Test("a file that the workflow's hash contradicts is fetched once while it stays the same")
  func refutedOnce() throws {
    let body = body
    let isNew = Mutex(false)
    let right = content(60_000, seed: 3)
    let scene = try Scene { request in
      isNew.withLock { $0 }
        ? ServedFile(right, entityTag: "\"v2\"").reply(to: request)
        : ServedFile(body).reply(to: request)
    }
    let promise = FetchExpectation(sha256: sha256(right), hashGiver: .workflow)
    let request = try scene.request("/m", to: "loras/m.pt", promise)
    let error = FetchError.refuted(
      algorithm: "sha256", expected: sha256(right).hex, found: sha256(body).hex,
      blake3: blake3(body))
    for _ in 0..<3 { #expect(try scene.run(request).error == error) }
    #expect(scene.ranges == ["-", "bytes=59999-", "bytes=59999-"])
    isNew.withLock { $0 = true }
    #expect(try scene.run(request).file?.sha256 == sha256(right))
    #expect(scene.names() == ["m.pt"])
  }

  @Test("what was kept aside lands once its hash is the one that is wanted")
  func refutedAndTaken() throws {
    let body = body
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    let promise = FetchExpectation(sha256: sha256(content(9)), hashGiver: .workflow)
    #expect(try scene.run(scene.request("/m", to: "loras/m.pt", promise)).file == nil)
    let pin = FetchExpectation(blake3: blake3(body))
    #expect(try scene.run(scene.request("/m", to: "loras/m.pt", pin)).file != nil)
    #expect(scene.server.requests.count == 1)
  }

  // MARK: Other users

  private func scene() throws -> Scene {
    let body = body
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    scene.put([], at: "loras/x")
    return scene
  }

  @Test("a link in the place of the parts' directory is not followed")
  func linkedDirectory() throws {
    let scene = try scene()
    scene.put([1], at: "private/bytes")
    scene.put([2], at: "private/state")
    let link = scene.root.appending("loras/.m.pt.comfy-part")
    symlink(scene.root.appending("private").string, link.string)
    #expect(try scene.run(scene.request()).error == .foreignPartial(link))
    PartialFile.forget(scene.root.appending("loras/m.pt"))
    #expect(scene.names("private") == ["bytes", "state"])
    #expect(scene.holds([1], at: "private/bytes"))
  }

  @Test(
    "a directory of parts that another user made is not used",
    .enabled(if: getuid() == 0, "needs a second user"))
  func otherUser() throws {
    let scene = try scene()
    let directory = scene.root.appending("loras/.m.pt.comfy-part")
    mkdir(directory.string, 0o777)
    chown(directory.string, 65534, 65534)
    #expect(try scene.run(scene.request()).error == .foreignPartial(directory))
  }

  @Test("nobody else can enter a directory of parts")
  func closedDirectory() throws {
    let scene = try scene()
    scene.onEvent = { event in
      guard case .fileStart = event else { return }
      let status = try? FileStatus(of: scene.root.appending("loras/.m.pt.comfy-part"))
      #expect(status?.permissions == 0o700)
    }
    #expect(try scene.run(scene.request()).file != nil)
  }

  @Test(
    "bytes that are a link, a pipe or a file with another name are taken away, and not written to",
    .timeLimit(.minutes(1)), arguments: ["link", "pipe", "twin"])
  func foreignBytes(kind: String) throws {
    let scene = try scene()
    scene.put([7], at: "loras/other")
    let directory = scene.root.appending("loras/.m.pt.comfy-part")
    mkdir(directory.string, 0o700)
    let bytes = directory.appending("bytes").string
    let other = scene.root.appending("loras/other").string
    switch kind {
    case "link": symlink(other, bytes)
    case "pipe": mkfifo(bytes, 0o600)
    default: link(other, bytes)
    }
    mkfifo(directory.appending("state").string, 0o600)
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.holds([7], at: "loras/other"))
    #expect(scene.names() == ["m.pt", "other", "x"])
  }

  @Test("a directory that is removed during a download is named as that")
  func vanished() throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 200_000
      return reply
    }
    scene.onEvent = { event in
      if case .fileProgress = event { removeTree(scene.root.appending("loras")) }
    }
    #expect(try scene.run(scene.request()).error == .vanished(scene.root.appending("loras")))
  }

  @Test("bytes that are removed during a download are named, and no other process")
  func vanishedBytes() throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 200_000
      return reply
    }
    let parts = scene.root.appending("loras/.m.pt.comfy-part")
    scene.onEvent = { event in
      guard case .fileProgress = event else { return }
      for name in listDirectory(parts) { unlink(parts.appending(name).string) }
    }
    let error = try scene.run(scene.request()).error
    guard case .vanished(let path)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path.removingLastComponent() == parts)
  }

  @Test("what is no file and appears at the target during a download is told as that")
  func occupiedMeanwhile() throws {
    let body = body
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    let target = scene.root.appending("loras/m.pt")
    scene.onEvent = { event in if case .fileStart = event { mkfifo(target.string, 0o600) } }
    #expect(try scene.run(scene.request()).error == .occupied(target))
  }

  @Test("a directory in the place of the state is named, and not the target")
  func occupiedState() throws {
    let scene = try scene()
    let state = scene.root.appending("loras/.m.pt.comfy-part/state")
    mkdir(state.removingLastComponent().string, 0o700)
    mkdir(state.string, 0o700)
    guard case .file(let error)? = try scene.run(scene.request()).error else {
      Issue.record("no error")
      return
    }
    #expect(error.path == state)
  }
}
