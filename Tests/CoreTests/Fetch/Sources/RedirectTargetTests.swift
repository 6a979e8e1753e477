import Testing

@testable import Core

@Suite struct RedirectTargetTests {
  @Test(arguments: [
    (
      "https://b.example/x?X-Amz-Signature=s%2F1&y=1#z",
      "https://b.example/x?X-Amz-Signature=s%2F1&y=1",
      false
    ),
    ("/api/resolve/x?y", "https://a.example/api/resolve/x?y", true),
    ("//b.example/x", "https://b.example/x", false), ("?q=1", "https://a.example/d/e?q=1", true),
    ("f/../g", "https://a.example/d/g", true), ("", "https://a.example/d/e", true),
    ("https://A.example:443/x", "https://A.example:443/x", true),
    ("http://a.example/x", "http://a.example/x", false),
    ("https://a.example:8443/x", "https://a.example:8443/x", false),
    ("https://a.example.evil/x", "https://a.example.evil/x", false),
    ("https://u:p@b.example/x", "https://b.example/x", false),
    ("/a b", "https://a.example/a%20b", true),
  ])
  func resolves(_ location: String, _ url: String, _ keeps: Bool) throws {
    let target = try RedirectTarget(location: location, from: "https://a.example/d/e?f")
    #expect(target.url.reveal() == url)
    #expect(target.keepsCredential == keeps)
    #expect(!"\(target)".contains("Signature"))
  }

  @Test(arguments: [
    ("file:///etc/passwd", SourceURLError.scheme("file")), ("ftp://x/y", .scheme("ftp")),
    ("javascript:alert(1)", .scheme("javascript")), ("https://", .host),
    ("https://x/\r\nHost: y", .character(13, offset: 10)), ("//", .host),
  ])
  func refuses(_ location: String, _ error: SourceURLError) {
    #expect(throws: error) {
      try RedirectTarget(location: location, from: "https://a.example/d")
    }
  }
}
