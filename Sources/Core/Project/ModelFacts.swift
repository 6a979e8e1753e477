internal import SystemPackage

/// Everything that is known about one model: on this machine, in the manifest, in its own header.
package struct ModelFacts: Sendable {
  /// The model in the index; `nil` if only the manifest knows it.
  package var model: IndexedModel?
  /// The row in the manifest; `nil` if the manifest does not know it.
  package var row: ManifestModel?
  /// The workflows that use it, and their entries, in the manifest's order.
  package var uses: [Use] = []
  /// The header of the first present file that has one.
  package var header: SafetensorsHeader?

  /// The use by one workflow.
  package struct Use: Sendable, Hashable {
    package var workflow: String
    package var entry: ManifestWorkflowModel
  }

  /// The full hash from the index if it is known, else the manifest's.
  package var hash: ModelHash? { model?.hash ?? row?.hash }

  /// Bytes.
  package var size: Int64? { model?.size ?? row?.size }

  /// Where it can be downloaded: the manifest's URLs first, then those of the index, each once.
  package var sources: [String] {
    (uses.flatMap(\.entry.sources) + (row?.sources ?? []) + (model?.sources.map(\.url) ?? []))
      .unique
  }
}

extension Project {
  /// The models in the index and in the manifest that `text` names: the beginning of a hash, a path
  /// below a models directory, a file on this disk, or a complete file name.
  ///
  /// - Returns: Those of the index first; each model once.
  /// - Throws: ``IndexError``, ``ManifestError``.
  package func models(named text: String) throws -> [ModelFacts] {
    let manifest = try manifestIfPresent()
    let indexed = try indexedModels(named: text)
    var facts = indexed.map { makeFacts(of: $0, in: manifest) }
    let known = Set(facts.compactMap(\.row?.hash))
    for row in manifest?.models ?? [] where !known.contains(row.hash) && row.isNamed(text) {
      facts.append(
        ModelFacts(row: row, uses: manifest?.uses(of: [row.hash]) ?? []))
    }
    return facts
  }

  private func indexedModels(named text: String) throws -> [IndexedModel] {
    let index = try openIndex(for: .read)
    let path = environment.absolute(FilePath(text)).lexicallyNormalized()
    if let model = try index.model(at: path) { return [model] }
    let atPath = try index.models(atPath: text)
    guard atPath.isEmpty else { return atPath }
    let named = try index.models(named: text)
    guard named.isEmpty, text.utf8.count >= 4 else { return named }
    return try index.models(withHashPrefix: text)
  }

  private func makeFacts(of model: IndexedModel, in manifest: Manifest?) -> ModelFacts {
    let hashes =
      [model.sampled.comfydock, model.sampled.comfygit] + (model.hash.map { [$0] } ?? [])
    var facts = ModelFacts(model: model)
    facts.row = manifest?.models.first { hashes.contains($0.hash) }
    facts.uses = manifest?.uses(of: hashes) ?? []
    for location in model.locations where location.isPresent && facts.header == nil {
      facts.header = try? SafetensorsHeader(readingFrom: location.path)
    }
    return facts
  }
}

extension ManifestModel {
  /// Whether the text is the beginning of the hash, the path or the file name.
  fileprivate func isNamed(_ text: String) -> Bool {
    let folded = text.lowercased()
    return filename.lowercased() == folded || relativePath?.string == text
      || (text.utf8.count >= 4 && hash.hex.hasPrefix(folded))
  }
}

extension Manifest {
  fileprivate func uses(of hashes: [ModelHash]) -> [ModelFacts.Use] {
    workflows.flatMap { workflow in
      workflow.models.filter { $0.hash.map(hashes.contains) ?? false }
        .map { ModelFacts.Use(workflow: workflow.name, entry: $0) }
    }
  }
}
