internal import SystemPackage

/// Secrets in sources that somebody wrote into the manifest by hand. What is written here has none,
/// but a commit takes along what else is in the file.
enum HandwrittenSecrets {
  /// What is secret in the sources of a text, and not in HEAD's already: `userinfo`, or names of
  /// parameters, sorted.
  static func names(in text: [UInt8], of file: FilePath, _ surroundings: Surroundings) -> [String] {
    guard mayBe(in: text), let manifest = try? Manifest(parsing: text, path: file) else {
      return []
    }
    let found = sources(of: manifest)
    guard !found.isEmpty else { return [] }
    let head = (try? ManifestHistory(of: file, surroundings: surroundings).manifest(at: "HEAD"))
      .map(sources)
    let new = found.filter { head?[$0.key] == nil }
    return Set(new.values.joined()).sorted()
  }

  /// Sources with a secret, and the names of what is secret in them.
  private static func sources(of manifest: Manifest) -> [String: [String]] {
    let entries = manifest.workflows.flatMap(\.models).flatMap(\.sources)
    var found: [String: [String]] = [:]
    for source in entries + manifest.models.flatMap(\.sources) {
      if let url = try? SourceURL(source), !url.dropped.isEmpty { found[source] = url.dropped }
    }
    return found
  }

  /// Whether any address has more than scheme, host, path and parameters that hold none. Most have
  /// not, and need no closer look.
  static func mayBe(in text: [UInt8]) -> Bool {
    var rest = text[...]
    while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
      rest = rest[(colon + 1)...]
      guard rest.starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")]) else { continue }
      let address = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
      rest = rest[address.endIndex...]
      if mayHoldSecret(address) { return true }
    }
    return false
  }

  private static func mayHoldSecret(_ address: ArraySlice<UInt8>) -> Bool {
    var query: ArraySlice<UInt8>?
    for (index, byte) in zip(address.indices, address) {
      switch byte {
      case UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "\\"): return true
      case UInt8(ascii: "?"): query = query ?? address[(index + 1)...]
      default: continue
      }
    }
    guard let query else { return false }
    return !query.split(separator: UInt8(ascii: "&")).allSatisfy { parameter in
      let name = parameter.prefix { $0 != UInt8(ascii: "=") }
      return parameter.count < 40 && harmless.contains(Array(name))
    }
  }

  /// Parameters of the hubs.
  private static let harmless = Set(
    ["download", "fileId", "format", "fp", "modelVersionId", "size", "type"].map { Array($0.utf8) })
}
