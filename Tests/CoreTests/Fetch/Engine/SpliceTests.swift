import ComfyCore
import Synchronization
import SystemLibrary
import SystemPackage
import TestServer
import Testing

/// Bytes of two versions of a file never make one file, however little a server tells of them.
@Suite struct SpliceTests {
  let old = content(400_000)
  let new = content(400_000, seed: 2)

  /// Runs once with the first answer cut off, and keeps the partial.
  private func interrupted(_ script: @escaping TestServer.Script) throws -> Scene {
    let scene = try Scene { request in
      var reply = script(request)
      if request.earlier == 0 { reply.cut = 150_000 }
      return reply
    }
    scene.options.attempts = 1
    #expect(try scene.run(scene.request()).error?.code == "fetch.unreachable")
    return scene
  }

  @Test(
    "the next run finds another version of the same size",
    arguments: Validator.allCases, [true, false])
  func changed(validator: Validator, obeysCondition: Bool) throws {
    let (old, new) = (old, new)
    let scene = try interrupted { request in
      let isOld = request.earlier == 0
      var request = request
      // A server that knows ranges and no conditions.
      if !obeysCondition { request.headers.removeAll { $0.name == "If-Range" } }
      return ServedFile(isOld ? old : new, validator, version: isOld ? 1 : 2).reply(to: request)
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(new))
    #expect(scene.holds(new, at: "loras/m.pt"))
  }

  @Test("the next run goes on with the same version", arguments: Validator.allCases)
  func unchanged(validator: Validator) throws {
    let old = old
    let scene = try interrupted { ServedFile(old, validator, version: 1).reply(to: $0) }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(old))
    // Nothing tells that the bytes are of one version.
    let goesOn = validator != .nothing
    #expect(scene.ranges == ["-", goesOn ? "bytes=150000-" : "-"])
    let condition: String? =
      switch validator {
      case .strongTag: "\"v1\""
      case .date: "Sun, 06 Nov 1994 08:49:31 GMT"
      // A date beside a tag may be that of several versions.
      case .weakTag, .weakTagAndDate, .nothing: nil
      }
    #expect(scene.server.requests[1]["If-Range"] == condition)
  }

  @Test("without a validator, nothing is left for the next run that it could not use")
  func nothingLeft() throws {
    let old = old
    let scene = try interrupted { ServedFile(old, .nothing, version: 1).reply(to: $0) }
    #expect(scene.names() == [])
  }

  @Test("without a validator, the same run goes on where the connection broke")
  func sameRun() throws {
    let old = old
    let scene = try Scene { request in
      var reply = ServedFile(old, .nothing, version: 1).reply(to: request)
      if request.earlier == 0 { reply.cut = 150_000 }
      return reply
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(old))
    #expect(scene.ranges == ["-", "bytes=150000-"])
  }

  @Test("without a validator, a promised hash lets the next run go on, and finds what does not fit")
  func promised() throws {
    let (old, new) = (old, new)
    let hash = Mutex(sha256(old))
    for isChanged in [false, true] {
      hash.withLock { $0 = sha256(isChanged ? new : old) }
      let expectation = FetchExpectation(sha256: hash.withLock { $0 })
      let scene = try Scene { request in
        let bytes = isChanged && request.earlier > 0 ? new : old
        var reply = ServedFile(bytes, .nothing, version: 1).reply(to: request)
        if request.earlier == 0 { reply.cut = 150_000 }
        return reply
      }
      scene.options.attempts = 1
      let request = try scene.request("/m.safetensors", to: "loras/m.pt", expectation)
      #expect(try scene.run(request).error?.code == "fetch.unreachable")
      #expect(try scene.run(request).file?.sha256 == expectation.sha256)
      #expect(scene.ranges == ["-", "bytes=150000-"] + (isChanged ? ["-"] : []))
      #expect(scene.holds(isChanged ? new : old, at: "loras/m.pt"))
    }
  }

  @Test("a first answer with a validator, the next without one")
  func lostValidator() throws {
    let (old, new) = (old, new)
    let scene = try interrupted { request in
      var request = request
      let isOld = request.earlier == 0
      request.headers.removeAll { $0.name == "If-Range" }
      return ServedFile(isOld ? old : new, .weakTag, version: 1).reply(to: request)
        .without(isOld ? [] : ["ETag"])
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(new))
    #expect(scene.holds(new, at: "loras/m.pt"))
  }

  @Test("another source does not go on with what one left", arguments: Validator.allCases)
  func otherSource(validator: Validator) throws {
    let (old, new) = (old, new)
    let scene = try Scene { request in
      if request.path == "/b" { return ServedFile(new, .nothing, version: 2).reply(to: request) }
      guard request.earlier == 0 else { return Reply(404) }
      var reply = ServedFile(old, validator, version: 1).reply(to: request)
      reply.cut = 150_000
      return reply
    }
    var request = try scene.request("/a")
    request.sources.append(FetchSource(url: scene.server.url("/b"), reach: .everyHost))
    #expect(try scene.run(request).file?.sha256 == sha256(new))
    #expect(scene.holds(new, at: "loras/m.pt"))
  }

  @Test(
    "another source goes on with what one left when a hash is promised, and is tried alone else")
  func promisedOfOtherSource() throws {
    let (old, new) = (old, new)
    for isOther in [false, true] {
      let right = isOther ? new : old
      let scene = try Scene { request in
        if request.path == "/b" { return ServedFile(right).reply(to: request) }
        guard request.earlier == 0 else { return Reply(404) }
        var reply = ServedFile(old).reply(to: request)
        reply.cut = 150_000
        return reply
      }
      let expectation = FetchExpectation(sha256: sha256(right))
      var request = try scene.request("/a", to: "loras/m.pt", expectation)
      request.sources.append(FetchSource(url: scene.server.url("/b"), reach: .everyHost))
      #expect(try scene.run(request).file?.sha256 == sha256(right))
      #expect(scene.holds(right, at: "loras/m.pt"))
      #expect(
        scene.ranges == ["-", "bytes=150000-", "bytes=150000-"] + (isOther ? ["-"] : []))
    }
  }

  /// What a run leaves that is killed while a new version comes over the bytes of an old one.
  @Test("a kill in the middle of a new version leaves no note of the old one")
  func killed() throws {
    let (old, new) = (content(8_000_000), content(8_000_000, seed: 2))
    let root = Mutex<FilePath?>(nil)
    let scene = try Scene { request in
      let count = request.path == "/m.safetensors" ? request.earlier : 2
      guard count == 1 else {
        var reply = ServedFile(old, entityTag: "\"v1\"").reply(to: request)
        if count == 0 { reply.cut = 4_000_000 }
        return reply
      }
      var reply = ServedFile(new, entityTag: "\"v2\"").reply(to: request)
      reply.pause = Reply.Pause(after: 6_000_000) {
        guard let root = root.withLock({ $0 }) else { return }
        let parts = root.appending("loras/.m.pt.comfy-part")
        var bytes: [UInt8] = []
        wait {
          let name = listDirectory(parts).first { $0.hasPrefix("bytes") } ?? "bytes"
          bytes = readFile(parts.appending(name)) ?? []
          return bytes.count >= 4_000_000 && bytes[..<2_000_000] == new[..<2_000_000]
        }
        let copy = root.appending("loras/.n.pt.comfy-part")
        mkdir(copy.string, 0o777)
        writeFile(copy.appending("bytes"), bytes)
        readFile(parts.appending("state")).map { writeFile(copy.appending("state"), $0) }
      }
      return reply
    }
    root.withLock { $0 = scene.root }
    defer { root.withLock { $0 = nil } }
    scene.options.attempts = 1
    #expect(try scene.run(scene.request()).error?.code == "fetch.unreachable")
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(new))
    #expect(scene.names().contains(".n.pt.comfy-part"))
    // The next run, at a server that has the old version.
    var request = try scene.request("/again", to: "loras/n.pt")
    request.key = "test:/m.safetensors"
    #expect(try scene.run(request).file?.sha256 == sha256(old))
  }
}

extension Reply {
  fileprivate func without(_ names: [String]) -> Reply {
    var reply = self
    for name in names { reply.set(name, nil) }
    return reply
  }
}
