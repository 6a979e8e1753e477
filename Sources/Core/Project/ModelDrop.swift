/// An entry to remove from the manifest.
package struct ModelDrop: Sendable, Hashable {
  package var workflow: String
  package var selection: ModelSelection

  package init(workflow: String, selection: ModelSelection) {
    self.workflow = workflow
    self.selection = selection
  }
}

extension Project {
  /// Removes entries from the manifest in one write and one commit. Model files and the global
  /// table are not touched.
  ///
  /// - Throws: ``ManifestError``. Then nothing was written.
  @discardableResult
  package func drop(_ drops: [ModelDrop], expecting expected: ExpectedHash = .any) throws
    -> Recording
  {
    var names: [String] = []
    let message = {
      CommitMessage(
        action: "drop-model", workflows: drops.map(\.workflow).unique, models: names.unique)
    }
    return try record(message: message) { manifest throws(ManifestError) in
      names = []
      for drop in drops {
        names.append(
          try manifest.dropModel(drop.selection, in: drop.workflow, expecting: expected).filename)
      }
    }
  }

  /// The global row for a model with a known hash: what the index knows, else what the caller
  /// gives.
  package func manifestModel(
    withHash hash: ModelHash, filename: String, relativePath: RelativePath?
  ) throws -> ManifestModel {
    let models = try openIndex(for: .read).models(withHash: hash)
    if let model = models.first,
      let location = model.locations.first(where: { $0.relativePath == relativePath })
        ?? model.locations.first,
      let row = ManifestModel(model, at: location)?.withoutPrivateSources()
    {
      return row
    }
    return ManifestModel(
      hash: hash, filename: relativePath?.filename ?? filename, size: nil,
      relativePath: relativePath, category: relativePath?.folder.map { Category($0) })
  }
}
