import ComfyCore
import Synchronization
import SystemPackage
import TestServer
import Testing

@Suite struct ResumeTests {
  let body = content(400_000)

  /// Runs once with the answer cut off after `kept` bytes, and keeps the partial.
  private func interrupted(
    at kept: Int = 150_000, _ file: ServedFile? = nil,
    then script: @escaping TestServer.Script
  ) throws -> Scene {
    let first = file ?? ServedFile(body)
    let scene = try Scene { request in
      guard request.earlier == 0 else { return script(request) }
      var reply = first.reply(to: request)
      reply.cut = kept
      return reply
    }
    scene.options.attempts = 1
    let error = try scene.run(scene.request()).error
    #expect(error?.code == "fetch.unreachable")
    #expect(scene.names() == [".m.pt.comfy-part"])
    return scene
  }

  @Test("the next run goes on where the last one stopped")
  func nextRun() throws {
    let scene = try interrupted { ServedFile(content(400_000)).reply(to: $0) }
    let file = try #require(try scene.run(scene.request()).file)
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(file.sha256 == sha256(body))
    #expect(file.received == 250_000)
    #expect(scene.ranges == ["-", "bytes=150000-"])
    #expect(scene.server.requests[1]["If-Range"] == "\"v1\"")
    #expect(scene.names() == ["m.pt"])
  }

  @Test("the same run goes on where the connection broke", arguments: [true, false])
  func sameRun(resets: Bool) throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      if request.earlier == 0 { reply.cut = 100_000 }
      if request.earlier == 1 { reply.cut = 50_000 }
      reply.resets = resets
      return reply
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(scene.server.requests.count == 3)
    let retries = scene.events.filter { if case .fileRetry = $0 { true } else { false } }
    #expect(retries.count == 2)
  }

  @Test("a changed ETag starts the file over, and never joins two versions")
  func changedTag() throws {
    let other = content(380_000, seed: 9)
    let scene = try interrupted { ServedFile(other, entityTag: "\"v2\"").reply(to: $0) }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(other))
    #expect(scene.holds(other, at: "loras/m.pt"))
    #expect(scene.ranges == ["-", "bytes=150000-"])
  }

  @Test("a server without ranges is asked from the start, and progress goes back")
  func noRanges() throws {
    let body = body
    let scene = try interrupted { request in
      var file = ServedFile(body)
      file.acceptsRanges = false
      file.entityTag = nil
      return file.reply(to: request)
    }
    let file = try #require(try scene.run(scene.request()).file)
    #expect(file.received == 400_000)
    #expect(scene.holds(body, at: "loras/m.pt"))
    var seen: [Int64] = []
    for case .fileProgress(_, let progress) in scene.events { seen.append(progress.bytes) }
    #expect(seen.contains(0))
  }

  @Test("a server that answers 200 to every If-Range is asked by range alone")
  func conditionIgnored() throws {
    let body = body
    let scene = try interrupted { request in
      var plain = request
      if request["If-Range"] != nil { plain.headers.removeAll { $0.name == "Range" } }
      return ServedFile(body).reply(to: plain)
    }
    let file = try #require(try scene.run(scene.request()).file)
    #expect(file.received == 250_000)
    #expect(scene.ranges == ["-", "bytes=150000-", "bytes=150000-"])
    #expect(scene.server.requests[2]["If-Range"] == nil)
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  @Test(
    "a Content-Range that was not asked for is not believed",
    arguments: [
      "bytes 0-399999/400000", "bytes 150001-399999/400000", "nonsense",
      "bytes 150000-149999/400000", "bytes 150000-99999999999999999999/400000", "",
    ])
  func wrongContentRange(text: String) throws {
    let body = body
    let scene = try interrupted { request in
      var reply = ServedFile(body).reply(to: request)
      if request.range != nil { reply.set("Content-Range", text) }
      return reply
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(scene.ranges == ["-", "bytes=150000-", "-"])
  }

  @Test("416 with all bytes there ends the file; with another size it starts over")
  func rangeNotSatisfiable() throws {
    let short = content(150_000)
    var cdn = ServedFile(short, entityTag: nil)
    cdn.acceptsRanges = false
    let scene = try interrupted { [cdn] request in
      guard request.range != nil else { return cdn.reply(to: request) }
      return Reply(416, headers: [("Content-Range", "bytes */150000")])
    }
    let outcome = try scene.run(scene.request())
    // The first answer promised 400000 bytes, this one says 150000 are all: one of them lies.
    #expect(outcome.error?.code == "fetch.size" || outcome.file?.sha256 == sha256(short))
  }

  @Test("an expired signed address leads back to the original one")
  func expiredSignature() throws {
    let body = body
    let scene = try Scene { request in
      switch request.path {
      case "/signed/1":
        var reply = ServedFile(body).reply(to: request)
        if request.earlier > 0 { return .text(403, "Request has expired") }
        reply.cut = 120_000
        return reply
      case "/signed/2": return ServedFile(body).reply(to: request)
      default: return .redirect(to: "/signed/\(request.earlier + 1)?sig=abc")
      }
    }
    #expect(try scene.run(scene.request()).file?.received == 400_000)
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(
      scene.server.requests.map(\.path) == [
        "/m.safetensors", "/signed/1", "/m.safetensors", "/signed/2",
      ])
  }

  /// What a server says when asked for bytes behind the last one.
  enum EndAnswer: CaseIterable, Sendable { case total, star, bare }

  @Test(
    "parts of a file whose size nobody knows are asked for until there are no more",
    arguments: EndAnswer.allCases, [nil, 100_000])
  func unknownTotal(answer: EndAnswer, partSize: Int?) throws {
    let body = body
    let scene = try Scene { request in
      guard request.earlier > 0 else {
        var reply = ServedFile(body).reply(to: request)
        reply.isChunked = true
        reply.cut = 150_000
        return reply
      }
      let start = request.range?.start ?? 0
      guard start < body.count else {
        return Reply(
          416,
          headers: answer == .bare
            ? [] : [("Content-Range", "bytes */\(answer == .star ? "*" : "\(body.count)")")])
      }
      let end = min(body.count, start + (partSize ?? body.count))
      return Reply(
        206, headers: [("ETag", "\"v1\""), ("Content-Range", "bytes \(start)-\(end - 1)/*")],
        body: body[start..<end])
    }
    scene.options.attempts = 1
    #expect(try scene.run(scene.request()).error?.code == "fetch.unreachable")
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.holds(body, at: "loras/m.pt"))
    let steps = partSize.map { Array(stride(from: 150_000, through: body.count, by: $0)) }
    let starts = (steps ?? [150_000]) + (steps?.last == body.count ? [] : [body.count])
    #expect(scene.ranges == ["-"] + starts.map { "bytes=\($0)-" })
  }

  @Test("another key does not go on with the partial")
  func otherKey() throws {
    let other = content(200_000, seed: 5)
    let scene = try interrupted { _ in Reply(500) }
    var request = try scene.request("/other")
    request.key = "another"
    let otherScene = try Scene { ServedFile(other).reply(to: $0) }
    request.sources = [FetchSource(url: otherScene.server.url("/other"), reach: .everyHost)]
    #expect(try scene.run(request).file?.sha256 == sha256(other))
    #expect(scene.holds(other, at: "loras/m.pt"))
    #expect(otherScene.ranges == ["-"])
  }

  @Test("a damaged state is not believed")
  func damagedState() throws {
    let scene = try interrupted { ServedFile(content(400_000)).reply(to: $0) }
    let state = "loras/.m.pt.comfy-part/state"
    var text = try #require(scene.bytes(state))
    let digit = try #require(text.firstIndex(of: UInt8(ascii: "0")))
    text[digit] = UInt8(ascii: "1")
    scene.put(text, at: state)
    #expect(try scene.run(scene.request()).file?.received == 400_000)
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  /// What a power failure leaves of a state that was not synchronised.
  enum TornState: CaseIterable, Sendable {
    case empty, half, zeros, garbage, absent

    func bytes(of whole: [UInt8]) -> [UInt8]? {
      switch self {
      case .empty: []
      case .half: Array(whole.prefix(whole.count / 2))
      case .zeros: whole.map { _ in 0 }
      case .garbage: content(whole.count, seed: 77)
      case .absent: nil
      }
    }
  }

  @Test(
    "bytes that no state tells of are not gone on with, and are in nobody's way",
    arguments: TornState.allCases, [false, true])
  func tornState(torn: TornState, isHashKnown: Bool) throws {
    let scene = try interrupted { ServedFile(content(400_000)).reply(to: $0) }
    let parts = "loras/.m.pt.comfy-part"
    let state = try #require(scene.bytes("\(parts)/state"))
    removeTree(scene.root.appending("\(parts)/state"))
    if let left = torn.bytes(of: state) { scene.put(left, at: "\(parts)/state") }
    // What had not reached the disk, and more of it than the file has.
    scene.put([UInt8](repeating: 0, count: 500_000), at: "\(parts)/bytes")
    let expectation = FetchExpectation(sha256: isHashKnown ? sha256(body) : nil)
    let request = try scene.request("/m.safetensors", to: "loras/m.pt", expectation)
    #expect(try scene.run(request).file?.received == 400_000)
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(scene.ranges == ["-", "-"])
    #expect(scene.names() == ["m.pt"])
  }

  @Test("damaged bytes are found by the hash, and fetched anew")
  func damagedBytes() throws {
    let scene = try interrupted { ServedFile(content(400_000)).reply(to: $0) }
    let part = "loras/.m.pt.comfy-part/bytes"
    var bytes = try #require(scene.bytes(part))
    bytes[70_000] ^= 1
    scene.put(bytes, at: part)
    let expectation = FetchExpectation(sha256: sha256(body))
    let file = try #require(
      try scene.run(scene.request("/m.safetensors", to: "loras/m.pt", expectation)).file)
    #expect(file.isVerified)
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  @Test("cancelling keeps the partial, and the next run goes on")
  func cancellation() throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      if request.earlier == 0 { reply.stall = 100_000 }
      return reply
    }
    let server = scene.server
    let seen = Mutex(0)
    let outcome = try scene.run(
      scene.request(),
      cancellation: Cancellation {
        // Some polls after the request came, so that bytes are there.
        !server.requests.isEmpty
          && seen.withLock { count in
            count += 1
            return count > 20
          }
      })
    guard case .cancelled(let kept) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(kept == 100_000)
    #expect(scene.names() == [".m.pt.comfy-part"])
    #expect(scene.names("loras/.m.pt.comfy-part") == ["bytes", "state"])
    #expect(try scene.run(scene.request()).file?.received == 300_000)
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  @Test("bytes that cannot be resumed are not reported as kept")
  func notKept() throws {
    // Without a validator, the next run could not know whether new bytes belong to these.
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body, entityTag: nil).reply(to: request)
      reply.stall = 100_000
      return reply
    }
    let hasBytes = Flag()
    scene.onEvent = {
      if case .fileProgress(_, let progress) = $0, progress.bytes > 0 { hasBytes.set() }
    }
    let outcome = try scene.run(scene.request(), cancellation: Cancellation { hasBytes.isSet })
    guard case .cancelled(let kept) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(kept == 0 && scene.names() == [])
  }

  @Test("a file that was moved but not recorded is recorded without a request")
  func unrecorded() throws {
    struct Refused: Error {}
    let body = body
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    let first = scene.run([try scene.request()], onLanded: { _, _ in throw Refused() })
    guard case .unrecorded(let file, let error) = first.first else {
      Issue.record("\(first)")
      return
    }
    #expect(error is Refused)
    #expect(file.sha256 == sha256(body))
    let again = try #require(try scene.run(scene.request()).file)
    #expect(again.arrival == .adopted)
    #expect(again.blake3 == blake3(body))
    #expect(scene.server.requests.count == 1)
    #expect(scene.names() == ["m.pt"])
  }
}
