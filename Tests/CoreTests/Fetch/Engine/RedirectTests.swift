import ComfyCore
import TestServer
import Testing

@Suite struct RedirectTests {
  let body = content(50_000)

  @Test("headers go to their own host alone")
  func headersStay() throws {
    let body = body
    let bucket = try #require(TestServer { ServedFile(body).reply(to: $0) })
    defer { bucket.stop() }
    let far = bucket.url("/bucket?sig=1")
    let scene = try Scene { request in
      request.path == "/m" ? .redirect(307, to: "/renamed") : .redirect(to: far)
    }
    var request = try scene.request("/m")
    request.sources[0].credential = scene.credential(Secret("Bearer t0ken\r\nX-Evil: 1"))
    #expect(try scene.run(request).file != nil)
    #expect(
      scene.server.requests.map { $0["Authorization"] } == [
        "Bearer t0kenX-Evil: 1", "Bearer t0kenX-Evil: 1",
      ])
    #expect(bucket.requests.map { $0["Authorization"] } == [nil])
    #expect(bucket.requests.allSatisfy { $0["X-Evil"] == nil })
    #expect(bucket.requests.first?["Accept-Encoding"] == "identity")
    #expect(bucket.requests.first?["User-Agent"] == "comfy")
  }

  /// Further connections and further tries begin where the redirects led.
  @Test("headers go to their own host alone, over however many connections and tries")
  func headersStayOnFurtherConnections() throws {
    let body = content(2_000_000)
    let bucket = try #require(
      TestServer { request in
        var reply = ServedFile(body).reply(to: request)
        reply.rate = 2_000_000
        if request.range != nil, request.earlier == 3 { reply.cut = 1_000 }
        return reply
      })
    defer { bucket.stop() }
    let far = bucket.url("/bucket?sig=1")
    let scene = try Scene { _ in .redirect(to: far) }
    scene.options.splitAfter = 0
    scene.options.smallestRange = 64 << 10
    var request = try scene.request("/m")
    request.sources[0].credential = scene.credential(Secret("Bearer t0ken"))
    #expect(try scene.run(request).file?.sha256 == sha256(body))
    #expect(scene.server.requests.allSatisfy { $0["Authorization"] == "Bearer t0ken" })
    #expect(bucket.requests.count > 8)
    #expect(bucket.requests.allSatisfy { $0["Authorization"] == nil })
  }

  @Test("headers go along on further connections to a place at their own host")
  func headersGoAlong() throws {
    let body = content(2_000_000)
    let scene = try Scene { request in
      guard request.path == "/file" else { return .redirect(to: "/file") }
      guard request["Authorization"] != nil else { return Reply(401) }
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 2_000_000
      return reply
    }
    scene.options.splitAfter = 0
    scene.options.smallestRange = 64 << 10
    var request = try scene.request("/m")
    request.sources[0].credential = scene.credential(Secret("Bearer t0ken"))
    #expect(try scene.run(request).file?.sha256 == sha256(body))
    #expect(scene.server.requests.count > 8)
    #expect(scene.server.requests.allSatisfy { $0["Authorization"] == "Bearer t0ken" })
  }

  @Test("a circle of redirects is refused")
  func loop() throws {
    let scene = try Scene { request in .redirect(to: request.path == "/a" ? "/b" : "/a") }
    #expect(
      try scene.run(scene.request("/a")).error == .redirects(count: 2, isLoop: true))
    #expect(scene.server.requests.count == 2)
  }

  @Test("20 redirects are followed, 21 are not")
  func limit() throws {
    let body = body
    let scene = try Scene { request in
      let number = Int(request.path.dropFirst(2)) ?? 0
      return number == 0 ? ServedFile(body).reply(to: request) : .redirect(to: "/r\(number - 1)")
    }
    #expect(try scene.run(scene.request("/r20")).file != nil)
    #expect(
      try scene.run(scene.request("/r21", to: "loras/n.pt")).error
        == .redirects(count: 20, isLoop: false))
  }

  @Test(
    "only http and https are followed",
    arguments: [
      ("file:///etc/passwd", "file"), ("ftp://127.0.0.1/x", "ftp"), ("gopher://x/", "gopher"),
    ])
  func schemes(location: String, scheme: String) throws {
    let scene = try Scene { _ in .redirect(to: location) }
    #expect(try scene.run(scene.request()).error == .scheme(scheme))
  }

  @Test("a redirect without a place is an error")
  func noLocation() throws {
    let scene = try Scene { _ in Reply(302) }
    #expect(try scene.run(scene.request()).error?.code == "fetch.protocol")
  }

  @Test("private addresses are refused, by number and by name, also behind a redirect")
  func privateAddresses() throws {
    let scene = try Scene { _ in Reply(200) }
    var request = try scene.request()
    request.sources[0].reach = .publicHosts
    #expect(try scene.run(request).error?.code == "fetch.private-address")
    request.sources = [FetchSource(url: "http://localhost:\(scene.server.port)/m")]
    #expect(try scene.run(request).error?.code == "fetch.private-address")
    request.sources = [FetchSource(url: "http://[::1]:\(scene.server.port)/m")]
    #expect(try scene.run(request).error?.code == "fetch.private-address")
    request.sources = [FetchSource(url: "http://2130706433:\(scene.server.port)/m")]
    #expect(try scene.run(request).error?.code == "fetch.private-address")
    #expect(scene.server.requests.isEmpty)
  }

  @Test("the hub's hash on the way is checked")
  func linkedHash() throws {
    let body = body
    let wrong = String(repeating: "ab", count: 32)
    let scene = try Scene { request in
      if request.path == "/cdn" { return ServedFile(body).reply(to: request) }
      let hash = request.path == "/good" ? sha256(body).hex : wrong
      return .redirect(to: "/cdn", headers: [("X-Linked-Etag", "\"\(hash)\"")])
    }
    let file = try #require(try scene.run(scene.request("/good")).file)
    #expect(file.isVerified)
    #expect(file.heads.map(\.status) == [302, 200])
    let error = try scene.run(scene.request("/bad", to: "loras/n.pt")).error
    #expect(
      error
        == .checksum(
          algorithm: "sha256", expected: wrong, found: sha256(body).hex, known: .server))
    #expect(scene.names() == ["m.pt"])
  }
}
