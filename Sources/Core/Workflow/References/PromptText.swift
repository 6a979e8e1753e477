/// Models that prompt text names: `embedding:NAME` and `<lora:NAME:1.0>`.
enum PromptText {
  /// A name inside a text.
  struct Mention: Equatable {
    /// The text as written: `embedding:styles\ink:1.2`, `<lora:second:0.8>`.
    var text: String
    var name: String
  }

  private static let embedding = Array("embedding:".utf8)
  private static let lora = Array("<lora:".utf8)

  /// The longest name that is looked for, in bytes.
  private static let longestName = 1024

  /// Whether the text may contain a mention; a cheap test.
  static func mayMention(_ text: String) -> Bool {
    text.utf8.count > 6 && text.utf8.contains(UInt8(ascii: ":"))
      && (ValueText.contains("embedding:", in: text) || ValueText.contains("<lora:", in: text))
  }

  /// All `embedding:NAME`, in order. NAME ends at whitespace, a bracket, a comma, a double quote or
  /// a bar. A weight, full stops or semicolons at its end do not belong to it.
  static func embeddings(in text: String) -> [Mention] {
    let bytes = Array(text.utf8)
    return places(of: embedding, in: bytes).compactMap { place in
      guard !isPartOfWord(before: place, in: bytes) else { return nil }
      let start = place + embedding.count
      let scalars = String(decoding: bytes[start...].prefix(longestName), as: UTF8.self)
        .unicodeScalars
      let written = String(scalars.prefix { !endsEmbedding($0) })
      let name = withoutWeight(withoutStops(written))
      guard !name.isEmpty else { return nil }
      return Mention(text: "embedding:" + withoutStops(written), name: String(name))
    }
  }

  /// All `<lora:NAME…>`, in order. NAME ends at `:` or `>`.
  static func loraTags(in text: String) -> [Mention] {
    let bytes = Array(text.utf8)
    return places(of: lora, in: bytes).compactMap { place in
      let inside = bytes[(place + lora.count)...].prefix(longestName)
      guard let close = inside.firstIndex(of: UInt8(ascii: ">")) else { return nil }
      let name = inside[..<close].prefix { $0 != UInt8(ascii: ":") }
      let text = ValueText.trimmed(String(decoding: name, as: UTF8.self))
      guard !text.isEmpty, !isPattern(text) else { return nil }
      return Mention(text: String(decoding: bytes[place...close], as: UTF8.self), name: text)
    }
  }

  /// Whether a name can only be part of a regular expression or of a template: `\1`, `([^:]+)`,
  /// `(.+?)`, `{name}`, `__style__`.
  private static func isPattern(_ name: String) -> Bool {
    let isBackReference =
      name.hasPrefix("\\") && name.utf8.count > 1
      && name.utf8.dropFirst().allSatisfy { 0x30...0x39 ~= $0 }
    let isWildcard = name.hasPrefix("__") && name.hasSuffix("__")
    let hasPatternSign = name.utf8.contains { patternSigns.contains($0) }
    return isBackReference || isWildcard || hasPatternSign
      || ["(\\", "[\\", "(.", ".+", "(["].contains { ValueText.contains($0, in: name) }
  }

  /// Characters that are not allowed in file names on every system, and those of templates.
  private static let patternSigns = Set("*?|\"<>^${}".utf8)

  private static func places(of word: [UInt8], in bytes: [UInt8]) -> [Int] {
    var places: [Int] = []
    var index = 0
    while bytes.count - index >= word.count {
      if bytes[index] == word[0], bytes[index..<index + word.count].elementsEqual(word) {
        places.append(index)
        index += word.count
      } else {
        index += 1
      }
    }
    return places
  }

  private static func isPartOfWord(before place: Int, in bytes: [UInt8]) -> Bool {
    guard place > 0 else { return false }
    var start = place - 1
    while start > 0, UTF8.isContinuation(bytes[start]) { start -= 1 }
    let scalar = String(decoding: bytes[start..<place], as: UTF8.self).unicodeScalars.last ?? " "
    switch scalar {
    case ".", "/", "\\", ":", "-", "_": return true
    default: return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
  }

  private static func endsEmbedding(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ",", "(", ")", "<", ">", "[", "]", "{", "}", "|", "\"": true
    default: scalar.properties.isWhitespace
    }
  }

  private static func withoutStops(_ text: some StringProtocol) -> String {
    var text = Substring(text)
    while text.hasSuffix(".") || text.hasSuffix(";") { text.removeLast() }
    return String(text)
  }

  /// `ink:1.2` without `:1.2`.
  private static func withoutWeight(_ text: String) -> String {
    guard let colon = text.lastIndex(of: ":") else { return text }
    let weight = text[text.index(after: colon)...]
    guard weight.utf8.allSatisfy({ 0x30...0x39 ~= $0 || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B })
    else { return text }
    return withoutStops(text[..<colon])
  }
}
