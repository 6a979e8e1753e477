import Testing

@testable import ComfyCore

/// Hosts with letters beyond ASCII have one form in records, requests and certificates.
@Suite struct HostNameTests {
  /// The samples of RFC 3492, section 7.1, that are in lower case.
  @Test(arguments: [
    ("\u{6CC}\u{631}\u{627}", "mgbt87b"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
    ("pročprostěnemluvíčesky", "proprostnemluvesky-uyb24dma41a"),
    ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"), ("bücher", "bcher-kva"),
  ])
  func punycode(label: String, code: String) {
    #expect(Punycode.encoded(Array(label.unicodeScalars)) == code)
  }

  @Test(arguments: [
    ("bücher.example", "xn--bcher-kva.example"), ("BÜCHER.Example", "xn--bcher-kva.example"),
    // The accent as a character of its own, and full-width letters and dots.
    ("bu\u{308}cher.example", "xn--bcher-kva.example"),
    ("\u{FF42}ücher\u{3002}example", "xn--bcher-kva.example"), ("faß.de", "xn--fa-hia.de"),
    ("βόλος.com", "xn--nxasmm1c.com"), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ("a_b.example", "a_b.example"), ("例え.jp", "xn--r8jz45g.jp"),
  ])
  func ascii(name: String, form: String) {
    #expect(HostName.ascii(name) == form)
  }

  @Test(arguments: [
    "☃.net", "a\u{2044}b.example", "\u{301}a.example", "ﬁle.example", "bü cher.example",
    "ü\u{FF0F}evil.example", "xn--ü.example", "ab--ü.example",
    "\(String(repeating: "ü", count: 63)).example", "½.example",
  ])
  func whatNoResolverTakes(name: String) {
    #expect(HostName.ascii(name) == nil)
  }

  @Test func anAddressIsRecordedInItsASCIIForm() throws {
    let url = try SourceURL("http://Bücher.example:8080/größe/m.pt?q=1#f")
    #expect(url.host == "xn--bcher-kva.example")
    #expect(url.cleaned == "http://xn--bcher-kva.example:8080/größe/m.pt?q=1#f")
    let ascii = try SourceURL("http://xn--bcher-kva.example:8080/größe/m.pt?q=1")
    #expect(try SourceURL("http://bücher.example:8080/größe/m.pt?q=1").key() == ascii.key())
    #expect(
      try Mirrors(rules: "bücher.example=https://mirror.example").base(
        of: SourceURL("https://bücher.example/m.pt"))?.host == "mirror.example")
  }
}
