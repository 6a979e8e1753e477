internal import SystemLibrary
internal import SystemPackage

/// Secrets in the URLs of sources and repositories that somebody wrote into the manifest by hand. We never write secrets, but a
/// commit includes everything else in the file.
enum HandwrittenSecrets {
  /// The secrets in the URLs of a text that are not yet in HEAD: `userinfo`, or names of
  /// parameters, sorted.
  static func names(in text: [UInt8], of file: FilePath, _ environment: ProcessEnvironment)
    -> [String]
  {
    guard mayBe(in: text), let manifest = try? Manifest(parsing: text, path: file) else {
      return []
    }
    let found = addresses(of: manifest)
    guard !found.isEmpty else { return [] }
    let head = (try? ManifestHistory(of: file, environment: environment).manifest(at: "HEAD"))
      .map(addresses)
    let new = found.filter { head?[$0.key] == nil }
    return Set(new.values.joined()).sorted()
  }

  /// URLs with secrets, and the names of those secrets.
  private static func addresses(of manifest: Manifest) -> [String: [String]] {
    let entries = manifest.workflows.flatMap(\.models).flatMap(\.sources)
    var found: [String: [String]] = [:]
    for source in entries + manifest.models.flatMap(\.sources) {
      if let url = try? SourceURL(source), !url.dropped.isEmpty { found[source] = url.dropped }
    }
    for repository in manifest.nodePackages.compactMap(\.repository) {
      let secrets = RepositoryURL.secrets(in: repository)
      if !secrets.isEmpty { found[repository] = secrets }
    }
    return found
  }

  /// Whether any address has more than a scheme, a host, a path and harmless parameters. Most
  /// addresses do not, and need no closer check.
  static func mayBe(in text: [UInt8]) -> Bool {
    text.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      var place = 0
      while let colon = memchr(start + place, Int32(UInt8(ascii: ":")), bytes.count - place) {
        place = UnsafeRawPointer(colon) - start + 1
        guard bytes[place...].starts(with: "//".utf8) else { continue }
        place += 2
        if mayHoldSecret(bytes, &place) { return true }
      }
      return false
    }
  }

  /// - Parameter place: In: where the address continues after `//`. Out: where it ends.
  private static func mayHoldSecret(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> Bool {
    var query: Int?
    while place < bytes.count {
      switch bytes[place] {
      case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"):
        return query.map { !isHarmless(bytes[$0..<place]) } ?? false
      case UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "\\"): return true
      case UInt8(ascii: "?"): query = query ?? place + 1
      default: break
      }
      place += 1
    }
    return query != nil
  }

  private static func isHarmless(_ query: Slice<UnsafeRawBufferPointer>) -> Bool {
    query.split(separator: UInt8(ascii: "&")).allSatisfy { parameter in
      let name = parameter.prefix { $0 != UInt8(ascii: "=") }
      return parameter.count < 40 && harmless.contains { name.elementsEqual($0.utf8) }
    }
  }

  /// Parameters of the hubs' addresses that are never secret.
  private static let harmless = [
    "type", "format", "size", "fp", "download", "fileId", "modelVersionId",
  ]
}
