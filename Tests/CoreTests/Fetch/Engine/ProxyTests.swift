import ComfyCore
import SystemPackage
import TestServer
import Testing

/// Proxies of the environment, and what may be reached past them.
@Suite struct ProxyTests {
  let body = content(50_000)

  @Test("an HTTP proxy of the environment is used, and NO_PROXY obeyed")
  func httpProxy() throws {
    let body = body
    let proxy = try #require(TestServer { ServedFile(body).reply(to: $0) })
    defer { proxy.stop() }
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    scene.variables = ["http_proxy": proxy.url("")]
    var request = try scene.request()
    request.sources = [FetchSource(url: "http://models.invalid/m")]
    #expect(try scene.run(request).file != nil)
    #expect(proxy.requests.map(\.target) == ["http://models.invalid/m"])
    scene.variables["NO_PROXY"] = "example.org, 127.0.0.0/8"
    #expect(try scene.run(scene.request("/m", to: "loras/n.pt")).file != nil)
    #expect(proxy.requests.count == 1)
    #expect(scene.server.requests.count == 1)
  }

  @Test("a SOCKS proxy is used, and is the one that looks names up with socks5h")
  func socksProxy() throws {
    let body = body
    let proxy = try #require(SocksProxy())
    defer { proxy.stop() }
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    scene.variables = ["ALL_PROXY": "socks5h://127.0.0.1:\(proxy.port)"]
    var request = try scene.request()
    let name = "models.invalid:\(scene.server.port)"
    request.sources = [FetchSource(url: "http://\(name)/m")]
    #expect(try scene.run(request).file?.sha256 == sha256(body))
    #expect(proxy.destinations == [name])
    #expect(scene.server.requests.map { $0["Host"] } == [name])
    scene.variables["no_proxy"] = "127.0.0.1"
    #expect(try scene.run(scene.request("/m", to: "loras/n.pt")).file != nil)
    #expect(proxy.destinations.count == 1)
  }

  @Test("a SOCKS proxy that cannot reach the host fails the file, partials kept")
  func socksRefusal() throws {
    let proxy = try #require(SocksProxy())
    defer { proxy.stop() }
    let scene = try Scene { _ in Reply(200) }
    scene.server.stop()
    scene.variables = ["all_proxy": "socks5h://127.0.0.1:\(proxy.port)"]
    scene.options.attempts = 2
    let error = try scene.run(scene.request()).error
    #expect(error?.code == "fetch.unreachable")
    #expect(proxy.destinations.count == 2)
  }

  /// The first hop goes over a proxy, which may be anywhere; the second one past it.
  @Test(
    "a redirect to a private address is refused, whether a number or a name leads there",
    arguments: [
      "127.0.0.1", "localhost", "localhost.", "2130706433", "[::1]", "[::ffff:127.0.0.1]",
    ]
      + namesOfThisMachine)
  func redirectToPrivateAddress(host: String) throws {
    let hidden = try #require(TestServer { _ in Reply(200, body: [0x80, 1, 2]) })
    defer { hidden.stop() }
    let location = "http://\(host):\(hidden.port)/m"
    let scene = try Scene { _ in .redirect(to: location) }
    scene.variables = [
      "http_proxy": scene.server.url(""),
      "no_proxy": "127.0.0.1,\(host),\(host.filter { $0 != "[" && $0 != "]" })",
    ]
    var request = try scene.request()
    request.sources = [FetchSource(url: "http://models.invalid/m")]
    #expect(try scene.run(request).error?.code == "fetch.private-address")
    #expect(hidden.requests.isEmpty)
    #expect(scene.names() == [])
    // Nobody listens on IPv6, and not every resolver takes a final dot.
    guard host.first != "[", host.last != "." else { return }
    // The way itself is open.
    request.sources[0].reach = .everyHost
    #expect(try scene.run(request).file != nil)
    #expect(hidden.requests.count == 1)
  }

  /// Names beside `localhost` that the system has for a loopback address.
  private static let namesOfThisMachine: [String] = {
    let hosts = String(decoding: readFile("/etc/hosts") ?? [], as: UTF8.self)
    return hosts.split(separator: "\n").flatMap { line -> [String] in
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
      return words.first == "127.0.0.1" ? words.dropFirst().filter { $0 != "localhost" } : []
    }
  }()
}
