import Synchronization
import TestServer
import Testing

@testable import ComfyCore

@Suite struct FaultTests {
  let body = content(200_000)

  @Test("passing failures are tried again", arguments: [408, 425, 429, 500, 502, 503, 504])
  func retried(status: Int) throws {
    let body = body
    let scene = try Scene { request in
      request.earlier < 2 ? Reply(status) : ServedFile(body).reply(to: request)
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.server.requests.count == 3)
  }

  @Test(
    "final refusals are not tried again",
    arguments: [
      (400, "fetch.refused"), (401, "fetch.unauthorized"), (403, "fetch.forbidden"),
      (404, "fetch.not-found"), (410, "fetch.not-found"), (451, "fetch.refused"),
      (501, "fetch.server"),
    ])
  func final(status: Int, code: String) throws {
    let scene = try Scene { _ in
      var reply = Reply.text(status, "{\"error\":\"no\"}", type: "application/json")
      reply.headers.append(("X-Error-Message", "why"))
      return reply
    }
    let error = try scene.run(scene.request()).error
    #expect(error?.code == code)
    guard case .refused(let refusal) = error else { return }
    #expect(refusal.head.status == status)
    #expect(refusal.head["X-Error-Message"] == "why")
    #expect(String(decoding: refusal.body, as: UTF8.self) == "{\"error\":\"no\"}")
    #expect(scene.server.requests.count == 1)
    #expect(scene.names() == [])
  }

  /// A little less than what libcurl itself takes is too much.
  @Test("a head may have so many bytes", arguments: [(250, true), (280, false)])
  func longHead(lines: Int, isTaken: Bool) throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      reply.headers += (0..<lines).map { ("X-\($0)", String(repeating: "x", count: 1_000)) }
      return reply
    }
    scene.options.attempts = 1
    #expect(try (scene.run(scene.request()).file != nil) == isTaken)
  }

  @Test("a gated repository is told from others")
  func gated() throws {
    let scene = try Scene { _ in Reply(403, headers: [("X-Error-Code", "GatedRepo")]) }
    #expect(try scene.run(scene.request()).error?.code == "fetch.gated")
  }

  @Test("a failure that stays is final after so many tries, and says how many")
  func persistent() throws {
    let scene = try Scene { _ in Reply(503) }
    scene.options.attempts = 4
    guard case .refused(let refusal) = try scene.run(scene.request()).error else {
      Issue.record("no refusal")
      return
    }
    #expect(refusal.attempts == 4)
    #expect(scene.server.requests.count == 4)
  }

  @Test(
    "Retry-After is obeyed in both forms, and never shortens a delay of ours",
    arguments: [
      ("0", 1), ("1", 1000), ("Sun, 09 Sep 2001 01:46:41 GMT", 1000),
      ("Sun, 09 Sep 2001 01:46:30 GMT", 1),
    ])
  func retryAfter(text: String, delay: Int) throws {
    let body = body
    let scene = try Scene { request in
      request.earlier == 0
        ? Reply(429, headers: [("Retry-After", text)]) : ServedFile(body).reply(to: request)
    }
    scene.options.longestServerDelay = 1000
    #expect(try scene.run(scene.request()).file != nil)
    var delays: [Int] = []
    for case .fileRetry(_, _, let delay, _) in scene.events { delays.append(delay) }
    #expect(delays == [delay])
  }

  @Test(
    "a file is given up at once when its server asks for a longer wait than the limit",
    arguments: [429, 503])
  func retryTooLate(status: Int) throws {
    let body = body
    let scene = try Scene { request in
      request.path == "/m"
        ? Reply(status, headers: [("Retry-After", "86400")]) : ServedFile(body).reply(to: request)
    }
    let outcomes = scene.run([
      try scene.request("/m"), try scene.request("/b", to: "loras/b.pt"),
    ])
    guard case .refused(let refusal) = outcomes[0].error else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.retryAfter == 86_400)
    #expect(scene.server.requests.count { $0.path == "/m" } == 1)
    #expect(outcomes[1].file != nil)
  }

  @Test("tries count anew when bytes came beyond what was there before")
  func counterReset() throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      if request.earlier < 8 { reply.cut = 20_000 }
      return reply
    }
    scene.options.attempts = 2
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.server.requests.count == 9)
  }

  @Test("a server without ranges that always cuts is given up")
  func cutForEver() throws {
    let body = body
    let scene = try Scene { request in
      var file = ServedFile(body)
      file.acceptsRanges = false
      var reply = file.reply(to: request)
      reply.cut = 50_000
      return reply
    }
    scene.options.attempts = 3
    #expect(try scene.run(scene.request()).error?.code == "fetch.unreachable")
    #expect(scene.server.requests.count <= 6)
  }

  @Test("a stall is noticed and the file goes on", arguments: [0, 1, 120_000])
  func stall(after: Int) throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      if request.earlier == 0 { reply.stall = after }
      return reply
    }
    scene.options.stallWindow = 300
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    var reasons: [String] = []
    for case .fileRetry(_, _, _, let reason) in scene.events { reasons.append(reason.code) }
    #expect(reasons == ["fetch.stalled"])
  }

  @Test(
    "a limit on waits ends the tries, and leaves time where there is some", arguments: [0, 50_000])
  func silence(stallsAt: Int) throws {
    let body = body
    for limit in [300, 60_000] {
      let scene = try Scene { request in
        var reply = ServedFile(body).reply(to: request)
        if request.earlier == 0 { reply.stall = stallsAt }
        return reply
      }
      scene.options.stallWindow = 300
      scene.options.longestSilence = limit
      let outcome = try scene.run(scene.request())
      #expect(outcome.error?.code == (limit == 300 ? "fetch.stalled" : nil))
      #expect(outcome.file?.sha256 == (limit == 300 ? nil : sha256(body)))
    }
  }

  @Test("a limit on waits is one for every kind of them")
  func limits() {
    var options = FetchOptions()
    options.limitWaits(to: 5_000)
    #expect(options.longestWait == 5_000 && options.longestServerDelay == 5_000)
    #expect(options.longestSilence == 5_000 && options.stallWindow == 5_000)
    #expect(options.connectTimeout == 5_000 && !options.waitsForProgress)
    #expect(options.forQuestions.stallWindow == 5_000)
    var none = FetchOptions()
    none.limitWaits(to: 0)
    #expect(none.longestWait == 0 && none.longestSilence == nil && none.stallWindow == 30_000)
  }

  @Test("what comes slower than the smallest rate is a stall, what comes faster is none")
  func rate() throws {
    let body = content(1_000)
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      // Bytes a second; 1024 are the least.
      if request.earlier == 0 { reply.rate = request.path == "/slow" ? 50 : 5_000 }
      return reply
    }
    scene.options.stallWindow = 500
    #expect(try scene.run(scene.request("/slow")).file?.sha256 == sha256(body))
    #expect(try scene.run(scene.request("/fast", to: "loras/n.pt")).file?.sha256 == sha256(body))
    #expect(scene.server.requests.map(\.path) == ["/slow", "/slow", "/fast"])
  }

  @Test("a host that asks to be left alone gets no other file's request either")
  func heldBack() throws {
    let body = body
    let (isAsked, isTold) = (Flag(), Flag())
    let scene = try Scene { request in
      if request.path == "/a" {
        // Else the second file would be held back as well.
        isAsked.waitUntilSet()
        return Reply(429, headers: [("Retry-After", "600")])
      }
      isAsked.set()
      var reply = ServedFile(body).reply(to: request)
      reply.pause = Reply.Pause(after: 0) { isTold.waitUntilSet() }
      return reply
    }
    scene.options.jobs = 2
    scene.options.longestServerDelay = 600_000
    let isNext = Flag()
    let polls = Mutex(0)
    scene.onEvent = { event in
      if case .fileRetry = event { isTold.set() }
      if case .fileStart(let position, _) = event, position.index == 3 { isNext.set() }
    }
    let requests = try ["/a", "/b", "/c"].map { try scene.request($0, to: "loras\($0).pt") }
    let outcomes = scene.run(
      requests,
      cancellation: Cancellation {
        isNext.isSet
          && polls.withLock { count in
            count += 1
            return count > 20
          }
      })
    #expect(outcomes.map { $0.file != nil } == [false, true, false])
    #expect(Set(scene.server.requests.map(\.path)) == ["/a", "/b"])
  }

  @Test("no answer at all is retried, then unreachable")
  func hangUp() throws {
    let scene = try Scene { _ in
      var reply = Reply(200)
      reply.hangsUp = true
      return reply
    }
    scene.options.attempts = 3
    #expect(try scene.run(scene.request()).error?.code == "fetch.unreachable")
    #expect(scene.server.requests.count >= 3)
  }

  @Test(
    "headers without end are told as such, to downloads and to questions",
    arguments: [(600, 1_000), (1, 200_000), (300_000, 0)])
  func headSize(lines: Int, length: Int) throws {
    let scene = try Scene { _ in
      var reply = Reply(200)
      let value = String(repeating: "x", count: length)
      for line in 0..<lines { reply.headers.append(("X-\(line)", value)) }
      return reply
    }
    let wanted = FetchError.protocolViolation(host: "127.0.0.1", detail: .headSize)
    #expect(try scene.run(scene.request()).error == wanted)
    // Another try would be no use.
    #expect(scene.server.requests.count == 1)
    let engine = FetchEngine(
      options: scene.options,
      environment: ProcessEnvironment(
        variables: [:], home: nil, currentDirectory: scene.root, now: { Timestamp(seconds: 0) }))
    #expect(throws: wanted) {
      try engine.probe(
        FetchSource(url: scene.server.url("/m"), reach: .everyHost)
      ).get()
    }
  }

  @Test("a closed port is unreachable")
  func refused() throws {
    let scene = try Scene { _ in Reply(200) }
    let request = try scene.request()
    scene.server.stop()
    scene.options.attempts = 2
    #expect(try scene.run(request).error?.code == "fetch.unreachable")
  }

  @Test("without a length, the end is where the server closes, or the last chunk")
  func noLength() throws {
    let body = body
    let scene = try Scene { request in
      var reply = Reply(200, body: body)
      if request.path == "/chunked" { reply.isChunked = true } else { reply.length = .none }
      return reply
    }
    #expect(try scene.run(scene.request("/chunked")).file?.sha256 == sha256(body))
    #expect(try scene.run(scene.request("/close", to: "loras/n.pt")).file?.sha256 == sha256(body))
  }

  @Test("a chunked answer that breaks off is no file")
  func brokenChunks() throws {
    let body = body
    let scene = try Scene { request in
      var reply = Reply(200, body: body)
      reply.isChunked = true
      if request.earlier == 0 { reply.cut = 100_000 }
      return reply
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.ranges == ["-", "-"])
  }

  @Test("a length that is no number counts as none", arguments: ["many", "-5", "1e3"])
  func oddLength(text: String) throws {
    let body = body
    let scene = try Scene { _ in
      var reply = Reply(200, body: body)
      reply.length = .text(text)
      return reply
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  @Test("a server that promises more than it has never makes a file")
  func overpromising() throws {
    let body = body
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      if request.range == nil { reply.length = .text("250000") }
      return reply
    }
    scene.options.attempts = 3
    #expect(
      try scene.run(scene.request()).error
        == .size(expected: 250_000, found: 200_000, known: .server))
    #expect(scene.bytes("loras/m.pt") == nil)
  }

  @Test("the next source is asked when one refuses for good")
  func nextSource() throws {
    let body = body
    let scene = try Scene { request in
      request.path == "/good" ? ServedFile(body).reply(to: request) : Reply(404)
    }
    var request = try scene.request("/gone")
    request.sources.append(FetchSource(url: scene.server.url("/good"), reach: .everyHost))
    #expect(try scene.run(request).file?.sha256 == sha256(body))
    #expect(scene.server.requests.map(\.path) == ["/gone", "/good"])
  }

  /// How the bytes of a source are no good.
  enum Wrong: CaseIterable, Sendable {
    case sha256, blake3, sampled, linked, size, page, safetensors
  }

  @Test("the next source is asked when one gives wrong bytes", arguments: Wrong.allCases)
  func nextSourceAfterWrongBytes(wrong: Wrong) throws {
    let body = wrong == .safetensors ? Self.safetensors : self.body
    let scene = try Scene { request in
      guard request.path == "/bad" else { return ServedFile(body).reply(to: request) }
      var bytes = body
      bytes[7] ^= 0x55
      if wrong == .size { bytes.removeLast() }
      if wrong == .page { return .text(200, "<!DOCTYPE html><html></html>", type: "text/html") }
      var reply = ServedFile(bytes).reply(to: request)
      if wrong == .linked { reply.set("X-Linked-Etag", sha256(body).hex) }
      return reply
    }
    var expectation = FetchExpectation()
    switch wrong {
    case .sha256: expectation.sha256 = sha256(body)
    case .blake3: expectation.blake3 = blake3(body)
    case .sampled: expectation.blake3 = sampled(body)
    case .size: expectation.size = Int64(body.count)
    case .linked, .page, .safetensors: break
    }
    let target = wrong == .safetensors ? "loras/m.safetensors" : "loras/m.pt"
    var request = try scene.request("/bad", to: target, expectation)
    request.sources.append(FetchSource(url: scene.server.url("/good"), reach: .everyHost))
    #expect(try scene.run(request).file?.sha256 == sha256(body))
    #expect(scene.holds(body, at: target))
    #expect(scene.server.requests.map(\.path) == ["/bad", "/good"])
    #expect(scene.ranges == ["-", "-"])
    // Without another source, the reason is told, and nothing is left.
    var alone = try scene.request("/bad", to: "vae/\(request.target.filename)", expectation)
    alone.sources = [request.sources[0]]
    #expect(try scene.run(alone).error != nil)
    #expect(scene.names("vae") == [])
  }

  /// A file with one tensor of three bytes.
  private static let safetensors: [UInt8] = {
    let header = Array(#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#.utf8)
    return [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header + [1, 2, 3]
  }()

  private func sampled(_ bytes: [UInt8]) -> ModelHash? {
    var hasher = SampledHasher(size: Int64(bytes.count))
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finalize()?.comfydock
  }

  @Test("a failed file stops no other")
  func others() throws {
    let body = body
    let scene = try Scene { request in
      request.path == "/bad" ? Reply(404) : ServedFile(body).reply(to: request)
    }
    let outcomes = scene.run([
      try scene.request("/a", to: "loras/a.pt"), try scene.request("/bad", to: "loras/b.pt"),
      try scene.request("/c", to: "vae/c.pt"),
    ])
    #expect(outcomes.map(\.isSuccess) == [true, false, true])
  }
}
