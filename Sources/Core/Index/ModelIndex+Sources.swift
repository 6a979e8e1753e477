internal import GRDB

extension ModelIndex {
  /// The models that have a source, wherever their files are or were.
  func modelsWithSources() throws(IndexError) -> [IndexedModel] {
    try read { try ModelRows.fetch("SELECT DISTINCT model_id FROM source", [], in: $0) }
  }

  /// The models of this many bytes whose full hashes are not both known. Reads every model.
  func modelsToHash(ofSize size: Int64) throws(IndexError) -> [IndexedModel] {
    try read { database in
      try ModelRows.fetch(
        "SELECT id FROM model WHERE size = ? AND (blake3 IS NULL OR sha256 IS NULL)", [size],
        in: database)
    }
  }
}
