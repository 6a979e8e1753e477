extension Project {
  /// The URL without its secrets, if its host can be reached by others: it has a public name or
  /// address.
  static func publicAddress(_ address: String) -> String? {
    guard let url = try? SourceURL(address) else { return nil }
    if let literal = IPAddress(url.host) { return literal.isPrivate ? nil : url.cleaned }
    // Resolvers read a name that ends in a number as an IP address.
    let labels = url.host.split(separator: ".")
    guard labels.count > 1, let last = labels.last, last.first?.isNumber == false else {
      return nil
    }
    let isLocal = localDomains.contains { url.host == $0 || url.host.hasSuffix("." + $0) }
    return isLocal ? nil : url.cleaned
  }

  /// Domains whose names have another meaning, or none, on another network.
  private static let localDomains = [
    "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain",
    "localhost", "private", "test", "ts.net",
  ]
}

extension ManifestModel {
  /// The row without sources that only this machine may reach. The index has those of all projects
  /// on this machine; a project records only its own.
  ///
  /// - Parameter own: The sources that the project itself downloads from.
  func withoutPrivateSources(except own: [SourceURL] = []) -> ManifestModel {
    var row = self
    let own = Set(own.map(\.cleaned))
    row.sources.removeAll { !own.contains($0) && Project.publicAddress($0) == nil }
    return row
  }
}
