import Testing

@testable import ComfyCore

/// Random texts, made of what the parsers look for, through every one of them: nothing may trap, and
/// a planted secret may never come out.
@Suite struct HostileInputTests {
  /// SplitMix64: the same numbers for the same seed everywhere.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }
  }

  static let words = [
    "https://", "http://", "HTTP:", "//", "/", "?", "#", "&", ";", "=", "@", ":", "::", "[", "]",
    "%",
    "%2", "%2e", "%00", "%25", "..", ".", "\\", " ", "\t", "\n", "\u{0}", "\u{301}", "\u{202E}",
    "ü",
    "墨", "\"", "'", "<", ">", "`", "huggingface.co", "hf.co", "civitai.com", "github.com",
    "hf-mirror.com", "resolve", "blob", "raw", "main", "refs", "pr", "models", "api", "v1",
    "download", "model-versions", "modelVersionId=", "12", "99999999999999999999999", "token",
    "X-Amz-Signature", "sig", "se", "key", "Bearer", "Authorization", "machine", "login",
    "password",
    "default", "macdef", "a.safetensors", "1.2.3.4", "::ffff:", "filename", "filename*", "UTF-8''",
    "attachment", "W/", "Sun, 06 Nov 1994 08:49:37 GMT", "{", "}", "[", "null", "\"id\":1", ",",
  ]

  private func text(_ generator: inout Generator) -> String {
    (0..<Int.random(in: 0...24, using: &generator)).map { _ in
      Self.words.randomElement(using: &generator) ?? ""
    }.joined()
  }

  private func bytes(_ generator: inout Generator) -> String {
    let count = Int.random(in: 0...64, using: &generator)
    return String(
      decoding: (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) },
      as: UTF8.self)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func nothingTraps(_ seed: UInt64) throws {
    var generator = Generator(state: seed)
    let mirrors = try Mirrors(rules: "huggingface.co=https://m.example/base", endpoint: nil)
    for round in 0..<200 {
      let text = round.isMultiple(of: 3) ? bytes(&generator) : text(&generator)
      if let url = try? SourceURL(text) {
        #expect(try SourceURL(url.cleaned).cleaned == url.cleaned, "seed \(seed): \(text)")
        #expect(url.path.hasPrefix("/") && url.path.utf8.allSatisfy { $0 < 0x80 && $0 > 0x20 })
        _ = url.key(mirrors: mirrors)
        _ = url.pinned(to: String(repeating: "a", count: 40))
        if let request = try? url.request(mirrors: mirrors) {
          #expect(!request.url.utf8.contains { $0 <= 0x20 }, "seed \(seed): \(text)")
        }
        let suggestion = PathSuggestion.suggest(url: url, serverFilename: text)
        #expect(suggestion?.path.components.contains("..") != true)
      }
      _ = try? Mirrors(rules: text, endpoint: text)
      _ = Redaction.redact(text, knowing: [Secret(text)])
      _ = IPAddress(text)?.isPrivate
      _ = HTTPDate(text)
      _ = EntityTag(text)
      _ = ModelExtension(of: text)
      _ = try? Netrc.entry(for: "h", in: Array(text.utf8))
      _ = try? CivitaiVersion(reply: Array(text.utf8))
      let head = ResponseHead(
        status: Int.random(in: 0...600, using: &generator),
        fields: [
          "Retry-After", "RateLimit", "ETag", "X-Linked-Etag", "X-Linked-Size", "Location",
          "Content-Disposition", "X-Error-Message", "X-Error-Code",
        ].map { ResponseHead.Field(name: $0, value: text) })
      _ = DeclaredContent(head, hub: .huggingFace)
      let url = try SourceURL("https://huggingface.co/o/r/blob/main/a.bin")
      let refusal = AccessRefusal(
        head, to: try url.request(), for: url, body: Array(text.utf8), now: Timestamp(seconds: 0))
      if let message = refusal?.message {
        #expect(!message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
      }
      if let name = ContentDisposition(text).filename, let safe = SafeFilename(name)?.string {
        #expect(safe.utf8.count <= SafeFilename.limit && (try? RelativePath(safe)) != nil)
        #expect(!safe.contains("/"), "seed \(seed): \(text)")
      }
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func plantedSecretsStayInside(_ seed: UInt64) throws {
    var generator = Generator(state: seed &+ 1_000_000)
    for _ in 0..<100 {
      var secret = "planted"
      for _ in 0..<12 {
        secret.append("abcXYZ0189-_~!*+$".randomElement(using: &generator) ?? "a")
      }
      let nested = PercentEncoding.encoded("https://x:\(secret)@y/?sig=\(secret)".utf8)
      let places = [
        "https://u:\(secret)@example.org/a", "https://example.org/a?token=\(secret)",
        "https://example.org/a?x=1&X-Amz-Credential=\(secret)&y=2",
        "https://civitai.com/models/1?modelVersionId=2&token=\(secret)",
        "https://huggingface.co/o/r/blob/main/a?download=true&access_token=\(secret)#x",
        "https://example.org/a#api_key=\(secret)", "https://p.example/?u=\(nested)",
      ]
      let text = places.randomElement(using: &generator) ?? places[0]
      let url = try SourceURL(text)
      var outputs = [url.cleaned, url.key().string, "\(url.dropped)"]
      dump(url, to: &outputs[2])
      outputs.append(try url.request().url)
      outputs.append(Redaction.redact("error: cannot fetch '" + text + "': refused"))
      for output in outputs {
        #expect(!output.contains("planted"), "seed \(seed): \(text)")
      }
    }
  }

  @Test func nestingIsBounded() {
    for unit in ["https://x?u=", "https://x?u=https%3A%2F%2Fy%3Fu%3D", "https://x#u="] {
      let text = String(repeating: unit, count: 1000) + "&token=planted"
      #expect((try? SourceURL(text))?.cleaned.contains("planted") != true)
    }
  }
}
