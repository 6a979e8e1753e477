/// Hosts whose files are downloaded from a mirror.
///
/// Mirrors are applied when a request is made and are never stored: the manifest keeps the given
/// address.
package struct Mirrors: Sendable, Hashable {
  /// Where a host's files are; the keys are hosts in lower case.
  private var bases: [String: SourceSite] = [:]
  /// Whether a hub's token is sent to its mirror.
  package var receiveTokens: Bool

  /// Every file comes from its own host.
  package static let none = Mirrors()

  private init() {
    receiveTokens = false
  }

  /// Reads the setting and `HF_ENDPOINT`, which is the mirror of `huggingface.co` unless a rule
  /// names one.
  ///
  /// - Parameters:
  ///   - rules: `host=base-URL` pairs separated by whitespace:
  ///     `huggingface.co=https://hf-mirror.com`. The base may have a path.
  ///   - endpoint: The value of `HF_ENDPOINT`; `nil` or empty for none.
  ///   - receiveTokens: Whether a hub's token is sent to its mirror.
  /// - Throws: ``MirrorError``.
  package init(
    rules: String = "", endpoint: String? = nil, receiveTokens: Bool = false
  ) throws(MirrorError) {
    self.receiveTokens = receiveTokens
    if let endpoint, !endpoint.isEmpty {
      try add(endpoint, for: Hub.huggingFace.canonicalHost)
    }
    for rule in rules.split(whereSeparator: \.isWhitespace) {
      let halves = rule.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, let host = halves.first.flatMap(HostName.ascii), !host.isEmpty,
        !host.utf8.contains(where: { "/:@".utf8.contains($0) })
      else { throw .noPair }
      try add(halves[1], for: host)
    }
  }

  private mutating func add(
    _ text: some StringProtocol, for host: String
  ) throws(MirrorError) {
    do {
      let url = try SourceURL(text)
      let isItself = url.host == host && url.port == nil && url.path == "/"
      let path = url.path.hasSuffix("/") ? url.path.dropLast() : url.path[...]
      bases[host] =
        isItself
        ? nil : SourceSite(scheme: url.scheme, host: url.host, port: url.port, path: String(path))
    } catch {
      throw .base(host: host, error)
    }
  }

  /// The mirror of a site at its standard port; `nil` if there is none.
  func base(of site: SourceSite) -> SourceSite? {
    site.port == nil ? bases[site.host] : nil
  }

  /// The mirror of an address's own host.
  func base(of url: SourceURL) -> SourceSite? {
    url.port == nil ? bases[url.host] : nil
  }

  /// For an address on a mirror: the corresponding address on the hub's own host, and the mirror's
  /// base. `nil` for any other address.
  func original(of url: SourceURL) -> (url: SourceURL, base: SourceSite)? {
    for (host, base) in bases.sorted(by: { $0.key < $1.key }) where base.origin == url.origin {
      guard url.path.hasPrefix(base.path + "/") else { continue }
      let query = url.query.map { "?" + $0 } ?? ""
      let text = "https://\(host)\(url.path.dropFirst(base.path.count))\(query)"
      if let original = try? SourceURL(text) { return (original, base) }
    }
    return nil
  }
}

/// A mirror setting that cannot be read.
package enum MirrorError: Error, Sendable, Hashable {
  /// A word that is not `host=base-URL`.
  case noPair
  /// The base for `host` is not an address.
  case base(host: String, SourceURLError)
}
