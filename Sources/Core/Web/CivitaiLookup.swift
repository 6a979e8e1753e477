/// Requests to Civitai about a file; the reply is a ``CivitaiVersion``.
package enum CivitaiLookup {
  /// `GET` for a version by its number.
  package static func request(version: UInt64, mirrors: Mirrors = .none) -> SourceRequest {
    request(path: "\(version)", mirrors: mirrors)
  }

  /// `GET` for the version that contains a file, by the file's BLAKE3.
  ///
  /// - Returns: `nil` for a sampled hash, which Civitai does not know.
  package static func request(
    holding hash: ModelHash, mirrors: Mirrors = .none
  ) -> SourceRequest? {
    hash.isFull ? request(path: "by-hash/\(hash.hex)", mirrors: mirrors) : nil
  }

  /// `GET` for the version that contains a file, by the file's SHA-256.
  package static func request(holding hash: SHA256Hash, mirrors: Mirrors = .none) -> SourceRequest {
    request(path: "by-hash/\(hash.hex)", mirrors: mirrors)
  }

  private static func request(path: String, mirrors: Mirrors) -> SourceRequest {
    SourceRequest(
      asking: Hub.civitai.canonicalHost, of: .civitai, path: "/api/v1/model-versions/\(path)",
      mirrors: mirrors)
  }
}
