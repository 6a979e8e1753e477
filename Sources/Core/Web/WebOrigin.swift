/// Scheme, host and port: what a credential is for.
package struct WebOrigin: Sendable, Hashable {
  /// Whether requests to it use TLS.
  package let isSecure: Bool
  /// Lower case; an IPv6 address without brackets.
  package let host: String
  package let port: Int

  package init(isSecure: Bool, host: String, port: Int) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
  }
}

extension SourceRequest {
  /// Where the request goes.
  package var origin: WebOrigin {
    WebOrigin(isSecure: scheme == .https, host: host, port: Int(port))
  }
}
