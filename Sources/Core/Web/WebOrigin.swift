/// Scheme, host and port: what a credential is for.
public struct WebOrigin: Sendable, Hashable {
  /// Whether it is asked over TLS.
  public let isSecure: Bool
  /// Lower case; an IPv6 address without brackets.
  public let host: String
  public let port: Int

  public init(isSecure: Bool, host: String, port: Int) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
  }
}

extension SourceRequest {
  /// Where the request goes.
  public var origin: WebOrigin {
    WebOrigin(isSecure: scheme == .https, host: host, port: Int(port))
  }
}
