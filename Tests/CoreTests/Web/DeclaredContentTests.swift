import Testing

@testable import ComfyCore

@Suite struct DeclaredContentTests {
  static let digits = String(repeating: "aB", count: 32)
  static let commit = String(repeating: "0c", count: 20)

  private func content(
    _ status: Int, _ fields: [String: String], hub: Hub? = .huggingFace
  ) -> DeclaredContent {
    let fields = fields.map { ResponseHead.Field(name: $0.key, value: $0.value) }
    return DeclaredContent(ResponseHead(status: status, fields: fields), hub: hub)
  }

  @Test func hubTellsBehindItsRedirect() {
    let found = content(
      302,
      [
        "x-linked-etag": "\"\(Self.digits)\"", "X-Linked-Size": " 1234 ",
        "X-Repo-Commit": Self.commit, "Content-Length": "9", "ETag": "\"x\"",
      ])
    #expect(found.sha256?.hex == Self.digits.lowercased())
    #expect(found.size == 1234)
    #expect(found.commit == Self.commit)
    #expect(found.entityTag?.opaque == "x")
  }

  @Test func tagsOfOthersAreNoHashes() {
    let fields = ["ETag": "\"\(Self.digits)\"", "X-Linked-Etag": "\"\(Self.digits)\""]
    #expect(content(200, fields, hub: nil).sha256 == nil)
    #expect(content(200, fields, hub: .civitai).sha256 == nil)
    #expect(content(200, ["ETag": "\"\(Self.digits)\""]).sha256 != nil)
    #expect(content(302, ["ETag": "\"\(Self.digits)\""]).sha256 == nil)
    #expect(content(200, ["ETag": "\"\(Self.commit)\""]).sha256 == nil)
  }

  @Test(
    arguments: [
      (["Content-Length": "12"], 12), (["Content-Length": "-1"], nil),
      (["Content-Length": "+1"], nil),
      (["Content-Length": "1e3"], nil), (["Content-Length": ""], nil),
      (["Content-Length": "99999999999999999999"], nil),
      (["Content-Length": "12", "Content-Encoding": "gzip"], nil),
      (["Content-Length": "12", "Content-Encoding": "identity"], 12), ([:], nil),
    ] as [([String: String], UInt64?)])
  func sizes(_ fields: [String: String], _ size: UInt64?) {
    #expect(content(200, fields, hub: nil).size == size)
    #expect(content(206, fields, hub: nil).size == nil)
  }

  @Test(
    arguments: [
      ("\"a\"", "a", false), ("W/\"a\"", "a", true), ("a", "a", false), ("w/a", "a", true),
      (" \"a-b:c\" ", "a-b:c", false), ("\"", nil, false), ("", nil, false), ("W/", nil, false),
      ("\"\"", nil, false), ("\"a\"b\"", nil, false), ("\"a b\"", nil, false),
      ("\"a\n\"", nil, false),
    ] as [(String, String?, Bool)])
  func tags(_ text: String, _ opaque: String?, _ isWeak: Bool) {
    let tag = EntityTag(text)
    #expect(tag?.opaque == opaque)
    if let tag {
      #expect(tag.isWeak == isWeak)
      #expect(tag.headerValue == (isWeak ? "W/" : "") + "\"\(tag.opaque)\"")
    }
  }

  @Test func nameIsTheServers() {
    let found = content(200, ["Content-Disposition": "attachment; filename=\"../a.bin\""], hub: nil)
    #expect(found.filename == "../a.bin")
  }
}
