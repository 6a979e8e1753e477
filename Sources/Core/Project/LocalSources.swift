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
          try index.models(withHash: hash).flatMap(\.locations).contains(where: \.isPresent),
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

  /// The SHA-256 of the model with this hash. It is taken from the index, or a file is read that the
  /// index knows by this hash and that still has it.
  ///
  /// - Parameter keeping: Whether the index keeps what was read.
  /// - Returns: `nil` if the model is not here.
  /// - Throws: ``IndexError``, ``ProjectError``.
  func sha256(
    ofPin pin: ModelHash, keeping: Bool = false, cancellation: Cancellation = .never
  ) throws -> SHA256Hash? {
    let models = try openIndex(for: .read).models(withHash: pin)
    if let known = models.lazy.compactMap(\.sha256).first { return known }
    guard !models.isEmpty else { return nil }
    let index = try keeping ? indexToDecideBy() : openIndex(for: .read)
    let reader = ContentReader(index: index, cancellation: cancellation) { _, _, _ in }
    return try sha256(of: pin, in: index, reader)
  }

  private func sha256(
    of hash: ModelHash, in index: ModelIndex, _ reader: ContentReader
  ) throws -> SHA256Hash? {
    let models = try index.models(withHash: hash)
    if let known = models.lazy.compactMap(\.sha256).first { return known }
    for model in models {
      // Other bytes may have taken the place of a file since the index saw it.
      for location in model.locations where location.isUnchanged {
        let candidate = ModelCandidate(model: model, location: location, matchType: .hash)
        guard let read = try reader.reading(candidate, [.blake3, .sha256])?.model,
          model.hash == nil || read.hash == model.hash
        else { continue }
        return read.sha256
      }
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
