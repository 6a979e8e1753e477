/// Which parameters of an address are secret, and the address without them.
enum SecretParameters {
  /// A query or fragment without its secret parameters; `nil` when there is none or nothing is left.
  ///
  /// What stays, stays byte for byte. Secrets in an address that is itself the value of a parameter
  /// are taken out of that value.
  ///
  /// - Parameter dropped: Gets the lower-case names of what was taken out.
  static func strip(_ text: [UInt8]?, host: String, dropped: inout [String]) -> [UInt8]? {
    guard let text else { return nil }
    let pieces = Self.pieces(of: text)
    let names = Set(pieces.map(\.name))
    var kept: [UInt8] = []
    var count = 0
    for piece in pieces {
      if isSecret(piece.name, value: piece.value, among: names, host: host) {
        dropped.append(piece.name)
        count += 1
        continue
      }
      if !kept.isEmpty || piece.separator != nil && count == 0 {
        kept += piece.separator.map { [$0] } ?? []
      }
      if let nested = piece.valueWithoutNestedSecrets {
        dropped.append(piece.name)
        kept += nested
      } else {
        kept += piece.bytes
      }
    }
    return kept.isEmpty && count > 0 ? nil : kept
  }

  /// Whether a parameter is secret, by its lower-case name, its value, and the names beside it.
  static func isSecret(
    _ name: String, value: String, among names: Set<String>, host: String
  ) -> Bool {
    let plain = String(name.map { $0 == "-" || $0 == "." ? "_" : $0 })
    if SecretNames.isSecret(plain) || SecretNames.looksLikeToken(value) { return true }
    // Azure's shared access signatures use two-letter names, which mean other things elsewhere.
    if names.contains("sig"), SecretNames.besideAzureSignature.contains(plain) { return true }
    return plain == "key" && (host == "googleapis.com" || host.hasSuffix(".googleapis.com"))
  }

  private struct Piece {
    /// `&` or `;` in front of it; `nil` for the first.
    let separator: UInt8?
    let bytes: ArraySlice<UInt8>
    /// Decoded, lower case.
    let name: String
    /// Decoded.
    let value: String

    init(separator: UInt8?, bytes: ArraySlice<UInt8>) {
      self.separator = separator
      self.bytes = bytes
      let first = bytes.prefix { $0 != UInt8(ascii: "=") }
      name = String(decoding: PercentEncoding.decoded(first), as: UTF8.self).lowercased()
      let rest = bytes.dropFirst(first.count + 1)
      value = String(decoding: PercentEncoding.decoded(rest), as: UTF8.self)
    }

    /// The piece with a clean address for value; `nil` when the value has nothing to hide.
    var valueWithoutNestedSecrets: [UInt8]? {
      guard value.utf8.contains(UInt8(ascii: ":")) else { return nil }
      guard let inner = try? SourceURL(value) else {
        let scrubbed = Redaction.redact(value)
        return scrubbed == value ? nil : encoded(scrubbed)
      }
      return inner.dropped.isEmpty ? nil : encoded(inner.cleaned)
    }

    private func encoded(_ value: String) -> [UInt8] {
      let first = bytes.prefix { $0 != UInt8(ascii: "=") }
      return first + [UInt8(ascii: "=")] + Array(PercentEncoding.encoded(value.utf8).utf8)
    }
  }

  private static func pieces(of text: [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var separator: UInt8?
    var rest = text[...]
    while true {
      let bytes = rest.prefix { $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: ";") }
      pieces.append(Piece(separator: separator, bytes: bytes))
      rest = rest.dropFirst(bytes.count)
      guard let next = rest.popFirst() else { return pieces }
      separator = next
    }
  }

  /// A path without the user and password of addresses inside it; `nil` when it has none.
  static func withoutNestedSecrets(_ path: [UInt8]) -> [UInt8]? {
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
    return kept.count < path.count ? kept : nil
  }
}
