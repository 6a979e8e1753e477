package import SystemPackage

/// What happened to the model metadata of a workflow file.
package struct EmbeddedModels: Sendable {
  /// The file, as the user wrote it.
  package var shown: String
  /// Names of the models whose entries were written or removed, each once.
  package var names: [String] = []
  /// Whether the file was changed.
  package var isChanged = false
}

/// Why a workflow's model metadata was not changed.
package enum MetadataUpdateError: Error, Sendable {
  /// The workflow came from standard input, which cannot be written back.
  case notAFile
  case edit(shown: String, MetadataEditError)
  /// Each time before we could write, another program wrote the file. It is as that program left
  /// it.
  case contended(FilePath)
}

extension Project {
  /// Writes what the manifest and the index know about a workflow's models into the workflow
  /// itself: name, URL, folder and SHA-256, where ComfyUI's frontend looks for them.
  ///
  /// URLs that only this user can reach are left out, and so are secrets in URLs that somebody
  /// wrote into the manifest by hand. A SHA-256 that is not known yet is computed if the file is
  /// here.
  ///
  /// - Parameter isTrial: Whether to write nothing, and only throw what would be thrown.
  /// - Throws: ``MetadataUpdateError``, ``ManifestError``, ``IndexError``, ``HashError``,
  ///   ``FileError``, ``ProjectError/workflowOutsideProject(_:)``. The file is then unchanged.
  package func embedModels(
    in source: WorkflowSource, isTrial: Bool = false, cancellation: Cancellation = .never
  ) throws -> EmbeddedModels {
    let recorded = try recordedModels(of: source, cancellation: cancellation)
    return try rewriteMetadata(of: source, recorded, isTrial) {
      reader, text throws(MetadataEditError) in
      try reader.embedding(recorded, in: text)
    }
  }

  /// Removes the entries of a workflow's recorded models from the workflow file.
  ///
  /// - Parameter isTrial: Whether to write nothing, and only throw what would be thrown.
  /// - Throws: The errors of ``embedModels(in:isTrial:cancellation:)``.
  package func stripModels(from source: WorkflowSource, isTrial: Bool = false) throws
    -> EmbeddedModels
  {
    let references = try readWorkflow(source).references
    let names = Dictionary(grouping: references, by: \.nodeID).mapValues { references in
      Set(references.flatMap { [$0.name, $0.filename] })
    }
    let recorded = try recordedModels(of: source, hashing: false)
    let wanted = names.filter { recorded[$0.key] != nil }
    return try rewriteMetadata(of: source, recorded, isTrial) {
      reader, text throws(MetadataEditError) in
      try reader.strippingModels(wanted, in: text)
    }
  }

  private func rewriteMetadata(
    of source: WorkflowSource, _ models: [String: [EmbeddedModel]], _ isTrial: Bool,
    _ edit: (WorkflowReader, [UInt8]) throws(MetadataEditError) -> [UInt8]
  ) throws -> EmbeddedModels {
    guard let named = source.file else { throw MetadataUpdateError.notAFile }
    let path = try writablePath(of: named, isFromManifest: source.isFromManifest)
    let reader = try workflowReader()
    var result = EmbeddedModels(
      shown: source.shown, names: Set(models.values.joined().map(\.name)).sorted())
    let isWritten = try AtomicFile.rewrite(path) { bytes in
      do throws(MetadataEditError) {
        let text = try edit(reader, bytes)
        result.isChanged = text != bytes
        return isTrial ? bytes : text
      } catch {
        throw MetadataUpdateError.edit(shown: source.shown, error)
      }
    }
    guard isWritten else { throw MetadataUpdateError.contended(path) }
    return result
  }

  /// The recorded models that a workflow names, by node.
  private func recordedModels(
    of source: WorkflowSource, hashing: Bool = true, cancellation: Cancellation = .never
  ) throws -> [String: [EmbeddedModel]] {
    let manifest = try manifestStore().read()
    guard let workflow = manifest.workflow(named: source.name) else { return [:] }
    var hashes: [ModelHash: SHA256Hash] = [:]
    var result: [String: [EmbeddedModel]] = [:]
    for reference in try readWorkflow(source).references {
      guard let key = workflow.recordedKey(of: reference), let entry = workflow.model(for: key)
      else { continue }
      let row = entry.hash.flatMap { manifest.model(withHash: $0) }
      if hashing, let hash = entry.hash, hashes[hash] == nil {
        hashes[hash] = try sha256(ofPin: hash, keeping: true, cancellation: cancellation)
      }
      let sources = (row?.sources ?? []) + entry.sources
      let model = EmbeddedModel(
        name: reference.name, url: sources.lazy.compactMap(Self.publicAddress).first,
        directory: (reference.category ?? entry.category)?.name,
        sha256: entry.hash.flatMap { hashes[$0] })
      guard !hashing || model.url != nil || model.sha256 != nil else { continue }
      result[reference.nodeID, default: []].append(model)
    }
    return result
  }
}
