/// Which parameters of an address are secret, and the address without them.
enum SecretParameters {
  /// A query or fragment without its secret parameters; `nil` if `text` is `nil` or nothing
  /// remains.
  ///
  /// The rest stays byte for byte. If the value of a parameter is itself an address, secrets are
  /// removed from that value.
  ///
  /// - Parameters:
  ///   - depth: How many addresses contain this one.
  ///   - dropped: Receives the lower-case names of what was removed.
  static func strip(
    _ text: [UInt8]?, host: String, depth: Int, dropped: inout [String]
  ) -> [UInt8]? {
    guard let text else { return nil }
    let pieces = Self.pieces(of: text)
    let names = Set(pieces.map(\.name))
    var kept: [[UInt8]] = []
    var hasDropped = false
    for piece in pieces {
      var bytes = Array(piece.bytes)
      if isSecret(piece, among: names, host: host) {
        dropped.append(piece.shownName)
        hasDropped = true
        continue
      }
      switch nestedAddress(in: piece, depth: depth) {
      case .clean: break
      case .cleaned(let value):
        dropped.append(piece.name)
        bytes = piece.rawName + [UInt8(ascii: "=")] + value
      case .unclean:
        dropped.append(piece.name)
        hasDropped = true
        continue
      }
      kept.append(kept.isEmpty ? bytes : [piece.separator] + bytes)
    }
    return kept.isEmpty && hasDropped ? nil : Array(kept.joined())
  }

  private static func isSecret(_ piece: Piece, among names: Set<String>, host: String) -> Bool {
    let plain = String(piece.name.map { $0 == "-" || $0 == "." ? "_" : $0 })
    if SecretNames.isSecret(plain) { return true }
    if SecretNames.looksLikeToken(Array(piece.value.utf8)) { return true }
    if SecretNames.looksLikeToken(piece.rawName) { return true }
    if plain == "verify", SecretNames.looksSigned(piece.value) { return true }
    if SecretNames.beside.contains(where: { names.contains($0) && $1.contains(plain) }) {
      return true
    }
    guard piece.hasValue else { return Redaction.redact(piece.name) != piece.name }
    if words(of: plain).contains(where: SecretNames.isSecret) { return true }
    return plain == "key" && (host == "googleapis.com" || host.hasSuffix(".googleapis.com"))
  }

  /// The words of a name such as `auth[token]`, without surrounding spaces, punctuation and
  /// numbers.
  private static func words(of name: String) -> [String] {
    let isWord: (Unicode.Scalar) -> Bool = { $0 == "_" || $0.properties.isAlphabetic }
    let isPart: (Unicode.Scalar) -> Bool = { isWord($0) || ("0"..."9").contains($0) }
    return name.unicodeScalars.split { !isPart($0) }.map { part in
      var part = part
      while let last = part.last, last == "_" || !isWord(last) { part.removeLast() }
      return String(String.UnicodeScalarView(part.drop { $0 == "_" }))
    }
  }

  // MARK: - Addresses as values

  private enum NestedAddress {
    /// Not an address, or one without secrets.
    case clean
    /// The encoded value without its secrets.
    case cleaned([UInt8])
    /// It has secrets that cannot be removed.
    case unclean
  }

  private static func nestedAddress(in piece: Piece, depth: Int) -> NestedAddress {
    let value = piece.value
    guard value.utf8.contains(where: { "=:@%".utf8.contains($0) }) else { return .clean }
    if depth < 3, let inner = try? SourceURL(value, depth: depth + 1) {
      guard !inner.dropped.isEmpty else { return .clean }
      return .cleaned(Array(PercentEncoding.encoded(inner.cleaned.utf8).utf8))
    }
    let address = value.hasPrefix("//") ? "https:" + value : value
    return Redaction.redact(address) == address ? .clean : .unclean
  }

  // MARK: - Pieces

  private struct Piece {
    /// `&` or `;` in front of it.
    let separator: UInt8
    let bytes: ArraySlice<UInt8>

    /// The part before the first `=`, as written.
    var rawName: [UInt8] { Array(bytes.prefix { $0 != UInt8(ascii: "=") }) }
    /// Decoded, lower case.
    let name: String
    /// Whether there is an `=`.
    let hasValue: Bool
    /// The name, or a description of it where the name may itself be the secret.
    var shownName: String {
      hasValue && !SecretNames.looksLikeToken(rawName) ? name : "token"
    }
    /// Decoded.
    let value: String

    init(separator: UInt8, bytes: ArraySlice<UInt8>) {
      self.separator = separator
      self.bytes = bytes
      let first = bytes.prefix { $0 != UInt8(ascii: "=") }
      name = String(decoding: PercentEncoding.decoded(first), as: UTF8.self).lowercased()
      hasValue = first.count < bytes.count
      let rest = bytes.dropFirst(first.count + 1)
      value = String(decoding: PercentEncoding.decoded(rest), as: UTF8.self)
    }
  }

  private static func pieces(of text: [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var separator = UInt8(ascii: "&")
    var rest = text[...]
    while true {
      let length = rest.indices.first { startsNext(rest[$0...]) }.map { $0 - rest.startIndex }
      let bytes = rest.prefix(length ?? rest.count)
      pieces.append(Piece(separator: separator, bytes: bytes))
      rest = rest.dropFirst(bytes.count)
      guard let next = rest.popFirst() else { return pieces }
      separator = next
    }
  }

  /// `&` always separates. `;` may belong to a secret, so it separates only before another name and
  /// `=`.
  private static func startsNext(_ bytes: ArraySlice<UInt8>) -> Bool {
    switch bytes.first {
    case UInt8(ascii: "&"): return true
    case UInt8(ascii: ";"):
      let rest = bytes.dropFirst()
      let name = rest.prefix { PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "%") }
      return !name.isEmpty && rest.dropFirst(name.count).first == UInt8(ascii: "=")
    default: return false
    }
  }

  // MARK: - Paths

  /// A path without the user and password of addresses inside it.
  static func withoutUserinfo(_ path: [UInt8]) -> [UInt8] {
    let mark = Array("://".utf8)
    var kept: [UInt8] = []
    var rest = path[...]
    while let byte = rest.first {
      guard rest.starts(with: mark) else {
        kept.append(byte)
        rest = rest.dropFirst()
        continue
      }
      kept += mark
      rest = rest.dropFirst(mark.count)
      let authority = rest.prefix { $0 != UInt8(ascii: "/") }
      if let at = authority.lastIndex(of: UInt8(ascii: "@")) { rest = rest[(at + 1)...] }
    }
    return kept
  }
}
