internal import GRDB
internal import SystemPackage

/// A file whose hashes are known, ready to be added to the index. The other facts that the index
/// needs have been read.
struct EnteredFile: Sendable {
  private let path: FilePath
  private let root: ModelRoot
  private let relative: RelativePath
  private let file: FileContent
  private let hashes: FileHashes
  private let sources: [IndexedSource]

  /// - Parameter sampled: If known already; otherwise the samples are read.
  /// - Throws: ``IndexError/outsideRoot(_:)``, ``IndexError/changed(_:)`` if the size is not that
  ///   of `hashes`, and what reading throws.
  init(
    _ path: FilePath, below root: ModelRoot, hashes: FileHashes, sampled: SampledHashes? = nil,
    sources: [IndexedSource]
  ) throws(IndexError) {
    guard let relative = root.relativePath(of: path) else { throw .outsideRoot(path) }
    file = try FileContent(of: path, sampled: sampled)
    guard file.state.size == hashes.size else { throw .changed(path) }
    self.path = path
    self.root = root
    self.relative = relative
    self.hashes = hashes
    self.sources = sources
  }

  func enter(in database: Database) throws -> IndexedModel {
    let rootID = try RootRow.id(of: root, in: database)
    let modelID = try ModelRow.id(with: hashes, file.content, in: database)
    let replaced = try LocationRow.put(
      relative, rootID: rootID, category: root.category(of: relative), modelID: modelID,
      file.state, in: database)
    try ModelRow.removeIfUnused(replaced, in: database)
    // A link to another name changed the status of both.
    try LocationRow.putNames(of: file.state, modelID: modelID, in: database)
    for source in sources { try ModelRow.addSource(source, to: modelID, in: database) }
    return try ModelIndex.model(modelID, in: database, path)
  }
}
