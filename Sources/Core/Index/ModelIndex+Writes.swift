internal import GRDB
package import SystemPackage

extension ModelIndex {
  /// Adds a file whose hashes are known, as after a download. Only the samples are read from it (15
  /// MiB at most).
  ///
  /// The model with this content gets the location. What was recorded for the path before is
  /// removed.
  ///
  /// - Parameters:
  ///   - path: The file, below `root`.
  ///   - hashes: The hashes of the file as it is now. Without BLAKE3 the file becomes a model of
  ///     its own.
  ///   - sources: URLs to add, in order.
  /// - Returns: The model as it is in the index now.
  /// - Throws: ``IndexError/changed(_:)`` if the size is not that of `hashes`.
  @discardableResult
  package func enter(
    _ path: FilePath, below root: ModelRoot, hashes: FileHashes, sources: [IndexedSource] = []
  ) throws(IndexError) -> IndexedModel {
    let file = try EnteredFile(path, below: root, hashes: hashes, sources: sources)
    return try write { try file.enter(in: $0) }
  }

  /// Adds several files, as ``enter(_:below:hashes:sources:)`` does, in one transaction.
  func enter(_ files: [EnteredFile]) throws(IndexError) -> [IndexedModel] {
    try write { database in try files.map { try $0.enter(in: database) } }
  }

  /// Adds a URL to the model with this full hash. A URL that it has already keeps its position.
  ///
  /// - Returns: `false` if the index has no model with this hash.
  @discardableResult
  package func addSource(
    _ source: IndexedSource, toModelWithHash hash: ModelHash
  ) throws(IndexError) -> Bool {
    try write { database in
      guard let id = try ModelRow.id(withBlake3: hash, in: database) else { return false }
      try ModelRow.addSource(source, to: id, in: database)
      return true
    }
  }

  /// Removes the location `path`, absolute, from the index. The file itself is not touched. A model
  /// without any location is removed as well, unless it has sources.
  ///
  /// - Returns: `false` if the index did not know the path.
  @discardableResult
  package func removeLocation(_ path: FilePath) throws(IndexError) -> Bool {
    try write { database in
      let rows = try LocationRow.all(at: path, below: RootRow.all(in: database), in: database)
      for row in rows { try row.remove(in: database) }
      return !rows.isEmpty
    }
  }

  /// The model of a file with the hashes of the whole file. The file is read if the index lacks
  /// them.
  ///
  /// Models that turn out to have the same content become one.
  ///
  /// - Parameters:
  ///   - location: As a query returned it.
  ///   - kinds: BLAKE3 is always computed if needed; SHA-256 if it is included here.
  ///   - progress: Bytes read so far, and bytes to read. Called from the calling thread.
  /// - Throws: ``IndexError/changed(_:)`` if the file has changed since the index saw it, or
  ///   changes while it is read. Scan, then ask again.
  package func fullHash(
    of location: IndexedLocation, _ kinds: HashKinds = .blake3,
    cancellation: Cancellation = .never, progress: (Int64, Int64) -> Void = { _, _ in }
  ) throws(IndexError) -> IndexedModel {
    let path = location.path
    if let model = try model(of: location), model.hash != nil,
      model.sha256 != nil || !kinds.contains(.sha256)
    {
      return model
    }
    let seen: LocationRow
    let hashes: FileHashes
    do throws(HashError) {
      let file = try OpenFile(path)
      guard let row = try? read({ try LocationRow.find(location, in: $0) }),
        row.state.isSameFile(as: file.state)
      else { throw .changed(path) }
      seen = row
      hashes = try FileHasher.hash(
        file, kinds.union(.blake3), cancellation: cancellation, progress: progress)
    } catch {
      throw IndexError(error)
    }
    return try write { try ModelIndex.store(hashes, of: seen, at: location, in: $0) }
  }

  private func model(of location: IndexedLocation) throws(IndexError) -> IndexedModel? {
    try read { database in
      guard let row = try LocationRow.find(location, in: database) else { return nil }
      return try ModelIndex.model(row.modelID, in: database, location.path)
    }
  }

  private static func store(
    _ hashes: FileHashes, of seen: LocationRow, at location: IndexedLocation,
    in database: Database
  ) throws -> IndexedModel {
    let path = location.path
    // Another process may have scanned or hashed the same file in the meantime.
    guard let row = try LocationRow.find(location, in: database),
      row.state.isSameFile(as: seen.state), let blake3 = hashes.blake3
    else { throw IndexError.changed(path) }
    let known = try model(row.modelID, in: database, path).hash
    guard known == nil || known == blake3 else { throw IndexError.changed(path) }
    let id = try ModelRow.setBlake3(blake3, of: row.modelID, in: database)
    try ModelRow.setSHA256(hashes.sha256, of: id, in: database)
    return try model(id, in: database, path)
  }

  static func model(
    _ id: Int64, in database: Database, _ path: FilePath
  ) throws -> IndexedModel {
    guard let model = try ModelRows.fetch("SELECT ?", [id], in: database).first else {
      throw IndexError.damaged(path)
    }
    return model
  }
}
