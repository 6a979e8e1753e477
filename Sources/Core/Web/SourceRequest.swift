/// The actual request for a file: a direct address, with mirrors applied.
package struct SourceRequest: Sendable, Hashable {
  /// The address, without secrets; ASCII.
  package let url: String
  package let scheme: SourceURL.Scheme
  /// Lower case; an IPv6 address without brackets.
  package let host: String
  package let port: UInt16
  /// The hub that the file belongs to, also on a mirror; it decides how responses are read.
  package let hub: Hub?
  /// Whether the hub's token may be sent: not to a mirror, unless the settings say so.
  package let mayCarryHubToken: Bool
  /// Whether the request goes to a mirror instead of the host in the address.
  package let isMirrored: Bool
}

extension SourceURL {
  /// The request for the file.
  ///
  /// Addresses of a file's page are replaced by those of its bytes: `blob`, `raw` and `hf.co` at
  /// Hugging Face, `blob` and raw.githubusercontent.com at GitHub, pages with a version at Civitai.
  ///
  /// - Throws: ``SourceURLError/namesNoFile(_:)`` for a page that names no file.
  package func request(mirrors: Mirrors = .none) throws(SourceURLError) -> SourceRequest {
    let mirrored = mirrors.original(of: self)
    let location = (mirrored?.url ?? self).location
    if case .page(let page) = location { throw .namesNoFile(page) }
    if let mirrored {
      return SourceRequest(
        location, of: self, at: mirrored.base, isMirrored: true,
        mayCarryHubToken: mirrors.receiveTokens)
    }
    let site = site(of: location)
    if let base = mirrors.base(of: site) {
      return SourceRequest(
        location, of: self, at: base, isMirrored: true, mayCarryHubToken: mirrors.receiveTokens)
    }
    if let base = mirrors.base(of: self) {
      return SourceRequest(
        .other, of: self, at: base, isMirrored: true, mayCarryHubToken: false)
    }
    return SourceRequest(
      location, of: self, at: site, isMirrored: false,
      mayCarryHubToken: Hub(host: host) == location.hub)
  }

  /// The site from which `location` is requested: the hub's own site, also for its other host
  /// names.
  private func site(of location: SourceLocation) -> SourceSite {
    guard let hub = location.hub, Hub(host: host) == hub, port == nil else {
      return SourceSite(scheme: scheme, host: host, port: port, path: "")
    }
    let name: Substring =
      switch hub {
      case .huggingFace, .gitHub: hub.canonicalHost[...]
      case .civitai: host.hasPrefix("www.") ? host.dropFirst(4) : host[...]
      }
    return SourceSite(scheme: .https, host: String(name), port: nil, path: "")
  }
}

extension SourceRequest {
  fileprivate init(
    _ location: SourceLocation, of url: SourceURL, at site: SourceSite, isMirrored: Bool,
    mayCarryHubToken: Bool
  ) {
    self.url =
      switch location {
      case .huggingFace(let file): file.address(on: site.address)
      case .civitai(let file): file.address(on: site.address)
      case .gitHub(let file): file.address(on: site.address)
      case .page, .other: url.address(movedTo: site)
      }
    scheme = site.scheme
    host = site.host
    port = site.port ?? site.scheme.standardPort
    hub = location.hub
    self.mayCarryHubToken = mayCarryHubToken
    self.isMirrored = isMirrored
  }
}

extension SourceURL {
  fileprivate func address(movedTo site: SourceSite) -> String {
    let stands = origin == site.origin
    return (stands ? origin : site.address) + path + (query.map { "?" + $0 } ?? "")
  }
}

extension SourceLocation {
  /// The hub whose form the address has.
  package var hub: Hub? {
    switch self {
    case .huggingFace: .huggingFace
    case .civitai: .civitai
    case .gitHub: .gitHub
    case .page(.huggingFaceRepository): .huggingFace
    case .page(.civitaiModel): .civitai
    case .page(.gitHubRepository): .gitHub
    case .page(.other(let hub)): hub
    case .other: nil
    }
  }
}

/// Where the addresses of a host or of a mirror begin.
struct SourceSite: Sendable, Hashable {
  let scheme: SourceURL.Scheme
  let host: String
  /// `nil` for the scheme's default.
  let port: UInt16?
  /// Empty, or `/` and the prefix of every path of the site, without a final `/`.
  let path: String

  /// `scheme://host[:port]`.
  var origin: String {
    let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return "\(scheme.rawValue)://\(name)\(port.map { ":\($0)" } ?? "")"
  }

  /// ``origin`` and ``path``.
  var address: String { origin + path }
}
