/// An http or https address of a model file, as people paste it, without its secrets.
///
/// Secrets in the given text (user and password, tokens, signatures) are dropped while it is read
/// and kept nowhere, so no value of this type can leak one. Credentials are looked up by host when
/// a request is made (``Credentials``). Everything else stays as it was given.
public struct SourceURL: Sendable, Hashable {
  /// The protocols that files are fetched over.
  package enum Scheme: String, Sendable, Hashable {
    case http, https

    /// The default port of the scheme.
    package var standardPort: UInt16 { self == .http ? 80 : 443 }
  }

  /// The address as given, without its secrets: safe to write, log and show.
  public let cleaned: String
  package let scheme: Scheme
  /// Lower case, without a final dot; an IPv6 address without its brackets.
  public let host: String
  /// `nil` for the scheme's default.
  public let port: UInt16?
  /// Starts with `/`; percent-encoded where sending requires it, `.` and `..` resolved.
  public let path: String
  /// Without `?` and without secrets, percent-encoded where sending requires it; `nil` if nothing
  /// is left.
  public let query: String?
  /// Names of what was dropped, in order: `userinfo`, or the parameter's name in lower case.
  public let dropped: [String]

  /// Reads an address.
  ///
  /// Whitespace, quotes and `<…>` around it are ignored. An address without a scheme gets `https`
  /// if its host belongs to a hub, and is refused otherwise.
  ///
  /// - Throws: ``SourceURLError`` with the reason; it never contains a part of the text that may be
  ///   secret.
  public init(_ text: some StringProtocol) throws(SourceURLError) {
    try self.init(text, depth: 0)
  }

  /// - Parameter depth: How many addresses contain this one.
  init(_ text: some StringProtocol, depth: Int) throws(SourceURLError) {
    let parts = try SourceURLParts(text)
    var dropped: [String] = []
    let path = SecretParameters.withoutUserinfo(parts.path)
    if parts.hasUserinfo || path != parts.path { dropped.append("userinfo") }
    let query = SecretParameters.strip(
      parts.query, host: parts.host, depth: depth, dropped: &dropped)
    let fragment = SecretParameters.strip(
      parts.fragment, host: parts.host, depth: depth, dropped: &dropped)
    let shown = String(decoding: path, as: UTF8.self)
    guard Redaction.redact(shown) == shown else { throw .secretInPath }

    scheme = parts.scheme
    host = parts.host
    port = parts.port == parts.scheme.standardPort ? nil : parts.port
    self.path = SourceURLParts.resolved(path)
    self.query = query.map { String(decoding: PercentEncoding.completed($0), as: UTF8.self) }
    self.dropped = dropped
    var cleaned = parts.origin + path
    if let query { cleaned += [UInt8(ascii: "?")] + query }
    if let fragment { cleaned += [UInt8(ascii: "#")] + fragment }
    self.cleaned = String(decoding: cleaned, as: UTF8.self)
  }

  /// Whether both are the same address, byte for byte.
  public static func == (left: SourceURL, right: SourceURL) -> Bool {
    left.cleaned == right.cleaned
  }

  /// Agrees with `==`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(cleaned)
  }
}

extension SourceURL: CustomStringConvertible {
  /// The address, as messages show it: without anything secret.
  public var description: String { cleaned }
}

extension SourceURL {
  /// `scheme://host[:port]`, normalised.
  var origin: String {
    SourceSite(scheme: scheme, host: host, port: port, path: "").origin
  }

  /// The parts of the path between its slashes, percent-encoded; empty ones are left out.
  var segments: [Substring] { path.split(separator: "/") }

  /// The decoded parameters of the query, in order; those whose name or value is not UTF-8 are left
  /// out.
  var parameters: [(name: String, value: String)] {
    (query ?? "").split(separator: "&").compactMap { piece in
      let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = halves.first, let name = PercentEncoding.decoded(first) else { return nil }
      guard let value = PercentEncoding.decoded(halves.count > 1 ? halves[1] : "") else {
        return nil
      }
      return (name, value)
    }
  }

  /// The value of the first parameter of that name, in any case.
  func parameter(_ name: String) -> String? {
    parameters.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// Why a text is not a ``SourceURL``, or why one names no file.
public enum SourceURLError: Error, Sendable, Hashable {
  /// Nothing in it.
  case empty
  /// Longer than ``SourceURL/lengthLimit`` bytes.
  case tooLong(bytes: Int)
  /// No `http://` or `https://`, and the host belongs to no hub.
  case missingScheme
  /// A scheme other than http and https, lower case.
  case scheme(String)
  /// A control, direction or invisible character, or one that was not UTF-8: its Unicode number and
  /// its zero-based position in Unicode characters, not counting the ignored characters at the
  /// start.
  case character(UInt32, offset: Int)
  /// No host, or one that is neither a name nor an address.
  case host
  /// Not a number in 1…65535.
  case port
  /// More than one `@` before the path: the host is ambiguous.
  case userinfo
  /// A token or password in the path; without it, the address would name another file.
  case secretInPath
  /// Whitespace and then another address.
  case severalAddresses
  /// It is well formed, but leads to a page or a list instead of a file.
  case namesNoFile(SourcePage)
}

extension SourceURL {
  /// Longest text read, in bytes.
  public static let lengthLimit = 16 << 10
}
