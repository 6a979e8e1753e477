/// How a manifest writes the hashes of its models.
///
/// A manifest of comfydock 1.x or comfygit keeps their sampled hashes of 16 digits, so that those
/// tools still find its models. The full hashes are then in `[tool.comfy.hashes]`, short to full.
/// The rest of the program sees only the full hashes.
struct StoredHashes: Sendable {
  /// The keys of the table.
  static let keys = ["tool", "comfy", "hashes"]

  private let table: TOMLDocument.ID?
  private let document: TOMLDocument

  init(_ document: TOMLDocument) {
    self.document = document
    var table: TOMLDocument.ID? = TOMLDocument.root
    for key in Self.keys { table = table.flatMap { document.child(key, of: $0) } }
    self.table = table.flatMap { document.kind(of: $0) == .table ? $0 : nil }
  }

  /// The hash that a stored one stands for: the full one if the manifest has it.
  func pin(of stored: ModelHash) -> ModelHash {
    guard !stored.isFull, let table, let node = document.child(stored.hex, of: table),
      let full = document.string(node).flatMap({ ModelHash($0) })
    else { return stored }
    return full
  }

  /// The short hashes by the full ones they stand for.
  var shortByFull: [ModelHash: ModelHash] {
    guard let table else { return [:] }
    var result: [ModelHash: ModelHash] = [:]
    for node in document.children(of: table) {
      guard let full = document.string(node).flatMap({ ModelHash($0) }), full.isFull,
        let short = ModelHash(document.key(of: node)), result[full] == nil
      else { continue }
      result[full] = short
    }
    return result
  }
}

extension Manifest {
  /// Which program's short hashes the manifest keeps.
  package enum ShortHashKind: Sendable, Hashable {
    case comfydock, comfygit
  }

  /// The kind of short hashes of this manifest; `nil` if it has full ones. Related tools leave
  /// their version in the section, or short hashes in the global table.
  package var shortHashKind: ShortHashKind? {
    guard let tool = document.child("tool", of: TOMLDocument.root),
      let own = document.child(section, of: tool)
    else { return nil }
    let isOwned = ["schema_version", "comfyui_version"].contains {
      document.child($0, of: own) != nil
    }
    guard isOwned || rows.hasShortKeys(in: document) else { return nil }
    return section == "comfygit" ? .comfygit : .comfydock
  }

  /// A hash as the manifest writes it.
  func storedHash(of hash: ModelHash) -> ModelHash { shortHashes[hash] ?? hash }

  /// Writes a model's hash in its short form from now on.
  ///
  /// - Throws: ``ManifestError/structure(path:line:key:)``,
  ///   ``ManifestError/unfaithful(path:key:)``.
  package mutating func write(
    _ short: ModelHash, for full: ModelHash
  ) throws(ManifestError) {
    try set(path: StoredHashes.keys + [short.hex], to: .string(full.hex))
  }

  /// The full hashes that have no short form.
  package var unshortenedHashes: Set<ModelHash> {
    let all = models.map(\.hash) + workflows.flatMap(\.models).compactMap(\.hash)
    return Set(all.filter { $0.isFull && shortHashes[$0] == nil })
  }
}
