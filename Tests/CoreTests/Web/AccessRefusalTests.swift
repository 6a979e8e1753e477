import Testing

@testable import ComfyCore

@Suite struct AccessRefusalTests {
  static let huggingFace = "https://huggingface.co/o/r/blob/main/a.bin"
  static let civitai = "https://civitai.com/models/1?modelVersionId=2"
  static let plain = "https://example.org/a.bin"

  private func refusal(
    _ address: String, _ status: Int, _ fields: [String: String] = [:], body: String = "",
    token: Bool = false
  ) throws -> AccessRefusal? {
    let url = try SourceURL(address)
    let head = ResponseHead(
      status: status, fields: fields.map { ResponseHead.Field(name: $0.key, value: $0.value) })
    let request = try url.request()
    let credential = Credential(
      Secret("Bearer planted"), for: request.origin, foundIn: .variable("HF_TOKEN"),
      secrets: [Secret("planted")])
    return AccessRefusal(
      head, to: request, for: url, body: Array(body.utf8),
      credential: token ? credential : nil, now: Timestamp(seconds: 784_111_777))
  }

  @Test(
    arguments: [
      (
        401, "GatedRepo", "Access to model o/r is restricted. Please log in.", false,
        .tokenMissing(gated: true)
      ),
      (
        403, "GatedRepo", "Access to model o/r is restricted and you are not in the list.", true,
        .licenceNotAccepted
      ),
      (
        403, "GatedRepo", "Your request to access model o/r is awaiting a review.", true,
        .accessPending
      ),
      (
        403, "GatedRepo", "Please enable access in your fine-grained token settings.", true,
        .tokenLacksGatedRead
      ),
      (
        403, "", "Please enable access in your fine-grained token settings.", true,
        .tokenLacksGatedRead
      ),
      (401, "GatedRepo", "Please log in.", true, .tokenRejected),
      (401, "", "Invalid credentials in Authorization header", true, .tokenRejected),
      (401, "RepoNotFound", "Repository not found", false, .missingOrPrivate),
      (401, "RepoNotFound", "Repository not found", true, .missingOrPrivate),
      (401, "", "", false, .missingOrPrivate), (401, "", "", true, .missingOrPrivate),
      (404, "RepoNotFound", "", false, .missingOrPrivate),
      (404, "EntryNotFound", "", false, .notFound(.file)),
      (404, "RevisionNotFound", "", false, .notFound(.revision)),
      (403, "", "Access to this resource is disabled.", true, .archived),
      (403, "", "", true, .forbidden), (429, "", "", false, .rateLimited(seconds: nil)),
      (451, "", "", false, .legal),
    ] as [(Int, String, String, Bool, AccessRefusal.Reason)])
  func huggingFaceReasons(
    _ status: Int, _ code: String, _ words: String, _ token: Bool, _ reason: AccessRefusal.Reason
  ) throws {
    var fields: [String: String] = [:]
    if !code.isEmpty { fields["x-error-code"] = code }
    if !words.isEmpty { fields["X-Error-Message"] = words }
    let found = try #require(
      try refusal(Self.huggingFace, status, fields, token: token))
    #expect(found.reason == reason)
    #expect(found.page == "https://huggingface.co/o/r")
    #expect(found.variables == ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
    #expect(found.tokenSent == token)
    #expect(found.message == (words.isEmpty ? nil : words))
  }

  @Test(
    arguments: [
      (401, "", "{\"error\":\"Unauthorized\"}", false, .tokenMissing(gated: false)),
      (401, "", "{\"error\":\"Unauthorized\"}", true, .tokenRejected),
      (
        307, "/login?returnUrl=%2Fmodels&reason=download-auth", "", false,
        .tokenMissing(gated: false)
      ),
      (302, "https://civitai.com/login?reason=download-auth", "", true, .tokenRejected),
      (307, "/pricing?reason=early-access", "", true, .earlyAccess(until: nil)),
      (
        403, "", "{\"error\":\"Early Access\",\"deadline\":\"2026-12-01T00:00:00.000Z\"}", true,
        .earlyAccess(until: "2026-12-01T00:00:00.000Z")
      ),
      (410, "", "{\"error\":\"Model archived\"}", false, .archived),
      (403, "", "{\"error\":\"Creator has disabled downloads\"}", true, .archived),
      (404, "", "{\"error\":{\"message\":\"Not there\"}}", false, .notFound(.file)),
      (403, "", "<html>", false, .forbidden),
    ] as [(Int, String, String, Bool, AccessRefusal.Reason)])
  func civitaiReasons(
    _ status: Int, _ location: String, _ body: String, _ token: Bool,
    _ reason: AccessRefusal.Reason
  ) throws {
    let fields = location.isEmpty ? [:] : ["Location": location]
    let found = try #require(
      try refusal(Self.civitai, status, fields, body: body, token: token))
    #expect(found.reason == reason)
    #expect(found.page == "https://civitai.com/model-versions/2")
    #expect(found.variables.first == "CIVITAI_API_TOKEN")
  }

  @Test(
    arguments: [
      (401, false, .tokenMissing(gated: false)), (401, true, .tokenRejected),
      (403, true, .forbidden), (404, false, .notFound(.file)), (410, false, .notFound(.file)),
    ] as [(Int, Bool, AccessRefusal.Reason)])
  func plainReasons(_ status: Int, _ token: Bool, _ reason: AccessRefusal.Reason) throws {
    let found = try #require(try refusal(Self.plain, status, token: token))
    #expect(found.reason == reason)
    #expect(found.hub == nil)
    #expect(found.page == nil)
    #expect(found.variables.isEmpty)
    #expect(!found.isTemporary)
  }

  @Test(arguments: [200, 206, 304, 408, 416, 500, 502, 503, 504])
  func noRefusals(_ status: Int) throws {
    for address in [Self.huggingFace, Self.civitai, Self.plain] {
      #expect(try refusal(address, status) == nil)
    }
  }

  @Test(arguments: [
    "https://cdn.example/a?reason=none", "/api/login", "/loginless", "//bucket/login-key/a", "",
  ])
  func otherRedirectsAreNone(_ location: String) throws {
    #expect(try refusal(Self.civitai, 307, ["Location": location]) == nil)
  }

  @Test func wordsAreOneCleanLine() throws {
    let words = "a\u{1B}[31m\r\n\tb\u{202E} Bearer planted https://u:planted@x?token=planted\u{0}"
    let found = try #require(
      try refusal(Self.huggingFace, 403, ["X-Error-Message": words], token: true))
    let message = try #require(found.message)
    #expect(message == "a [31m b Bearer *** https://***@x?token=***")
    #expect(!"\(found)".contains("planted"))
    let long = String(repeating: "墨", count: 500)
    let cut = try #require(try refusal(Self.huggingFace, 403, ["X-Error-Message": long])?.message)
    #expect(cut == String(repeating: "墨", count: 100))
  }

  // MARK: - Waiting

  @Test(
    arguments: [
      (["Retry-After": "7"], 7), (["Retry-After": "0"], 0), (["Retry-After": "100000"], 100_000),
      (["Retry-After": "99999999999999999999999"], 315_360_000), (["Retry-After": "86400"], 86_400),
      (["retry-after": " 1.2 "], 2),
      (["Retry-After": "Sun, 06 Nov 1994 08:49:47 GMT"], 10),
      (["Retry-After": "Sun, 06 Nov 1994 08:00:00 GMT"], 0),
      (["Retry-After": "Sun, 06 Nov 2994 08:00:00 GMT"], 315_360_000), (["Retry-After": "-5"], nil),
      (["Retry-After": "soon"], nil), (["Retry-After": ""], nil),
      (["RateLimit": "\"resolvers\";r=0;t=55"], 55), (["RateLimit": "\"resolvers\";r=4;t=55"], nil),
      (["RateLimit": "\"a\";r=0;t=5, \"b\"; t=9 ; r=0, \"c\";r=1;t=99"], 9),
      (["RateLimit": ";;=,"], nil), (["RateLimit-Reset": "12"], 12),
      (["Retry-After": "3", "RateLimit": "\"a\";r=0;t=55"], 3), ([:], nil),
    ] as [([String: String], Int?)])
  func waits(_ fields: [String: String], _ seconds: Int?) throws {
    let found = try #require(try refusal(Self.plain, 429, fields))
    #expect(found.reason == .rateLimited(seconds: seconds))
    #expect(found.isTemporary)
  }

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
    ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
    ("Wed, 01 Mar 2000 00:00:00 UTC", 951_868_800), ("Fri, 31 Dec 1999 23:59:60 GMT", 946_684_800),
    ("Wednesday, 09-Nov-26 00:00:00 GMT", 1_794_182_400),
  ])
  func dates(_ text: String, _ seconds: Int64) {
    #expect(HTTPDate(text)?.seconds == seconds)
  }

  @Test(arguments: [
    "", "x", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 2023 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, 06 Nov 1200 08:49:37 GMT",
    "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:-1 GMT",
  ])
  func notDates(_ text: String) {
    #expect(HTTPDate(text) == nil)
  }
}
