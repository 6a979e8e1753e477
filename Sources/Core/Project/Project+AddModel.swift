/// A model that the whole environment needs, regardless of its workflows.
package struct EnvironmentModel: Sendable, Hashable {
  /// The path below the models directory; it starts with the category's folder.
  package var path: RelativePath
  /// Where to download it, the preferred URL first.
  package var sources: [SourceURL]
  /// BLAKE3 of the whole file. `nil` stands for the hash of the file at ``path``.
  package var hash: ModelHash?
  package var criticality: Criticality

  package init(
    path: RelativePath, sources: [SourceURL] = [], hash: ModelHash? = nil,
    criticality: Criticality = .required
  ) {
    self.path = path
    self.sources = sources
    self.hash = hash
    self.criticality = criticality
  }
}

extension Project {
  /// Records a model that the whole environment needs, as a row of the global table with its own
  /// criticality. Commits the change; downloads nothing.
  ///
  /// - Parameter progress: Bytes of the file hashed so far.
  /// - Throws: ``ManifestError``; ``HashError`` and ``IndexError`` if the file has to be read.
  @discardableResult
  package func add(
    _ model: EnvironmentModel, cancellation: Cancellation = .never,
    progress: (_ bytes: Int64) -> Void = { _ in }
  ) throws -> Recording {
    let hash =
      try model.hash
      ?? hash(of: model.path, cancellation: cancellation, progress: progress)
    var row = try manifestModel(
      withHash: hash, filename: model.path.filename, relativePath: model.path)
    row.relativePath = model.path
    row.category = model.path.folder.map { Category($0) }
    row.sources = model.sources.map(\.cleaned)
    row.criticality = model.criticality
    let message = CommitMessage(action: "add-model", models: [row.filename])
    return try record(message: { message }) { manifest throws(ManifestError) in manifest.put(row) }
  }

  /// The full hash of a model file. It is also stored in the index.
  private func hash(
    of path: RelativePath, cancellation: Cancellation, progress: (_ bytes: Int64) -> Void
  ) throws -> ModelHash {
    let file = try destination(of: path).path(of: path)
    let hashed = try hashModel(
      file, entering: true, cancellation: cancellation, progress: progress)
    guard let hash = hashed.hashes.blake3 else { throw IndexError.changed(file) }
    return hash
  }
}
