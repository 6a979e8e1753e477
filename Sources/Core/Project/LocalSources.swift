/// A recorded model that is on this machine and has no source, so that another machine cannot get
/// it.
package struct SourcelessModel: Sendable {
  package var workflow: String
  /// The first reference of its entry.
  package var reference: ModelReference
  /// SHA-256 of the file.
  package var sha256: SHA256Hash
}

extension Project {
  /// The recorded models that are on this machine and have no source, each entry once. A file is
  /// read if the index lacks its SHA-256.
  ///
  /// - Throws: ``ManifestError``, ``IndexError``.
  package func sourcelessModels(
    cancellation: Cancellation = .never,
    hashing: @escaping (String, Int64, Int64) -> Void = { _, _, _ in }
  ) throws -> [SourcelessModel] {
    let manifest = try manifestStore().read()
    let rows = manifest.rowsByHash
    let index = try indexToDecideBy()
    let reader = ContentReader(index: index, cancellation: cancellation, progress: hashing)
    var models: [SourcelessModel] = []
    for workflow in manifest.workflows {
      for entry in workflow.models where entry.sources.isEmpty {
        guard let hash = entry.hash, rows[hash]?.sources.isEmpty ?? true,
          let key = entry.nodes.first,
          let sha256 = try sha256(of: hash, in: index, reader)
        else { continue }
        var reference = ModelReference(
          nodeID: key.nodeID, nodeType: key.nodeType, place: key.place,
          widgetValue: key.widgetValue, name: entry.filename, category: entry.category)
        reference.hash = sha256.hex
        reference.hashType = "SHA256"
        models.append(
          SourcelessModel(workflow: workflow.name, reference: reference, sha256: sha256))
      }
    }
    return models
  }

  /// - Returns: `nil` if no file of the model is here.
  private func sha256(
    of hash: ModelHash, in index: ModelIndex, _ reader: ContentReader
  ) throws -> SHA256Hash? {
    for model in try index.models(withHash: hash) {
      guard let location = model.locations.first(where: \.isPresent) else { continue }
      if let known = model.sha256 { return known }
      let candidate = ModelCandidate(model: model, location: location, matchType: .hash)
      if let sha256 = try reader.reading(candidate, .sha256)?.model.sha256 { return sha256 }
    }
    return nil
  }
}

extension SourceSearch {
  /// The sources that declare the content of a model, under any name.
  ///
  /// - Throws: ``IndexError``.
  package func places(of model: SourcelessModel) throws(IndexError) -> [SourceProposal] {
    try finder.places(of: model.sha256).map { entry in
      SourceProposal(
        entry: entry, confidence: 1,
        reason: .init(hashAgrees: true, folderAgrees: entry.category != nil, rivals: 0))
    }
  }

  /// Asks hubs about the contents of models: Civitai by hash, and Hugging Face in the repositories
  /// of related models.
  ///
  /// - Returns: Why hosts could not be asked, or not about everything.
  /// - Throws: The errors of ``askHubs(about:cancellation:)``.
  package func askHubs(
    about models: [SourcelessModel], cancellation: Cancellation = .never
  ) throws -> [HubFault] {
    let client = try HubClient(project, catalog: catalog, cancellation: cancellation)
    let hubs = HubSearch(client: client, catalog: catalog)
    for model in models where try places(of: model).isEmpty {
      let reference = model.reference
      try hubs.askCivitai(
        for: .sha256(model.sha256), named: reference.filename, in: reference.category)
    }
    if try models.contains(where: { try places(of: $0).isEmpty }) {
      try hubs.list(try knownRepositories())
    }
    return client.faults
  }

  /// The repositories of the project's other models, those of candidates with the same names, and
  /// those that the user names.
  private func knownRepositories() throws -> [String] {
    finder.known.values.joined().compactMap(\.url.repository).unique.sorted()
      + (try namedRepositories())
  }
}
