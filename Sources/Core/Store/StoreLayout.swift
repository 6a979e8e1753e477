/// The paths of files and records in a store, below its prefix.
///
/// Paths are made from hashes: two writers of the same file write the same bytes to the same path.
package enum StoreLayout {
  /// The file with a content: `sha256/ab/cd/HEX`.
  package static func object(_ hash: SHA256Hash) -> String { place("sha256", hash.hex) }

  /// The record of a file: `sha256/ab/cd/HEX.json`.
  package static func record(_ hash: SHA256Hash) -> String { object(hash) + ".json" }

  /// The same record, by BLAKE3: `blake3/ab/cd/HEX.json`.
  package static func record(blake3 hash: ModelHash) -> String {
    place("blake3", hash.hex) + ".json"
  }

  /// The content that belongs at a path; `nil` when the path is not that of a file in this layout.
  package static func hash(ofObject path: String) -> SHA256Hash? {
    guard let name = path.split(separator: "/").last, let hash = SHA256Hash(name),
      path == object(hash)
    else { return nil }
    return hash
  }

  private static func place(_ folder: String, _ hex: String) -> String {
    "\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)"
  }
}

/// What a store says about a file that it has: a small JSON file beside it.
///
/// Records serve to find and list files. They prove nothing: only a file's bytes do.
package struct StoreRecord: Sendable, Hashable {
  package var sha256: SHA256Hash
  package var blake3: ModelHash
  /// Bytes.
  package var size: Int64
  package var filename: String
  /// Other URLs from which the file can be downloaded, without secrets.
  package var sources: [String]

  /// Largest size of a record in bytes.
  package static let limit = 64 << 10

  package init(
    sha256: SHA256Hash, blake3: ModelHash, size: Int64, filename: String, sources: [String]
  ) {
    self.sha256 = sha256
    self.blake3 = blake3
    self.size = size
    self.filename = filename
    self.sources = sources
  }

  /// Reads a record; `nil` if it is not one.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.limit, let root = try? JSONDocument(parsing: bytes).root,
      root["comfy_store"]?.int == 1,
      let sha256 = root["sha256"]?.string.flatMap({ SHA256Hash($0) }),
      let blake3 = root["blake3"]?.string.flatMap({ ModelHash($0) }), blake3.isFull,
      let size = root["size"]?.int, size >= 0
    else { return nil }
    self.init(
      sha256: sha256, blake3: blake3, size: Int64(size),
      filename: root["filename"]?.string ?? "",
      sources: root["sources"]?.elements.compactMap(\.string) ?? [])
  }

  /// The record as it is stored. The last sources are omitted if it would exceed ``limit``.
  package var bytes: [UInt8] {
    var sources = sources
    while true {
      var json = JSONWriter()
      json.beginObject()
      json.member("comfy_store", 1)
      json.member("sha256", sha256.hex)
      json.member("blake3", blake3.hex)
      json.member("size", size)
      json.member("filename", filename)
      json.member("sources", sources)
      json.endObject()
      if json.bytes.count < Self.limit || sources.isEmpty {
        return json.bytes + [UInt8(ascii: "\n")]
      }
      sources.removeLast()
    }
  }
}
