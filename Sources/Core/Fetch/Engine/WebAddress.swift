internal import CCurl

/// An absolute `http` or `https` address, parsed by libcurl, which also connects to it.
struct WebAddress: Sendable, Hashable {
  let url: String
  let isSecure: Bool
  /// Lower case; an IPv6 address without brackets.
  let host: String
  let port: Int

  /// `host:port`: the key for counting connections and delays.
  var authority: String { "\(host):\(port)" }

  /// Reads an address, relative to `base` if there is one. The fragment is removed.
  ///
  /// - Throws: ``FetchError/scheme(_:)`` for any other scheme, and for an address that cannot be
  ///   read.
  init(_ text: String, relativeTo base: WebAddress? = nil) throws(FetchError) {
    guard let handle = comfy_url_init() else { throw .scheme("") }
    defer { comfy_url_cleanup(handle) }
    let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE)
    if let base { _ = comfy_url_set(handle, CURLUPART_URL, base.url, flags) }
    guard comfy_url_set(handle, CURLUPART_URL, text, flags) == CURLUE_OK else { throw .scheme("") }
    func part(_ part: CURLUPart) -> String? {
      guard let value = comfy_url_get(handle, part, UInt32(CURLU_DEFAULT_PORT)) else { return nil }
      defer { comfy_free(value) }
      return String(cString: value)
    }
    let scheme = part(CURLUPART_SCHEME)?.lowercased() ?? ""
    guard scheme == "http" || scheme == "https" else { throw .scheme(scheme) }
    _ = comfy_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    if let host = part(CURLUPART_HOST), host.utf8.contains(where: { $0 >= 0x80 }) {
      guard let ascii = HostName.ascii(host),
        comfy_url_set(handle, CURLUPART_HOST, ascii, 0) == CURLUE_OK
      else { throw .scheme("") }
    }
    guard let url = part(CURLUPART_URL), let host = part(CURLUPART_HOST), !host.isEmpty,
      let port = part(CURLUPART_PORT).flatMap({ Int($0) })
    else { throw .scheme(scheme) }
    self.url = url
    isSecure = scheme == "https"
    self.host = host.lowercased().filter { $0 != "[" && $0 != "]" }
    self.port = port
  }

  var origin: WebOrigin { WebOrigin(isSecure: isSecure, host: host, port: port) }

  /// The host if it is written as an IP address, or the loopback address for `localhost` and names
  /// below it; `nil` for other names.
  var literalAddress: IPAddress? {
    let name = host.hasSuffix(".") ? host.dropLast() : host[...]
    if name == "localhost" || name.hasSuffix(".localhost") { return IPAddress("127.0.0.1") }
    return IPAddress(String(name))
  }

  /// The error, where private addresses are refused, if this is one; `nil` if only the connection
  /// can show that.
  var privacyRefusal: FetchError? {
    guard let literal = literalAddress, literal.isPrivate else { return nil }
    return .privateAddress(host: host, address: literal.text)
  }
}
