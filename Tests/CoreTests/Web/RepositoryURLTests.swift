import Testing

@testable import ComfyCore

/// URLs of repositories are kept without passwords and tokens.
@Suite struct RepositoryURLTests {
  @Test(arguments: [
    ("https://x.org/o/r", "https://x.org/o/r"),
    ("HTTPS://user:planted@x.org/o/r", "HTTPS://x.org/o/r"),
    (" https://planted@x.org/o/r ", "https://x.org/o/r"),
    ("https://x.org/o/r?access_token=planted", "https://x.org/o/r"),
    ("ssh://git@x.org/o/r.git", "ssh://git@x.org/o/r.git"),
    ("git@x.org:o/r.git", "git@x.org:o/r.git"), ("git+https://x.org/o/r", "git+https://x.org/o/r"),
    ("git+https://planted@x.org/o/r", nil), ("git://user:planted@x.org/o/r", nil),
    ("ssh://user:planted@x.org/o/r", nil), ("SSH://user%3Aplanted@x.org/o/r", nil),
    ("ssh://ghp_\(String(repeating: "a1", count: 18))@x.org/o/r", nil),
    ("git+ssh://git@x.org/o/r?token=planted", nil),
  ])
  func losesSecrets(text: String, cleaned: String?) throws {
    #expect(try RepositoryURL.cleaned(text) == cleaned)
    #expect(!RepositoryURL.shown(text).contains("planted"))
    #expect(RepositoryURL.secrets(in: text).isEmpty == (text == cleaned))
  }

  @Test("a package is named without them, or not at all")
  func packages() throws {
    let named = try ManifestNodePackage(naming: "HTTPS://user:planted@x.org/o/r")
    #expect(named.repository == "HTTPS://x.org/o/r" && named.id == "r")
    for text in ["git+https://planted@x.org/o/r", "ssh://user:planted@x.org/o/r"] {
      let error = #expect(throws: NodeAnswerError.self) {
        try ManifestNodePackage(naming: text)
      }
      #expect(!"\(String(describing: error))".contains("planted"))
    }
    let found = ResolvedNodePackage(
      nodeType: "A", packageID: "ink", repository: "https://planted@x.org/o/ink",
      matchType: .exact)
    #expect(ManifestNodePackage(found)?.repository == "https://x.org/o/ink")
  }
}
