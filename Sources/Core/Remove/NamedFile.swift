internal import SystemPackage

/// A file below a models directory that a user named.
struct NamedFile {
  let path: FilePath
  let root: ModelRoot
  /// The file's entry in the index; `nil` for a file that was never scanned, and for a partial
  /// download.
  let model: IndexedModel?
  let isPartial: Bool

  /// Where the bytes are that go with the file, without links on the way; `nil` for a link, whose
  /// target stays.
  var content: FilePath? {
    guard let status = try? FileStatus(of: path, following: false), !status.isLink else {
      return nil
    }
    return path.real
  }

  /// The other names below the models directories that lead to the file by a link, and to nothing
  /// once it is gone.
  var linkedNames: [RelativePath] {
    guard let content, let model else { return [] }
    return model.locations.filter { $0.path != path && $0.path.real == content }
      .map(\.relativePath)
  }
}

/// Finds the one file that a text names.
struct NamedFileFinder {
  let environment: ProcessEnvironment
  let roots: [ModelRoot]
  let index: ModelIndex

  /// Looks first for a file at this path, absolute or below a models directory, then for the
  /// partial download to that path. Otherwise takes the only file with this full file name or, if
  /// there is none, the only one whose hash starts with the text (at least four characters).
  ///
  /// - Throws: ``RemovalError``, ``IndexError``, ``FileError``.
  func file(named text: String) throws -> NamedFile {
    guard !text.isEmpty else { throw RemovalError.unknown(text, nearest: nil) }
    if let file = try file(atPath: text) { return file }
    let named = try indexed(text)
    guard named.count <= 1 else {
      throw RemovalError.ambiguous(text, named.map(\.path).sorted { $0.string < $1.string })
    }
    if let only = named.first { return only }
    let path = environment.absolute(FilePath(text)).lexicallyNormalized()
    guard try FileStatus(of: path, following: false) == nil else {
      throw RemovalError.outside(path, roots: roots.map(\.path))
    }
    throw RemovalError.unknown(text, nearest: try ModelSearch(index).nearestPath(to: text))
  }

  /// The file, or the partial download, at a place that the text names as a path.
  private func file(atPath text: String) throws -> NamedFile? {
    let path = environment.absolute(FilePath(text)).lexicallyNormalized()
    var places = roots.filter { $0.relativePath(of: path) != nil }.map { ($0, path) }
    if let relative = try? RelativePath(text) {
      places += roots.map { ($0, $0.path(of: relative)) }
    }
    for (root, path) in places {
      if let file = try file(at: path, root) { return file }
      let partial = PartialFile.directory(for: path)
      if PartialFile.look(at: partial) != nil {
        return NamedFile(path: partial, root: root, model: nil, isPartial: true)
      }
    }
    return nil
  }

  private func file(at path: FilePath, _ root: ModelRoot) throws -> NamedFile? {
    guard let status = try FileStatus(of: path, following: false) else { return nil }
    if PartialName.isName(path.lastComponent?.string ?? ""), PartialFile.look(at: path) != nil {
      return NamedFile(path: path, root: root, model: nil, isPartial: true)
    }
    guard !status.isDirectory, try FileStatus(of: path)?.isDirectory != true else {
      throw RemovalError.directory(path)
    }
    let model = try index.model(at: path)
    guard model != nil || ModelExtension(of: path.string) != nil else {
      throw RemovalError.notAModel(path)
    }
    return NamedFile(path: path, root: root, model: model, isPartial: false)
  }

  /// The existing files of the index that have this name or hash.
  private func indexed(_ text: String) throws -> [NamedFile] {
    guard !text.contains("/") else { return [] }
    let folded = PathKey.folded(text)
    var found = try files(of: index.models(named: text)) {
      PathKey.folded($0.relativePath.filename) == folded
    }
    if found.isEmpty, text.utf8.count >= 4 {
      found = try files(of: index.models(withHashPrefix: text)) { _ in true }
    }
    return found
  }

  private func files(
    of models: [IndexedModel], where isMeant: (IndexedLocation) -> Bool
  ) -> [NamedFile] {
    models.flatMap { model in
      model.locations.filter { isMeant($0) && $0.path.exists }.map { location in
        // The index does not know the boundary.
        let root = roots.first { $0 == location.root } ?? location.root
        return NamedFile(path: location.path, root: root, model: model, isPartial: false)
      }
    }
  }
}
