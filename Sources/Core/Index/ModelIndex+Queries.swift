internal import GRDB
package import SystemPackage

/// Queries. Models come in the order of their first location's path, each once.
///
/// Names and paths compare with `\` as `/`, and composed and decomposed Unicode alike; text that
/// can be no path matches nothing.
extension ModelIndex {
  /// The models with this hash: at most one for a full hash; for 16 digits every model whose
  /// sampled hash of either kind it is.
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

  /// The models with this SHA-256, which is to say of one content.
  package func models(withSHA256 hash: SHA256Hash) throws(IndexError) -> [IndexedModel] {
    try models("SELECT id FROM model WHERE sha256 = ?", [hash.hex])
  }

  /// The models one of whose hashes, of any kind, starts with `prefix`.
  ///
  /// - Parameter prefix: 1…64 hexadecimal digits, any case; other text matches nothing.
  package func models(withHashPrefix prefix: String) throws(IndexError) -> [IndexedModel] {
    guard (1...64).contains(prefix.utf8.count), let first = HexDigits.lowercased(prefix) else {
      return []
    }
    let columns = ["blake3", "sha256", "short_comfydock", "short_comfygit"]
    let parts = columns.map { "SELECT id FROM model WHERE \($0) >= ?1 AND \($0) < ?2" }
    // `g` stands behind every digit.
    return try models(parts.joined(separator: " UNION "), [first, first + "g"])
  }

  /// The models at this path below a models directory: `checkpoints/sdxl/base.safetensors`.
  package func models(atPath path: String) throws(IndexError) -> [IndexedModel] {
    try models(
      "SELECT model_id FROM location WHERE path_folded = ? AND path_key = ?",
      [PathKey.folded(path), PathKey.exact(path)])
  }

  /// As ``models(atPath:)``, upper and lower case alike.
  package func models(atPathIgnoringCase path: String) throws(IndexError) -> [IndexedModel] {
    try models("SELECT model_id FROM location WHERE path_folded = ?", [PathKey.folded(path)])
  }

  /// The models at `path` below a folder of `category`, whichever of its names the folder has:
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

  /// As ``models(in:atPath:)``, upper and lower case alike.
  package func models(
    in category: Category, atPathIgnoringCase path: String
  ) throws(IndexError) -> [IndexedModel] {
    try models(
      "SELECT model_id FROM location WHERE category = ? AND below_folded = ?",
      [category.name, PathKey.folded(path)])
  }

  /// The models with a file of this whole name, upper and lower case alike, in any folder.
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

  /// The models that `url`, compared as it is, is a source of.
  package func models(from url: String) throws(IndexError) -> [IndexedModel] {
    try models("SELECT model_id FROM source WHERE url = ?", [url])
  }

  /// The models with `text` somewhere in a path, upper and lower case alike. Reads every path.
  ///
  /// - Parameter limit: Most models that are returned; `nil` for all.
  package func models(
    containing text: String, limit: Int? = nil
  ) throws(IndexError) -> [IndexedModel] {
    try models(
      """
      SELECT model_id FROM location WHERE instr(path_folded, ?) > 0
      GROUP BY model_id ORDER BY min(path_folded) LIMIT ?
      """, [PathKey.folded(text), Int64(max(0, limit ?? .max))])
  }

  /// The model whose file lies at `path`, absolute; `nil` when the index does not know it.
  package func model(at path: FilePath) throws(IndexError) -> IndexedModel? {
    try read { database in
      guard let row = try LocationRow.find(path, in: database) else { return nil }
      return try ModelRows.fetch("SELECT ?", [row.modelID], in: database).first
    }
  }

  /// Every model with a location, and those with a source only.
  ///
  /// - Parameter category: Only models with a file of this category; `nil` for all.
  package func models(in category: Category? = nil) throws(IndexError) -> [IndexedModel] {
    guard let category else { return try models("SELECT id FROM model", []) }
    return try models("SELECT model_id FROM location WHERE category = ?", [category.name])
  }

  /// The roots that have been scanned or entered, by path.
  package func roots() throws(IndexError) -> [ModelRoot] {
    try read { try RootRow.all(in: $0).map(\.root) }
  }

  private func models(
    _ query: String, _ arguments: StatementArguments
  ) throws(IndexError) -> [IndexedModel] {
    try read { try ModelRows.fetch(query, arguments, in: $0) }
  }
}
