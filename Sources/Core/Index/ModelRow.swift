internal import GRDB

/// Writes to the table of models.
enum ModelRow {
  /// The facts about a file's content that are known without reading the whole file.
  struct Content: Sendable {
    var sampled: SampledHashes
    var size: Int64
    var safetensors: SafetensorsFacts?
  }

  /// Adds a model.
  static func insert(
    _ content: Content, blake3: ModelHash? = nil, sha256: SHA256Hash? = nil, in database: Database
  ) throws -> Int64 {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO model (blake3, sha256, short_comfydock, short_comfygit, size, tensor_count,
          parameter_count, data_types)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let facts = content.safetensors
    try statement.execute(arguments: [
      blake3?.hex, sha256?.hex, content.sampled.comfydock.hex, content.sampled.comfygit.hex,
      content.size, facts?.tensorCount, facts?.parameterCount,
      facts?.dataTypes.joined(separator: " "),
    ])
    return database.lastInsertedRowID
  }

  /// The two sampled hashes of a model; empty when it is not there.
  static func sampledHashes(of id: Int64, in database: Database) throws -> [String] {
    let statement = try database.cachedStatement(
      sql: "SELECT short_comfydock, short_comfygit FROM model WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id]).map {
      [try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)]
    } ?? []
  }

  /// The model with this full hash.
  static func id(withBlake3 hash: ModelHash, in database: Database) throws -> Int64? {
    let statement = try database.cachedStatement(sql: "SELECT id FROM model WHERE blake3 = ?")
    return try Int64.fetchOne(statement, arguments: [hash.hex])
  }

  /// The model with this content. It is created if needed, and its SHA-256 is filled in.
  static func id(
    with hashes: FileHashes, _ content: @autoclosure () throws -> Content, in database: Database
  ) throws -> Int64 {
    guard let blake3 = hashes.blake3, let id = try id(withBlake3: blake3, in: database) else {
      return try insert(content(), blake3: hashes.blake3, sha256: hashes.sha256, in: database)
    }
    try setSHA256(hashes.sha256, of: id, in: database)
    return id
  }

  static func setSHA256(_ hash: SHA256Hash?, of id: Int64, in database: Database) throws {
    guard let hash else { return }
    try database.cachedStatement(sql: "UPDATE model SET sha256 = ? WHERE id = ?")
      .execute(arguments: [hash.hex, id])
  }

  /// Sets the full hash of a model that has none. If another model has the same hash, the two
  /// become one.
  ///
  /// - Returns: The model that remains.
  static func setBlake3(_ hash: ModelHash, of id: Int64, in database: Database) throws -> Int64 {
    guard let other = try self.id(withBlake3: hash, in: database) else {
      try database.execute(
        sql: "UPDATE model SET blake3 = ? WHERE id = ?", arguments: [hash.hex, id])
      return id
    }
    guard other != id else { return id }
    try database.execute(
      sql: "UPDATE location SET model_id = ? WHERE model_id = ?", arguments: [other, id])
    try database.execute(
      sql: "UPDATE OR IGNORE source SET model_id = ? WHERE model_id = ?", arguments: [other, id])
    try database.execute(sql: "DELETE FROM source WHERE model_id = ?", arguments: [id])
    try removeIfUnused(id, in: database)
    return other
  }

  /// Adds a URL. A URL that the model already has keeps its position and origin.
  static func addSource(_ source: IndexedSource, to id: Int64, in database: Database) throws {
    try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO source (model_id, url, origin) VALUES (?, ?, ?)"
    ).execute(arguments: [id, source.url, source.origin])
  }

  /// Removes a model that has neither locations nor sources.
  static func removeIfUnused(_ id: Int64?, in database: Database) throws {
    guard let id else { return }
    try database.cachedStatement(
      sql: """
        DELETE FROM model WHERE id = ?1
          AND NOT EXISTS (SELECT 1 FROM location WHERE model_id = ?1)
          AND NOT EXISTS (SELECT 1 FROM source WHERE model_id = ?1)
        """
    ).execute(arguments: [id])
  }
}
