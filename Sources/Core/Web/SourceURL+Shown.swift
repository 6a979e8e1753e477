extension SourceURL {
  /// A source in a form that may be shown, no matter who wrote it: cleaned like a new one or, if it
  /// is not a URL, with its secrets masked.
  public static func shown(_ text: String) -> String {
    if isPlain(text) { return Redaction.redact(text) }
    return (try? SourceURL(text))?.cleaned ?? Redaction.redact(text)
  }

  /// Whether the text is an address without anything that could be dropped: no user, no parameters
  /// but the usual `download=true`, nothing encoded. Most addresses are like this and need no
  /// parsing.
  private static func isPlain(_ text: String) -> Bool {
    guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return false }
    let usual = "?download=true"
    return text.utf8.dropLast(text.hasSuffix(usual) ? usual.utf8.count : 0).allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        true
      default: false
      }
    }
  }
}
