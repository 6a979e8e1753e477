import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct CredentialsTests {
  static let huggingFace = "https://huggingface.co/o/r/resolve/main/a.bin"
  static let civitai = "https://civitai.com/api/download/models/1"

  private func credential(
    for address: String, _ variables: [String: String] = [:], home: FilePath? = nil,
    mirrors: Mirrors = .none
  ) throws -> Credential? {
    let environment = ProcessEnvironment(
      variables: variables, home: home, currentDirectory: "/", now: { Timestamp(seconds: 0) })
    return try Credentials(environment: environment).credential(
      for: SourceURL(address).request(mirrors: mirrors))
  }

  @Test(arguments: [
    (["HF_TOKEN": "one", "HUGGING_FACE_HUB_TOKEN": "two"], huggingFace, "one", "HF_TOKEN"),
    (
      ["HF_TOKEN": "", "HUGGING_FACE_HUB_TOKEN": " two\n"], huggingFace, "two",
      "HUGGING_FACE_HUB_TOKEN"
    ),
    (["CIVITAI_API_TOKEN": "one", "CIVITAI_TOKEN": "two"], civitai, "one", "CIVITAI_API_TOKEN"),
    (["CIVITAI_TOKEN": "two"], "https://civitai.red/model-versions/1", "two", "CIVITAI_TOKEN"),
    (["HF_TOKEN": "one"], "https://hf.co/o/r/blob/main/a.bin", "one", "HF_TOKEN"),
  ])
  func variablesComeFirst(
    _ variables: [String: String], _ address: String, _ token: String, _ name: String
  ) throws {
    let found = try #require(try credential(for: address, variables))
    #expect(found.authorization(for: found.site) == "Bearer \(token)")
    #expect(found.origin == .variable(name))
    #expect(found.secrets.map { $0.reveal() } == [token])
  }

  @Test(arguments: [
    "https://civitai.com.example.org/api/download/models/1", "https://example.org/civitai.com/a",
    "https://hf-mirror.com/o/r/resolve/main/a.bin", "https://cdn-lfs.hf.co/a",
    "https://image.civitai.com/a.bin", "http://huggingface.co:80@example.org/a",
    "http://huggingface.co:8080/o/r/resolve/main/a.bin", "https://github.com/o/r/blob/main/a.bin",
  ])
  func tokensGoNowhereElse(_ address: String) throws {
    #expect(
      try credential(for: address, ["HF_TOKEN": "planted", "CIVITAI_API_TOKEN": "planted"]) == nil)
  }

  @Test func mirrorsGetTokensWhereTold() throws {
    let variables = ["HF_TOKEN": "one"]
    let closed = try Mirrors(endpoint: "http://mirror.example")
    #expect(try credential(for: Self.huggingFace, variables, mirrors: closed) == nil)
    let open = try Mirrors(endpoint: "http://mirror.example", receiveTokens: true)
    #expect(try credential(for: Self.huggingFace, variables, mirrors: open) != nil)
    #expect(try credential(for: Self.civitai, variables, mirrors: open) == nil)
  }

  @Test(arguments: ["a b", "a\nb", "a\u{7F}", "ä"])
  func tokensThatNoHeaderHolds(_ token: String) {
    #expect(throws: CredentialError.malformedToken(.variable("HF_TOKEN"))) {
      try credential(for: Self.huggingFace, ["HF_TOKEN": token])
    }
  }

  @Test(arguments: [
    ("t", ["HF_TOKEN_PATH": "~/t", "HF_HOME": "~/no"]), ("hub/token", ["HF_HOME": "~/hub"]),
    ("x/huggingface/token", ["XDG_CACHE_HOME": "~/x"]), (".cache/huggingface/token", [:]),
  ])
  func tokenFiles(_ name: String, _ variables: [String: String]) throws {
    let folder = try TemporaryFolder()
    #expect(try credential(for: Self.huggingFace, variables, home: folder.path) == nil)
    let file = try folder.write("  hf_fromfile\r\n", to: name)
    let found = try #require(
      try credential(for: Self.huggingFace, variables, home: folder.path))
    #expect(found.authorization(for: found.site) == "Bearer hf_fromfile")
    #expect(found.origin == .tokenFile(file))
    #expect(try credential(for: Self.civitai, variables, home: folder.path) == nil)
    // A variable is enough: the file is not even opened.
    let broken = try folder.write("two words", to: name)
    #expect(throws: CredentialError.malformedToken(.tokenFile(broken))) {
      try credential(for: Self.huggingFace, variables, home: folder.path)
    }
    let both = variables.merging(["HF_TOKEN": "one"]) { $1 }
    #expect(
      try credential(for: Self.huggingFace, both, home: folder.path)?.origin
        == .variable("HF_TOKEN"))
  }

  @Test func tokenFilesAreBounded() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(String(repeating: "a", count: 20_000), to: "t")
    #expect(throws: CredentialError.tooLarge(file, limit: 16 << 10)) {
      try credential(for: Self.huggingFace, ["HF_TOKEN_PATH": file.string])
    }
    #expect(throws: CredentialError.file(FileError(.read, folder.path, .isDirectory))) {
      try credential(for: Self.huggingFace, ["HF_TOKEN_PATH": folder.path.string])
    }
  }

  @Test func netrcComesLast() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      """
      machine example.org login me password p:w
      machine huggingface.co login x password hf_net
      default login d password leaked
      """, to: ".netrc")
    let plain = try #require(try credential(for: "https://example.org/a", home: folder.path))
    #expect(plain.authorization(for: plain.site) == "Basic bWU6cDp3")
    #expect(plain.origin == .netrc(file))
    #expect(try credential(for: "http://example.org/a", home: folder.path) == nil)
    #expect(try credential(for: "https://sub.example.org/a", home: folder.path) == nil)
    #expect(try credential(for: "https://elsewhere.org/a", home: folder.path) == nil)
    let hub = try #require(try credential(for: Self.huggingFace, home: folder.path))
    #expect(hub.authorization(for: hub.site) == "Bearer hf_net")
    let token = try credential(for: Self.huggingFace, ["HF_TOKEN": "one"], home: folder.path)
    #expect(token?.origin == .variable("HF_TOKEN"))
  }

  @Test func onlyANamedNetrcMustBeReadable() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("machine example.org\nlogin me nonsense", to: ".netrc")
    #expect(try credential(for: "https://example.org/a", home: folder.path) == nil)
    #expect(throws: CredentialError.netrc(file, line: 2)) {
      try credential(for: "https://example.org/a", ["NETRC": file.string])
    }
  }

  @Test func thisMachineNeedsNoEncryption() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "machine 127.0.0.1 login a password b\nmachine 10.0.0.1 password c", to: "n")
    #expect(try credential(for: "http://127.0.0.1:8080/a", ["NETRC": file.string]) != nil)
    #expect(try credential(for: "http://10.0.0.1/a", ["NETRC": file.string]) == nil)
  }

  @Test func nothingShowsASecret() throws {
    let found = try #require(
      try credential(for: Self.huggingFace, ["HF_TOKEN": "planted"]))
    var shown = "\(found) \(String(reflecting: found)) \([found])"
    dump(found, to: &shown)
    #expect(!shown.contains("planted"))
    #expect(shown.contains("***"))
  }

  @Test(
    arguments: [
      ("", nil, nil), ("machine h password p", nil, "p"),
      ("machine H login l password p", "l", "p"),
      ("machine\nh\n\tlogin\nl\npassword\np\n", "l", "p"),
      ("machine h login l machine i password p", nil, nil),
      ("machine h login l machine h password p", nil, "p"),
      ("machine h password p machine h password q", nil, "p"),
      ("machine h login \"a b\\\"c\" password \"#\\n\"", "a b\"c", "#\n"),
      ("# machine h password no\nmachine h account x password #p # c", nil, "#p"),
      ("macdef init\nmachine h password no\n\nmachine h password p", nil, "p"),
      ("macdef init\nmachine h password no", nil, nil),
      ("\u{FEFF}machine h password p", nil, "p"), ("default password d", nil, nil),
      ("machine i password x default password d", nil, nil),
    ] as [(String, String?, String?)])
  func netrcForms(_ text: String, _ login: String?, _ password: String?) throws {
    let entry = try Netrc.entry(for: "h", in: Array(text.utf8))
    #expect(entry?.login == login)
    #expect(entry?.password == password)
  }

  @Test(arguments: [
    ("machine", 1), ("\n\nmachine h\npassword", 4), ("what", 1), ("machine h password \"p", 1),
    ("machine h\nlogin \u{FFFD}x y", 2),
  ])
  func netrcErrors(_ text: String, _ line: Int) {
    #expect(throws: Netrc.SyntaxError(line: line)) {
      try Netrc.entry(for: "h", in: Array(text.utf8))
    }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
    ("\u{FF}\u{FFFF}", "w7/vv78="),
  ])
  func base64(_ text: String, _ encoded: String) {
    #expect(Base64.string(of: Array(text.utf8)) == encoded)
  }
}
