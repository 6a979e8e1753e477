/// The identity of the file at an address: equal for every spelling of the same file, so that the
/// file is downloaded once.
///
/// These make no difference: host case, default port, the order of parameters, `blob` or `resolve`,
/// `hf.co`, a mirror, a token in the query. These do: revision, path, and the choice among the
/// files of a Civitai version.
package struct SourceKey: Sendable, Hashable, CustomStringConvertible {
  /// A stable text for storing and comparing, not for downloading.
  package let string: String

  package var description: String { string }

  package init(string: String) { self.string = string }

  /// The key of a file without a known address, by its BLAKE3.
  package init(blake3 hash: ModelHash) { string = "blake3:\(hash.hex)" }
}

extension SourceURL {
  /// The key of the file.
  ///
  /// - Parameter mirrors: Addresses on these mirrors are treated as the hub's own.
  package func key(mirrors: Mirrors = .none) -> SourceKey {
    let original = mirrors.original(of: self)?.url ?? self
    switch original.location {
    case .huggingFace(let file):
      // Repository names that differ only in case lead to the same repository.
      return SourceKey(
        string: "huggingface:\(file.kind)/\(file.repository.lowercased())@\(file.revision)"
          + ":\(file.path)")
    case .civitai(let file):
      let choices = file.choices.map { " \($0.name)=\($0.value.lowercased())" }
      return SourceKey(string: "civitai:\(file.version)\(choices.joined())")
    case .gitHub(let file):
      let path = PercentEncoding.normalized(Array(file.revisionAndPath.utf8))
      return SourceKey(
        string: "github:\(file.repository.lowercased())@\(String(decoding: path, as: UTF8.self))")
    case .page, .other: return SourceKey(string: original.normalized)
    }
  }

  private var normalized: String {
    let path = String(decoding: PercentEncoding.normalized(Array(path.utf8)), as: UTF8.self)
    guard let query, !query.isEmpty else { return origin + path }
    let pieces = query.split(separator: "&").map {
      String(decoding: PercentEncoding.normalized(Array($0.utf8)), as: UTF8.self)
    }
    return "\(origin)\(path)?\(pieces.sorted().joined(separator: "&"))"
  }
}
