/// Where a redirect leads.
public struct RedirectTarget: Sendable {
  /// The whole address: it may be signed, and is for the request alone.
  public let url: Secret
  public let scheme: SourceURL.Scheme
  /// Lower case; an IPv6 address without brackets.
  public let host: String
  public let port: UInt16
  /// Whether the credential of the redirected request may go along: same scheme, host and port.
  /// Once it may not, it may not for the rest of the chain either.
  public let keepsCredential: Bool

  /// Resolves a `Location`, relative or not (RFC 3986 section 5.2).
  ///
  /// User and password in it are dropped.
  ///
  /// - Parameters:
  ///   - location: The header's value.
  ///   - current: The address that was redirected.
  /// - Throws: ``SourceURLError``: another scheme than http and https, and everything that is no
  ///   address.
  public init(location: String, from current: String) throws(SourceURLError) {
    let base = try SourceURLParts(current)
    let target = try SourceURLParts(Self.absolute(location, from: base))
    scheme = target.scheme
    host = target.host
    port = target.port ?? target.scheme.standardPort
    keepsCredential =
      base.scheme == scheme && base.host == host && (base.port ?? base.scheme.standardPort) == port
    let query = target.query.map { PercentEncoding.completed($0) }
    url = Secret(
      String(decoding: target.origin, as: UTF8.self) + SourceURLParts.resolved(target.path)
        + (query.map { "?" + String(decoding: $0, as: UTF8.self) } ?? ""))
  }

  private static func absolute(_ location: String, from base: SourceURLParts) -> String {
    let text = location.trimmingBlanks
    let scheme = text.utf8.prefix { PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "+") }
    if text.utf8.dropFirst(scheme.count).starts(with: Array(":".utf8)), !scheme.isEmpty {
      return String(text)
    }
    let origin = String(decoding: base.origin, as: UTF8.self)
    let path = String(decoding: base.path, as: UTF8.self)
    switch text.utf8.first {
    case nil: return origin + path
    case UInt8(ascii: "/"):
      return text.utf8.starts(with: Array("//".utf8))
        ? "\(base.scheme.rawValue):\(text)" : origin + text
    case UInt8(ascii: "?"): return origin + (path.isEmpty ? "/" : path) + text
    case UInt8(ascii: "#"): return origin + path
    default:
      let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? "/"
      return origin + folder + text
    }
  }
}
