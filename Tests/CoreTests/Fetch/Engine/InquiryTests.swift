import ComfyCore
import Synchronization
import SystemPackage
import TestServer
import Testing

@Suite struct InquiryTests {
  let body = content(50_000)

  private func engine(_ change: (inout FetchOptions) -> Void = { _ in }) -> FetchEngine {
    var options = FetchOptions()
    options.firstDelay = 1
    options.longestDelay = 2
    options.longestServerDelay = 5
    options.stallWindow = 300
    change(&options)
    return FetchEngine(
      options: options,
      environment: ProcessEnvironment(
        variables: [:], home: nil, currentDirectory: "/", now: { Timestamp(seconds: 0) }))
  }

  private func probe(
    _ url: String, credential: Credential? = nil
  ) -> Result<[ResponseHead], FetchError> {
    engine().probe(FetchSource(url: url, credential: credential, reach: .everyHost))
  }

  @Test("a probe brings the heads of all hops and no body")
  func hops() throws {
    let body = body
    let server = try #require(
      TestServer { request in
        request.path == "/m"
          ? .redirect(to: "/cdn", headers: [("X-Linked-Size", "50000")])
          : ServedFile(body).reply(to: request)
      })
    defer { server.stop() }
    let heads = try probe(server.url("/m")).get()
    #expect(heads.map(\.status) == [302, 200])
    #expect(heads.first?["X-Linked-Size"] == "50000")
    #expect(heads.last?["Content-Length"] == "50000")
    #expect(server.requests.map(\.method) == ["HEAD", "HEAD"])
  }

  @Test(
    "where HEAD is refused, the first byte is asked for", arguments: [400, 401, 403, 404, 405, 501])
  func withoutHead(status: Int) throws {
    let body = body
    let server = try #require(
      TestServer { request in
        if request.path == "/m" { return .redirect(to: "/cdn") }
        return request.method == "HEAD" ? Reply(status) : ServedFile(body).reply(to: request)
      })
    defer { server.stop() }
    let heads = try probe(server.url("/m")).get()
    #expect(heads.map(\.status) == [302, 206])
    #expect(heads.last?["Content-Range"] == "bytes 0-0/50000")
    #expect(server.requests.map(\.method) == ["HEAD", "HEAD", "GET", "GET"])
    #expect(server.requests.last?["Range"] == "bytes=0-0")
  }

  @Test("a server without ranges does not send the file")
  func withoutRanges() throws {
    let big = content(8_000_000)
    let server = try #require(
      TestServer { request in
        var file = ServedFile(big)
        file.acceptsRanges = false
        return request.method == "HEAD" ? Reply(405) : file.reply(to: request)
      })
    defer { server.stop() }
    let heads = try probe(server.url("/m")).get()
    #expect(heads.last?.status == 200)
    #expect(heads.last?["Content-Length"] == "8000000")
  }

  @Test("refusals are final, and say what was sent", arguments: [402, 451])
  func refused(status: Int) throws {
    let server = try #require(TestServer { _ in .text(status, "no") })
    defer { server.stop() }
    let credential = testCredential(Secret("Bearer x"), port: server.port)
    guard case .failure(.refused(let refusal)) = probe(server.url("/m"), credential: credential)
    else {
      Issue.record("no refusal")
      return
    }
    #expect(refusal.head.status == status)
    #expect(refusal.credentialSent)
    #expect(server.requests.count == 1)
  }

  @Test("a refusal of HEAD and of the first byte is told with the words of the second")
  func refusedTwice() throws {
    let server = try #require(
      TestServer { $0.method == "HEAD" ? Reply(401) : .text(401, "{\"error\":\"Unauthorized\"}") })
    defer { server.stop() }
    guard case .failure(.refused(let refusal)) = probe(server.url("/m")) else {
      Issue.record("no refusal")
      return
    }
    #expect(refusal.head.status == 401)
    #expect(String(decoding: refusal.body, as: UTF8.self) == "{\"error\":\"Unauthorized\"}")
    #expect(server.requests.map(\.method) == ["HEAD", "GET"])
  }

  @Test("passing failures are tried again from the first hop")
  func retried() throws {
    let body = body
    let server = try #require(
      TestServer { request in
        if request.path == "/m" { return .redirect(to: "/cdn") }
        return request.earlier < 2 ? Reply(503) : ServedFile(body).reply(to: request)
      })
    defer { server.stop() }
    #expect(try probe(server.url("/m")).get().map(\.status) == [302, 200])
    #expect(server.requests.map(\.path) == ["/m", "/cdn", "/m", "/cdn", "/m", "/cdn"])
  }

  @Test(
    "what a proxy in front of a server says of it passes",
    arguments: [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])
  func passing(status: Int) throws {
    let body = body
    let scene = try Scene { request in
      request.earlier == 0 ? Reply(status) : ServedFile(body).reply(to: request)
    }
    #expect(try scene.run(scene.request()).file?.size == Int64(body.count))
    #expect(scene.server.requests.count == 2)
    let server = try #require(
      TestServer { $0.earlier == 0 ? Reply(status) : ServedFile(body).reply(to: $0) })
    defer { server.stop() }
    #expect(try probe(server.url("/m")).get().map(\.status) == [200])
  }

  @Test("other failures of servers are final", arguments: [501, 505, 507, 525, 526])
  func final(status: Int) throws {
    let scene = try Scene { _ in Reply(status) }
    #expect(try scene.run(scene.request()).error?.code == "fetch.server")
    #expect(scene.server.requests.count == 1)
  }

  @Test("a question is given up when its server asks for a longer wait than the limit")
  func tooLate() throws {
    let server = try #require(
      TestServer { request in
        request.earlier == 0 ? Reply(429, headers: [("Retry-After", "100000")]) : Reply(200)
      })
    defer { server.stop() }
    guard case .failure(.refused(let refusal)) = probe(server.url("/m")) else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.retryAfter == 100_000)
    #expect(server.requests.count == 1)
  }

  @Test("headers stay at their host, private addresses are refused, circles end")
  func rules() throws {
    let body = body
    let bucket = try #require(TestServer { ServedFile(body).reply(to: $0) })
    defer { bucket.stop() }
    let far = bucket.url("/b")
    let server = try #require(
      TestServer { request in request.path == "/m" ? .redirect(to: far) : .redirect(to: "/round") })
    defer { server.stop() }
    let credential = testCredential(Secret("Bearer x"), port: server.port)
    #expect(try probe(server.url("/m"), credential: credential).get().count == 2)
    #expect(server.requests.map { $0["Authorization"] } == ["Bearer x"])
    #expect(bucket.requests.map { $0["Authorization"] } == [nil])
    #expect(
      probe(server.url("/round")) == .failure(.redirects(count: 1, isLoop: true)))
    let refused = engine().probe(FetchSource(url: server.url("/m")))
    #expect(
      refused == .failure(.privateAddress(host: "127.0.0.1", address: "127.0.0.1")))
  }

  @Test("a text comes whole, and none that is longer than allowed", arguments: [true, false])
  func text(isChunked: Bool) throws {
    let server = try #require(
      TestServer { _ in
        var reply = Reply.text(200, String(repeating: "a", count: 70_000))
        reply.isChunked = isChunked
        return reply
      })
    defer { server.stop() }
    let source = FetchSource(url: server.url("/api"), reach: .everyHost)
    let whole = try engine().text(source, limit: 70_000).get()
    #expect(whole.bytes.count == 70_000)
    guard
      case .failure(.size(let limit, let found, .request)) = engine().text(
        source, limit: 69_999)
    else {
      Issue.record("taken")
      return
    }
    #expect(limit == 69_999)
    #expect(found > limit)
  }

  @Test("a text that breaks off is asked for again")
  func brokenText() throws {
    let server = try #require(
      TestServer { request in
        var reply = Reply.text(200, "{\"a\":1}")
        if request.earlier == 0 { reply.cut = 3 }
        return reply
      })
    defer { server.stop() }
    let source = FetchSource(url: server.url("/api"), reach: .everyHost)
    let text = try engine().text(source, limit: 100).get()
    #expect(String(decoding: text.bytes, as: UTF8.self) == "{\"a\":1}")
    #expect(server.requests.count == 2)
  }

  @Test("silence and the wish to stop both end a probe")
  func stops() throws {
    let server = try #require(
      TestServer { _ in
        var reply = Reply(200)
        reply.delay = 60_000
        return reply
      })
    defer { server.stop() }
    let source = FetchSource(url: server.url("/m"), reach: .everyHost)
    let silent = engine { $0.attempts = 1 }.probe(source)
    #expect(silent == .failure(.stalled(host: "127.0.0.1", milliseconds: 300)))
    let asked = Mutex(0)
    let soon = Cancellation {
      asked.withLock {
        $0 += 1
        return $0 > 2
      }
    }
    let stopped = engine { $0.stallWindow = 60_000 }
      .probe(source, cancellation: soon)
    guard case .failure(.unreachable(_, let code, _)) = stopped else {
      Issue.record("\(stopped)")
      return
    }
    #expect(code == 42)
  }
}
