internal import GRDB
internal import SystemPackage

/// A scanned directory as it is stored in the database.
struct RootRow {
  let id: Int64
  let root: ModelRoot

  static func all(in database: Database) throws -> [RootRow] {
    let statement = try database.cachedStatement(
      sql: "SELECT id, path, category FROM root ORDER BY path, category")
    return try Row.fetchAll(statement).map { row in
      let category = try row.decode(String.self, atIndex: 2)
      return RootRow(
        id: try row.decode(atIndex: 0),
        root: ModelRoot(
          FilePath(try row.decode(String.self, atIndex: 1)),
          category: category.isEmpty ? nil : Category(category)))
    }
  }

  /// The row of `root`; `nil` if there is none.
  static func find(_ root: ModelRoot, in database: Database) throws -> Int64? {
    let statement = try database.cachedStatement(
      sql: "SELECT id FROM root WHERE path = ? AND category = ?")
    return try Int64.fetchOne(
      statement, arguments: [root.path.string, root.category?.name ?? ""])
  }

  /// The row of `root`, created if needed.
  static func id(of root: ModelRoot, in database: Database) throws -> Int64 {
    if let id = try find(root, in: database) { return id }
    try database.execute(
      sql: "INSERT INTO root (path, category) VALUES (?, ?)",
      arguments: [root.path.string, root.category?.name ?? ""])
    return database.lastInsertedRowID
  }
}

/// Makes ``IndexedModel`` values from rows.
enum ModelRows {
  /// The models whose ids `query` selects.
  static func fetch(
    _ query: String, _ arguments: StatementArguments, in database: Database
  ) throws -> [IndexedModel] {
    var models: [Int64: IndexedModel] = [:]
    let found = try database.cachedStatement(
      sql: """
        SELECT id, blake3, sha256, short_comfydock, short_comfygit, size, tensor_count,
          parameter_count, data_types
        FROM model WHERE id IN (\(query))
        """)
    let rows = try Row.fetchCursor(found, arguments: arguments)
    while let row = try rows.next() {
      guard let model = try IndexedModel(row) else { continue }
      models[model.id] = model
    }
    guard !models.isEmpty else { return [] }
    try addLocations(to: &models, query, arguments, in: database)
    let sources = try database.cachedStatement(
      sql: """
        SELECT model_id, url, origin FROM source WHERE model_id IN (\(query)) ORDER BY id
        """)
    let sourceRows = try Row.fetchCursor(sources, arguments: arguments)
    while let row = try sourceRows.next() {
      models[try row.decode(atIndex: 0)]?.sources.append(
        IndexedSource(url: try row.decode(atIndex: 1), origin: try row.decode(atIndex: 2)))
    }
    return models.values.sorted { left, right in
      let (one, other) = (left.locations.first, right.locations.first)
      guard let one, let other else {
        return one == nil && other == nil ? left.id < right.id : one != nil
      }
      return (one.relativePath.string, left.id) < (other.relativePath.string, right.id)
    }
  }

  private static func addLocations(
    to models: inout [Int64: IndexedModel], _ query: String, _ arguments: StatementArguments,
    in database: Database
  ) throws {
    let roots = Dictionary(
      uniqueKeysWithValues: try RootRow.all(in: database).map { ($0.id, $0.root) })
    let locations = try database.cachedStatement(
      sql: """
        SELECT model_id, root_id, path, category, size, mtime FROM location
        WHERE model_id IN (\(query)) ORDER BY path, root_id
        """)
    let rows = try Row.fetchCursor(locations, arguments: arguments)
    while let row = try rows.next() {
      let text = try row.decode(String.self, atIndex: 2)
      guard let root = roots[try row.decode(atIndex: 1)], let path = try? RelativePath(text) else {
        continue
      }
      let category = try row.decode(String?.self, atIndex: 3)
      models[try row.decode(atIndex: 0)]?.locations.append(
        IndexedLocation(
          root: root, relativePath: path, category: category.map { Category($0) },
          size: try row.decode(atIndex: 4), modified: try row.decode(atIndex: 5)))
    }
  }
}

extension IndexedModel {
  /// Reads a row that ``ModelRows/fetch(_:_:in:)`` selected; `nil` if its hashes are invalid.
  fileprivate init?(_ row: Row) throws {
    guard let comfydock = ModelHash(try row.decode(String.self, atIndex: 3)),
      let comfygit = ModelHash(try row.decode(String.self, atIndex: 4)),
      let sampled = SampledHashes(comfydock: comfydock, comfygit: comfygit)
    else { return nil }
    self.init(
      id: try row.decode(atIndex: 0),
      hash: try row.decode(String?.self, atIndex: 1).flatMap { ModelHash($0) },
      sha256: try row.decode(String?.self, atIndex: 2).flatMap { SHA256Hash($0) },
      sampled: sampled, size: try row.decode(atIndex: 5),
      safetensors: try SafetensorsFacts(row), locations: [], sources: [])
  }
}

extension SafetensorsFacts {
  fileprivate init?(_ row: Row) throws {
    guard let tensors = try row.decode(Int?.self, atIndex: 6),
      let parameters = try row.decode(Int64?.self, atIndex: 7)
    else { return nil }
    let types = (try row.decode(String?.self, atIndex: 8) ?? "").split(separator: " ").map(
      String.init)
    self.init(tensorCount: tensors, parameterCount: parameters, dataTypes: types)
  }
}
