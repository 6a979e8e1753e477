/// Masks secrets in texts that are shown or stored: errors, logs, responses of servers.
package enum Redaction {
  /// The text with `***` in place of every secret in it.
  ///
  /// Secrets are: those in `known`, wherever they occur; user and password in addresses; values of
  /// secret parameters, headers and JSON members, also when percent-encoded once or twice; texts in
  /// the form of a well-known token. Everything else stays as it is.
  package static func redact(_ text: String, knowing known: [Secret] = []) -> String {
    let bytes = Array(text.utf8)
    let plain = RedactionView(bytes)
    let decoded = plain.decoded(level: 1).decoded(level: 2)
    var ranges: [Range<Int>] = []
    // Short texts occur by chance, and masking them would reveal them.
    for secret in known.map({ Array($0.reveal().utf8) }) where secret.count >= 4 {
      ranges += plain.occurrences(of: secret) + decoded.occurrences(of: secret)
    }
    ranges += decoded.userinfo + decoded.namedValues + decoded.tokens
    guard !ranges.isEmpty else { return text }
    return String(decoding: masked(bytes, ranges), as: UTF8.self)
  }

  private static func masked(_ bytes: [UInt8], _ ranges: [Range<Int>]) -> [UInt8] {
    var masked: [UInt8] = []
    var position = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard range.upperBound > position else { continue }
      if range.lowerBound >= position {
        masked += bytes[position..<range.lowerBound] + Array("***".utf8)
      }
      position = range.upperBound
    }
    return masked + bytes[position...]
  }
}

/// A text with decoded escapes, and for each byte its place in the original text.
private struct RedactionView {
  struct Unit {
    let byte: UInt8
    /// Its place in the text.
    let range: Range<Int>
    /// How often it was escaped.
    let level: Int
  }

  private var units: [Unit]

  init(_ bytes: [UInt8]) {
    units = bytes.enumerated().map { Unit(byte: $1, range: $0..<($0 + 1), level: 0) }
  }

  /// The view with its escapes decoded once more.
  func decoded(level: Int) -> RedactionView {
    guard units.contains(where: { $0.byte == UInt8(ascii: "%") }) else { return self }
    var view = self
    view.units = []
    view.units.reserveCapacity(units.count)
    var index = 0
    while index < units.count {
      let unit = units[index]
      let digits = units[(index + 1)...].prefix(2)
      if unit.byte == UInt8(ascii: "%"), let last = digits.last,
        let byte = PercentEncoding.escapedByte(digits.map(\.byte))
      {
        let range = unit.range.lowerBound..<last.range.upperBound
        view.units.append(Unit(byte: byte, range: range, level: level))
        index += 3
      } else {
        view.units.append(unit)
        index += 1
      }
    }
    return view
  }

  func occurrences(of secret: [UInt8]) -> [Range<Int>] {
    guard let first = secret.first else { return [] }
    return units.indices.compactMap { index in
      guard units[index].byte == first, units.count - index >= secret.count,
        zip(units[index...], secret).allSatisfy({ $0.byte == $1 })
      else { return nil }
      return range(index, index + secret.count)
    }
  }

  /// User and password of every `://user:password@`.
  var userinfo: [Range<Int>] {
    let mark = Array("://".utf8)
    var found: [Range<Int>] = []
    for index in units.indices where units[index].byte == mark[0] {
      let start = index + mark.count
      guard start < units.count, units[index..<start].map(\.byte) == mark else { continue }
      let end = end(from: start) { "/?#\"'`<>".utf8.contains($0) || $0 <= 0x20 }
      if let at = units[start..<end].lastIndex(where: { $0.byte == UInt8(ascii: "@") }), at > start
      {
        found.append(range(start, at))
      }
    }
    return found
  }

  /// Values that follow the name of a secret and `=` or `:`, or that follow `Bearer` or `Basic`.
  var namedValues: [Range<Int>] {
    var found: [Range<Int>] = []
    var masked = 0
    // A name inside a value is masked together with the value, so it is skipped.
    for run in runs(of: { PercentEncoding.isUnreserved($0) })
    where run.lowerBound >= masked && mayHaveValue(run) {
      let name = String(
        decoding: units[run].map { unit in
          unit.byte == UInt8(ascii: "-") || unit.byte == UInt8(ascii: ".")
            ? UInt8(ascii: "_") : unit.byte
        }, as: UTF8.self
      ).lowercased()
      let isScheme = name == "bearer" || name == "basic"
      guard isScheme || SecretNames.isSecret(name),
        let value = isScheme
          ? schemeValue(of: name, from: run.upperBound) : value(of: name, at: run)
      else { continue }
      found.append(range(value.lowerBound, value.upperBound))
      masked = value.upperBound
    }
    return found
  }

  /// Whether a value can follow the word at `run`: the word is as long as `Basic` or `Bearer`, or
  /// `=` or `:` follows it.
  private func mayHaveValue(_ run: Range<Int>) -> Bool {
    if run.count == "basic".utf8.count || run.count == "bearer".utf8.count { return true }
    var index = run.upperBound
    skip(&index, "\\\"' ")
    return byte(index) == UInt8(ascii: "=") || byte(index) == UInt8(ascii: ":")
  }

  /// Texts with the form of a token.
  var tokens: [Range<Int>] {
    runs { PercentEncoding.isUnreserved($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "~") }
      .filter { run in SecretNames.looksLikeToken(units[run].map(\.byte)) }
      .map { range($0.lowerBound, $0.upperBound) }
  }

  // MARK: - Walking

  private func range(_ start: Int, _ end: Int) -> Range<Int> {
    units[start].range.lowerBound..<units[end - 1].range.upperBound
  }

  private func runs(of isPart: (UInt8) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var index = 0
    while index < units.count {
      let start = index
      while index < units.count, isPart(units[index].byte) { index += 1 }
      if index > start { runs.append(start..<index) } else { index += 1 }
    }
    return runs
  }

  private func end(from start: Int, where isEnd: (UInt8) -> Bool) -> Int {
    units[start...].firstIndex { isEnd($0.byte) } ?? units.count
  }

  private func byte(_ index: Int) -> UInt8? {
    index < units.count ? units[index].byte : nil
  }

  private func skip(_ index: inout Int, _ bytes: String) {
    while let byte = byte(index), bytes.utf8.contains(byte) { index += 1 }
  }

  /// The units that form the value of the name at `run`; `nil` if no value follows.
  private func value(of name: String, at run: Range<Int>) -> Range<Int>? {
    var index = run.upperBound
    skip(&index, "\\\"' ")
    guard let sign = byte(index) else { return nil }
    let closing = units[run.upperBound..<index].map(\.byte).first { "\"'".utf8.contains($0) }
    let level = units[index].level
    let isHeader = SecretNames.headers.contains(name)
    switch sign {
    case UInt8(ascii: "="): break
    case UInt8(ascii: ":")
    where !SecretNames.signatureOnly.contains(name)
      && !isEndOfQuotation(run, closing: closing, colon: index):
      break
    default: return nil
    }
    index += 1
    skip(&index, " ")
    let quoteStart = index
    skip(&index, "\\\"'")
    let isQuoted = index > quoteStart
    let start = index
    while let byte = byte(index) {
      if units[index].level <= level, isEnd(byte, at: index, isHeader, isQuoted) { break }
      index += 1
    }
    return index > start ? start..<index : nil
  }

  /// Whether the colon after a name follows a quotation in a sentence, such as a path, instead of
  /// introducing a value: `cannot read '/run/secret': permission denied`.
  private func isEndOfQuotation(_ run: Range<Int>, closing: UInt8?, colon: Int) -> Bool {
    guard byte(colon + 1) == UInt8(ascii: " ") else { return false }
    let before = run.lowerBound > 0 ? byte(run.lowerBound - 1) : nil
    guard let closing else { return before == UInt8(ascii: "/") }
    guard before == closing else { return true }
    var value = colon + 1
    skip(&value, " ")
    return closing == UInt8(ascii: "'") && byte(value).map { !"\\\"'".utf8.contains($0) } == true
  }

  private func isEnd(_ byte: UInt8, at index: Int, _ isHeader: Bool, _ isQuoted: Bool) -> Bool {
    if byte < 0x20 || byte == 0x7F { return true }
    if isQuoted { return byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
    if isHeader { return byte == UInt8(ascii: "\"") }
    if byte == UInt8(ascii: ";") {
      let name = end(from: index + 1) { !PercentEncoding.isUnreserved($0) }
      return name > index + 1 && self.byte(name) == UInt8(ascii: "=")
    }
    return " &\"'`<>#".utf8.contains(byte)
  }

  /// The place of the credential after `Basic` or `Bearer`; `nil` if the word there is not a
  /// credential, as in `Basic text-to-image-workflow`.
  private func schemeValue(of scheme: String, from end: Int) -> Range<Int>? {
    var index = end
    skip(&index, " ")
    let start = index
    guard start > end else { return nil }
    index = self.end(from: start) { $0 <= 0x20 || "\"'`<>,&".utf8.contains($0) }
    let word = units[start..<index].map(\.byte)
    // A name, a colon and a password, however short: RFC 7617.
    let isLogin = scheme == "basic" && Base64.bytes(of: word).contains(UInt8(ascii: ":"))
    let isCredential = isLogin || word.count >= 16 && !SecretNames.isName(word)
    return isCredential ? start..<index : nil
  }
}
