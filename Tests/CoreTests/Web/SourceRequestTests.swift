import Testing

@testable import ComfyCore

@Suite struct SourceRequestTests {
  @Test(arguments: [
    (
      "https://huggingface.co/o/r/blob/main/a/b.bin",
      "https://huggingface.co/o/r/resolve/main/a/b.bin"
    ),
    (
      "https://huggingface.co/o/r/resolve/main/b.bin?download=true",
      "https://huggingface.co/o/r/resolve/main/b.bin"
    ),
    ("http://hf.co/o/r/raw/v1.0/b.bin", "https://huggingface.co/o/r/resolve/v1.0/b.bin"),
    (
      "https://www.huggingface.co/gpt2/resolve/main/b.bin",
      "https://huggingface.co/gpt2/resolve/main/b.bin"
    ),
    (
      "https://huggingface.co/datasets/o/r/blob/main/b.bin",
      "https://huggingface.co/datasets/o/r/resolve/main/b.bin"
    ),
    (
      "https://huggingface.co/o/r/resolve/refs/pr/1/b.bin",
      "https://huggingface.co/o/r/resolve/refs%2Fpr%2F1/b.bin"
    ),
    (
      "https://huggingface.co/o/r/resolve/refs%2Fpr%2F1/b.bin",
      "https://huggingface.co/o/r/resolve/refs%2Fpr%2F1/b.bin"
    ),
    (
      "https://huggingface.co/o/r/blob/main/a b/ü.bin",
      "https://huggingface.co/o/r/resolve/main/a%20b/%C3%BC.bin"
    ),
    ("https://hf-mirror.com/o/r/blob/main/b.bin", "https://hf-mirror.com/o/r/resolve/main/b.bin"),
    (
      "https://civitai.com/models/9/some-name?modelVersionId=12",
      "https://civitai.com/api/download/models/12"
    ),
    (
      "https://www.civitai.com/models/9?modelVersionId=12&token=planted",
      "https://civitai.com/api/download/models/12"
    ),
    (
      "https://civitai.red/models/9?modelVersionId=12", "https://civitai.red/api/download/models/12"
    ),
    ("https://civitai.com/api/v1/model-versions/12", "https://civitai.com/api/download/models/12"),
    ("https://civitai.com/model-versions/12", "https://civitai.com/api/download/models/12"),
    (
      "https://civitai.com/api/download/models/12?type=Pruned%20Model&fileId=3&utm_source=x",
      "https://civitai.com/api/download/models/12?fileId=3&type=Pruned%20Model"
    ),
    ("https://github.com/o/r/blob/main/a/b.pth", "https://github.com/o/r/raw/main/a/b.pth"),
    (
      "https://github.com/o/r/blob/main/a%20b.pth?raw=true",
      "https://github.com/o/r/raw/main/a%20b.pth"
    ),
    (
      "https://raw.githubusercontent.com/o/r/refs/heads/main/b.pth",
      "https://github.com/o/r/raw/main/b.pth"
    ),
    (
      "https://github.com/o/r/releases/download/v1/b.pth",
      "https://github.com/o/r/releases/download/v1/b.pth"
    ),
    ("https://example.org/a b?c=ü", "https://example.org/a%20b?c=%C3%BC"),
    ("http://example.org:8080/a#part", "http://example.org:8080/a"),
    ("https://image.civitai.com/x/y.bin", "https://image.civitai.com/x/y.bin"),
  ])
  func asksForTheBytes(_ text: String, _ address: String) throws {
    #expect(try SourceURL(text).request().url == address)
  }

  @Test(arguments: [
    ("https://huggingface.co/o/r", SourcePage.huggingFaceRepository("o/r")),
    ("https://huggingface.co/o/r/tree/main/sub", .huggingFaceRepository("o/r")),
    ("https://huggingface.co/o/r/resolve/main", .huggingFaceRepository("o/r")),
    ("https://huggingface.co/o/r/resolve/main/", .huggingFaceRepository("o/r")),
    ("https://huggingface.co/", .other(.huggingFace)),
    ("https://huggingface.co/docs/hub/index", .other(.huggingFace)),
    ("https://huggingface.co/o/r/resolve/main/a%00b", .other(.huggingFace)),
    ("https://civitai.com/models/9", .civitaiModel(9)),
    ("https://civitai.com/models/9?modelVersionId=", .civitaiModel(9)),
    ("https://civitai.com/user/account", .other(.civitai)),
    ("https://github.com/o/r", .gitHubRepository("o/r")),
    ("https://github.com/o/r/tree/main/models", .gitHubRepository("o/r")),
    ("https://github.com/o/r/releases/tag/v1", .gitHubRepository("o/r")),
  ])
  func pagesNameNoFile(_ text: String, _ page: SourcePage) throws {
    let url = try SourceURL(text)
    #expect(url.location == .page(page))
    #expect(throws: SourceURLError.namesNoFile(page)) { try url.request() }
  }

  @Test(arguments: [
    "https://civitai.com.example.org/api/download/models/1", "https://notcivitai.com/models/1",
    "https://example.org/civitai.com/models/1", "https://huggingface.co.example.org/o/r/blob/m/a",
    "https://example.org/?https://huggingface.co/o/r/blob/main/a",
    "https://xhuggingface.co/o/r/blob/main/a",
  ])
  func otherHostsAreNoHub(_ text: String) throws {
    let request = try SourceURL(text).request()
    #expect(request.hub == nil)
    #expect(try SourceURL(text).location == .other)
  }

  @Test func mirrorsAreAskedInstead() throws {
    let url = try SourceURL("https://hf.co/o/r/blob/main/a.bin")
    let mirrors = try Mirrors(endpoint: "http://127.0.0.1:8080/hub/")
    let request = try url.request(mirrors: mirrors)
    #expect(request.url == "http://127.0.0.1:8080/hub/o/r/resolve/main/a.bin")
    #expect(request.host == "127.0.0.1")
    #expect(request.port == 8080)
    #expect(request.isMirrored)
    #expect(request.hub == .huggingFace)
    #expect(!request.mayCarryHubToken)
    #expect(url.cleaned == "https://hf.co/o/r/blob/main/a.bin")
    let trusted = try Mirrors(endpoint: "http://127.0.0.1:8080/hub/", receiveTokens: true)
    #expect(try url.request(mirrors: trusted).mayCarryHubToken)
  }

  @Test func rulesAreByHost() throws {
    let mirrors = try Mirrors(
      rules: "civitai.com=https://c.example Example.org=https://e.example/base",
      endpoint: "https://huggingface.co")
    func request(_ text: String) throws -> SourceRequest {
      try SourceURL(text).request(mirrors: mirrors)
    }
    #expect(
      try request("https://www.civitai.com/models/1?modelVersionId=2").url
        == "https://c.example/api/download/models/2")
    #expect(try request("https://example.org/x?y").url == "https://e.example/base/x?y")
    #expect(try request("https://example.org:8443/x").url == "https://example.org:8443/x")
    #expect(try !request("https://huggingface.co/o/r/blob/main/a").isMirrored)
    #expect(
      CivitaiLookup.request(version: 2, mirrors: mirrors).url
        == "https://c.example/api/v1/model-versions/2")
  }

  @Test func aHostWithOtherPathsIsMirroredWithThem() throws {
    let mirrors = try Mirrors(rules: "raw.githubusercontent.com=https://gh.example/raw/")
    let request = try SourceURL("https://raw.githubusercontent.com/o/r/main/a.pth")
      .request(mirrors: mirrors)
    #expect(request.url == "https://gh.example/raw/o/r/main/a.pth")
    #expect(!request.mayCarryHubToken)
  }

  @Test(
    "no encoded slash leads out of a mirror's base",
    arguments: [
      "o/r/resolve/main/..%2F..%2F..%2F..%2Fadmin", "o/r/resolve/main/a%2F..%2Fb",
      "..%2F../r/resolve/main/b", "o/r/resolve/..%2f../b", "o/r/resolve/main/%2E%2F./b",
      "o/r/resolve/main/a%2Fb%0A",
    ])
  func encodedSlashes(_ path: String) throws {
    let mirrors = try Mirrors(endpoint: "http://127.0.0.1:8080/hub/", receiveTokens: true)
    let url = try SourceURL("https://huggingface.co/" + path)
    #expect(throws: SourceURLError.namesNoFile(.other(.huggingFace))) {
      try url.request(mirrors: mirrors)
    }
  }

  @Test func aBaseEndsAtASlash() throws {
    let mirrors = try Mirrors(endpoint: "https://m.example/hub", receiveTokens: true)
    let url = try SourceURL("https://m.example/hubcap/o/r/resolve/main/a.bin")
    let request = try url.request(mirrors: mirrors)
    #expect(request.url == url.cleaned)
    #expect(request.hub == nil)
    #expect(!request.isMirrored)
    #expect(url.key(mirrors: mirrors).string == url.cleaned)
  }

  @Test func mirrorRuleWinsOverEndpoint() throws {
    let mirrors = try Mirrors(
      rules: "huggingface.co=https://a.example", endpoint: "https://b.example")
    let url = try SourceURL("https://huggingface.co/o/r/blob/main/a")
    #expect(try url.request(mirrors: mirrors).host == "a.example")
  }

  @Test(arguments: [
    ("x", MirrorError.noPair), ("=https://x", .noPair), ("https://a=https://b", .noPair),
    ("a=b", .base(host: "a", .missingScheme)), ("a=ftp://b", .base(host: "a", .scheme("ftp"))),
  ])
  func mirrorRulesAreChecked(_ rules: String, _ error: MirrorError) {
    #expect(throws: error) { try Mirrors(rules: rules) }
  }

  @Test func tokensStayWithTheirHub() throws {
    #expect(try SourceURL("https://huggingface.co/o/r/blob/main/a").request().mayCarryHubToken)
    #expect(try SourceURL("https://civitai.red/model-versions/2").request().mayCarryHubToken)
    #expect(try !SourceURL("https://hf-mirror.com/o/r/blob/main/a").request().mayCarryHubToken)
    let mirrors = try Mirrors(endpoint: "https://m.example")
    let there = try SourceURL("https://m.example/o/r/blob/main/a")
    #expect(try !there.request(mirrors: mirrors).mayCarryHubToken)
    #expect(try there.request(mirrors: mirrors).url == "https://m.example/o/r/resolve/main/a")
  }
}
