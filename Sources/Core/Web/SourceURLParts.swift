/// The parts of an address as given, including secrets; exists only while a ``SourceURL`` is read.
struct SourceURLParts {
  let scheme: SourceURL.Scheme
  /// Scheme and authority as given, without user and password; the host in ASCII.
  let origin: [UInt8]
  let hasUserinfo: Bool
  let host: String
  let port: UInt16?
  let path: [UInt8]
  let query: [UInt8]?
  let fragment: [UInt8]?

  init(_ text: some StringProtocol) throws(SourceURLError) {
    guard text.utf8.count <= SourceURL.lengthLimit else {
      throw .tooLong(bytes: text.utf8.count)
    }
    let given = Array(text.utf8)
    let bytes =
      Self.isPlain(given) ? given : Array(try Self.checked(Self.unwrapped(text)).utf8)
    var rest = bytes[...]
    let start: [UInt8]
    (scheme, start) = try Self.takeScheme(&rest)

    let authority = rest.prefix { !"/?#".utf8.contains($0) }
    rest = rest.dropFirst(authority.count)
    let pieces = authority.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard pieces.count <= 2, let hostAndPort = pieces.last else { throw .userinfo }
    // Browsers read `\` as `/`, so they would see a different host.
    guard !authority.contains(UInt8(ascii: "\\")) else { throw .host }
    hasUserinfo = pieces.count == 2
    (host, port) = try Self.hostAndPort(hostAndPort)
    origin = start + Self.written(hostAndPort, host: host)

    path = Array(rest.prefix { !"?#".utf8.contains($0) })
    rest = rest.dropFirst(path.count)
    if rest.first == UInt8(ascii: "?") {
      let text = rest.dropFirst().prefix { $0 != UInt8(ascii: "#") }
      query = Array(text)
      rest = rest.dropFirst(text.count + 1)
    } else {
      query = nil
    }
    fragment = rest.isEmpty ? nil : Array(rest.dropFirst())
  }

  /// The path to send: `/` for an empty one, escapes completed, `.` and `..` resolved.
  static func resolved(_ path: [UInt8]) -> String {
    let slash = UInt8(ascii: "/")
    let given = PercentEncoding.completed(path).split(
      separator: slash, omittingEmptySubsequences: false)
    var kept: [ArraySlice<UInt8>] = []
    for (index, segment) in given.enumerated().dropFirst() {
      switch String(decoding: PercentEncoding.decoded(segment), as: UTF8.self) {
      case ".": if index == given.count - 1 { kept.append([]) }
      case "..":
        _ = kept.popLast()
        if index == given.count - 1 { kept.append([]) }
      default: kept.append(segment)
      }
    }
    return "/" + String(decoding: Array(kept.joined(separator: [slash])), as: UTF8.self)
  }

  // MARK: - Steps

  /// Characters that may surround a pasted address: before it, and after it.
  private static let opening = "<\"'`"
  private static let closing = ">\"'`"

  /// Whether a text is only visible ASCII without surrounding quotes, as nearly every address is:
  /// there is nothing to remove from it and nothing hidden in it.
  private static func isPlain(_ text: [UInt8]) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return text.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !opening.utf8.contains(first)
      && !closing.utf8.contains(last)
  }

  /// The text without the whitespace and quotes that surround a pasted address.
  private static func unwrapped(_ text: some StringProtocol) -> Substring.UnicodeScalarView {
    var scalars = Substring(text).unicodeScalars
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || scalar.value == 0xFEFF || scalar.value == 0x200B
    }
    func trim() {
      while let first = scalars.first, isBlank(first) { scalars.removeFirst() }
      while let last = scalars.last, isBlank(last) { scalars.removeLast() }
    }
    trim()
    while let first = scalars.first, opening.unicodeScalars.contains(first) {
      scalars.removeFirst()
      trim()
    }
    while let last = scalars.last, closing.unicodeScalars.contains(last) {
      scalars.removeLast()
      trim()
    }
    return scalars
  }

  /// The text, after a check that no character in it hides or reorders other characters.
  private static func checked(
    _ scalars: Substring.UnicodeScalarView
  ) throws(SourceURLError) -> String {
    guard !scalars.isEmpty else { throw .empty }
    for (offset, scalar) in scalars.enumerated() {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        throw .character(scalar.value, offset: offset)
      default: if scalar.value == 0xFFFD { throw .character(0xFFFD, offset: offset) }
      }
    }
    let text = String(scalars)
    for word in text.split(whereSeparator: \.isWhitespace).dropFirst() {
      let start = word.lowercased()
      if start.hasPrefix("http://") || start.hasPrefix("https://") { throw .severalAddresses }
    }
    return text
  }

  /// Removes the scheme and `//` from the front. Returns the scheme and its spelling in the cleaned
  /// address.
  private static func takeScheme(
    _ rest: inout ArraySlice<UInt8>
  ) throws(SourceURLError) -> (SourceURL.Scheme, [UInt8]) {
    let word = rest.prefix { PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "+") }
    let after = rest.dropFirst(word.count)
    let name = String(decoding: word, as: UTF8.self).lowercased()
    if after.starts(with: Array("://".utf8)) {
      guard let scheme = SourceURL.Scheme(rawValue: name) else {
        throw name.isEmpty || name.utf8.count > 20 ? .missingScheme : .scheme(name)
      }
      rest = after.dropFirst(3)
      return (scheme, Array(word) + Array("://".utf8))
    }
    if after.first == UInt8(ascii: ":"), schemesWithoutSlashes.contains(name) {
      throw .scheme(name)
    }
    if rest.starts(with: Array("//".utf8)) { rest = rest.dropFirst(2) }
    let host = rest.prefix { !"/?#:@".utf8.contains($0) }
    let known = Hub(host: String(decoding: host, as: UTF8.self).lowercased()) != nil
    guard known, rest.dropFirst(host.count).first == UInt8(ascii: "/") else {
      throw .missingScheme
    }
    return (.https, Array("https://".utf8))
  }

  private static let schemesWithoutSlashes: Set<String> = [
    "data", "file", "ftp", "javascript", "magnet", "mailto", "urn",
  ]

  private static func hostAndPort(
    _ text: ArraySlice<UInt8>
  ) throws(SourceURLError) -> (String, UInt16?) {
    var rest = text
    let host: String
    if rest.first == UInt8(ascii: "[") {
      let inside = rest.dropFirst().prefix { $0 != UInt8(ascii: "]") }
      rest = rest.dropFirst(inside.count + 1)
      host = String(decoding: inside, as: UTF8.self).lowercased()
      guard rest.first == UInt8(ascii: "]"), IPAddress(host)?.isVersion6 == true else {
        throw .host
      }
      rest = rest.dropFirst()
    } else {
      let name = rest.prefix { $0 != UInt8(ascii: ":") }
      rest = rest.dropFirst(name.count)
      host = try hostName(name)
    }
    guard let colon = rest.first else { return (host, nil) }
    guard colon == UInt8(ascii: ":") else { throw .host }
    let digits = rest.dropFirst()
    if digits.isEmpty { return (host, nil) }
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
    else { throw .port }
    return (host, port)
  }

  /// Host and port in the spelling of the cleaned address.
  private static func written(_ hostAndPort: ArraySlice<UInt8>, host: String) -> [UInt8] {
    guard hostAndPort.contains(where: { $0 >= 0x80 }) else { return Array(hostAndPort) }
    return Array(host.utf8) + hostAndPort.drop { $0 != UInt8(ascii: ":") }
  }

  /// Letters, digits, `-`, `_` and dots, in lower case and in ASCII.
  private static func hostName(_ bytes: ArraySlice<UInt8>) throws(SourceURLError) -> String {
    var name = bytes
    if name.last == UInt8(ascii: ".") { name = name.dropLast() }
    let stands = name.allSatisfy { byte in
      byte >= 0x80 || (PercentEncoding.isUnreserved(byte) && byte != UInt8(ascii: "~"))
    }
    guard stands, !name.isEmpty, name.count <= 253, name.first != UInt8(ascii: "."),
      name.first != UInt8(ascii: "-"), name.last != UInt8(ascii: ".")
    else { throw .host }
    guard let ascii = HostName.ascii(String(decoding: name, as: UTF8.self)) else { throw .host }
    return ascii
  }
}
