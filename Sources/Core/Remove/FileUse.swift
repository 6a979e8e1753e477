internal import SystemPackage

/// Who needs a file, according to the manifest's workflows.
struct FileUse {
  let manifest: Manifest
  let cancellation: Cancellation

  /// The workflows that need a file, in the manifest's order.
  ///
  /// A workflow needs the file if one of its entries has the file's hash or one of its
  /// places. If another file with the same content stays, only an entry that names such a place
  /// counts. What an entry with unreadable references needs is unknown, so it keeps the files of its
  /// name.
  ///
  /// - Parameters:
  ///   - places: Every name below the models directories that leads to the file.
  ///   - hashes: All known hashes of the file.
  ///   - hasTwin: Whether another file of this content stays.
  func workflows(
    using places: [RelativePath], hashes: [ModelHash], hasTwin: Bool
  ) -> [String] {
    manifest.workflows.filter { workflow in
      if places.contains(where: { isNamedUnreadably($0, in: workflow) }) { return true }
      return workflow.models.contains { entry in
        if places.contains(where: { names(entry, $0) }) { return true }
        guard !hasTwin, let hash = entry.hash else { return false }
        return hashes.contains(hash)
      }
    }.map(\.name)
  }

  private func isNamedUnreadably(_ path: RelativePath, in workflow: ManifestWorkflow) -> Bool {
    manifest.unreadablePart(ofEntryWith: [], named: path.filename, in: workflow.name) != nil
  }

  /// Whether the entry is about the file at this place, whatever its content.
  private func names(_ entry: ManifestWorkflowModel, _ path: RelativePath) -> Bool {
    guard let hash = entry.hash else { return false }
    let place = entry.relativePath ?? manifest.model(withHash: hash)?.relativePath
    if place == path { return true }
    guard let folder = path.folder, entry.category == Category(folder) else { return false }
    let below = path.string.dropFirst(folder.count + 1)
    return entry.nodes.contains { ModelReference.name(of: $0.widgetValue) == below }
  }

  /// The hash of a file whose full hash is not known. The file is read only if its size may be that
  /// of a file that a workflow uses; otherwise the result is `nil`.
  ///
  /// - Throws: ``HashError``.
  func hash(of path: FilePath, size: Int64) throws(HashError) -> ModelHash? {
    let used = Set(manifest.workflows.flatMap(\.models).compactMap(\.hash))
    guard manifest.models.contains(where: { $0.size ?? size == size && used.contains($0.hash) })
    else { return nil }
    return try FileHasher.hash(path, .blake3, cancellation: cancellation).blake3
  }
}
