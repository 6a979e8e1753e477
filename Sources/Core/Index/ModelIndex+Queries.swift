internal import GRDB
package import SystemPackage

/// Queries. Models are sorted by the path of their first location; each is listed once.
///
/// Names and paths compare equal if they differ only in `\` and `/`, or in Unicode composition.
/// Text that cannot be a path matches nothing.
extension ModelIndex {
  /// The models with this hash. For a full hash there is at most one. For 16 digits, every model
  /// that has them as a sampled hash of either kind.
  package func models(withHash hash: ModelHash) throws(IndexError) -> [IndexedModel] {
    if hash.isFull {
      return try models("SELECT id FROM model WHERE blake3 = ?", [hash.hex])
    }
    return try models(
      """
      SELECT id FROM model WHERE short_comfydock = ?1
      UNION SELECT id FROM model WHERE short_comfygit = ?1
      """, [hash.hex])
  }

  /// The models with this SHA-256: all have the same content.
  package func models(withSHA256 hash: SHA256Hash) throws(IndexError) -> [IndexedModel] {
    try models("SELECT id FROM model WHERE sha256 = ?", [hash.hex])
  }

  /// The models that have a hash of any kind that starts with `prefix`.
  ///
  /// - Parameter prefix: 1…64 hexadecimal digits in any case. Other text matches nothing.
  package func models(withHashPrefix prefix: String) throws(IndexError) -> [IndexedModel] {
    guard (1...64).contains(prefix.utf8.count), let first = HexDigits.lowercased(prefix) else {
      return []
    }
    let columns = ["blake3", "sha256", "short_comfydock", "short_comfygit"]
    let parts = columns.map { "SELECT id FROM model WHERE \($0) >= ?1 AND \($0) < ?2" }
    // `g` sorts after every hexadecimal digit.
    return try models(parts.joined(separator: " UNION "), [first, first + "g"])
  }

  /// The models at this path below a models directory: `checkpoints/sdxl/base.safetensors`.
  package func models(atPath path: String) throws(IndexError) -> [IndexedModel] {
    try models(
      "SELECT model_id FROM location WHERE path_folded = ? AND path_key = ?",
      [PathKey.folded(path), PathKey.exact(path)])
  }

  /// The same as ``models(atPath:)``, ignoring case.
  package func models(atPathIgnoringCase path: String) throws(IndexError) -> [IndexedModel] {
    try models("SELECT model_id FROM location WHERE path_folded = ?", [PathKey.folded(path)])
  }

  /// The models at `path` below a folder of `category`, under any of the folder's names:
  /// `sdxl/base.safetensors`.
  package func models(
    in category: Category, atPath path: String
  ) throws(IndexError) -> [IndexedModel] {
    try models(
      """
      SELECT model_id FROM location WHERE category = ?1 AND below_folded = ?2
      AND substr(path_key, instr(path_key, '/') + 1) = ?3
      """, [category.name, PathKey.folded(path), PathKey.exact(path)])
  }

  /// The same as ``models(in:atPath:)``, ignoring case.
  package func models(
    in category: Category, atPathIgnoringCase path: String
  ) throws(IndexError) -> [IndexedModel] {
    try models(
      "SELECT model_id FROM location WHERE category = ? AND below_folded = ?",
      [category.name, PathKey.folded(path)])
  }

  /// The models with a file of exactly this name, ignoring case, in any folder.
  ///
  /// - Parameter category: Only files of this category; `nil` for all.
  package func models(
    named name: String, in category: Category? = nil
  ) throws(IndexError) -> [IndexedModel] {
    guard let category else {
      return try models(
        "SELECT model_id FROM location WHERE name_folded = ?", [PathKey.folded(name)])
    }
    return try models(
      "SELECT model_id FROM location WHERE name_folded = ? AND category = ?",
      [PathKey.folded(name), category.name])
  }

  /// The models that have `url`, compared as it is, as a source.
  package func models(from url: String) throws(IndexError) -> [IndexedModel] {
    try models("SELECT model_id FROM source WHERE url = ?", [url])
  }

  /// The models with `text` anywhere in a path, ignoring case. Reads every path.
  ///
  /// - Parameter limit: The largest number of models; `nil` for all.
  package func models(
    containing text: String, limit: Int? = nil
  ) throws(IndexError) -> [IndexedModel] {
    try models(
      """
      SELECT model_id FROM location WHERE instr(path_folded, ?) > 0
      GROUP BY model_id ORDER BY min(path_folded) LIMIT ?
      """, [PathKey.folded(text), Int64(max(0, limit ?? .max))])
  }

  /// The model whose file is at `path`, absolute; `nil` if the index does not know it. If several
  /// roots know the path, the one that knows the file as it is now decides.
  package func model(at path: FilePath) throws(IndexError) -> IndexedModel? {
    try read { database in
      let rows = try LocationRow.all(at: path, below: RootRow.all(in: database), in: database)
      let state = FileStatus(reaching: path).map { FileState($0) }
      guard let row = rows.first(where: { $0.state == state }) ?? rows.first else { return nil }
      return try ModelRows.fetch("SELECT ?", [row.modelID], in: database).first
    }
  }

  /// All models with a location, and those that only have a source.
  ///
  /// - Parameter category: Only models with a file of this category; `nil` for all.
  package func models(in category: Category? = nil) throws(IndexError) -> [IndexedModel] {
    guard let category else { return try models("SELECT id FROM model", []) }
    return try models("SELECT model_id FROM location WHERE category = ?", [category.name])
  }

  /// The roots that were scanned or added, by path.
  package func roots() throws(IndexError) -> [ModelRoot] {
    try read { try RootRow.all(in: $0).map(\.root) }
  }

  private func models(
    _ query: String, _ arguments: StatementArguments
  ) throws(IndexError) -> [IndexedModel] {
    try read { try ModelRows.fetch(query, arguments, in: $0) }
  }
}
