internal import SystemPackage

/// URLs that are added to or removed from a model of a workflow. Its pin stays in any case.
package struct SourceChange: Sendable, Hashable {
  /// What to do with the URLs.
  package enum Kind: Sendable, Hashable {
    /// Add them after the present ones.
    case add
    /// Remove them.
    case drop
  }

  package var kind: Kind
  package var workflow: String
  package var selection: ModelSelection
  /// At least one.
  package var urls: [SourceURL]

  package init(_ kind: Kind, workflow: String, selection: ModelSelection, urls: [SourceURL]) {
    self.kind = kind
    self.workflow = workflow
    self.selection = selection
    self.urls = urls
  }
}

/// Why a URL cannot become a source of a model.
package enum SourceChangeError: Error, Sendable, Hashable {
  /// The hub says that the file there has another hash than the recorded model. Has the algorithm
  /// and both hashes.
  case contradictsPin(url: String, algorithm: String, declared: String, recorded: String)
}

extension Project {
  /// Changes the download URLs of models, in the entries and in the global table, in one write and
  /// one commit. If one of the changes cannot be made, nothing is written.
  ///
  /// - Throws: ``ManifestError``.
  package func change(
    _ changes: [SourceChange], expecting expected: ExpectedHash = .any
  ) throws -> Recording {
    var names: [String] = []
    let message = {
      CommitMessage(
        action: changes.first?.kind == .drop ? "drop-source" : "add-source",
        workflows: changes.map(\.workflow).unique, models: names.unique)
    }
    return try record(message: message) { manifest throws(ManifestError) in
      names = []
      for change in changes { names.append(try manifest.apply(change, expecting: expected)) }
    }
  }

  /// Compares what a hub says about the file at a URL with the pin of the model. Writes nothing,
  /// and asks nothing in offline mode.
  ///
  /// - Throws: ``SourceChangeError/contradictsPin(url:algorithm:declared:recorded:)``,
  ///   ``ManifestError``, ``IndexError``, ``SettingError``.
  /// - Returns: Why the file cannot be downloaded from there at the moment; `nil` if no reason is
  ///   known.
  package func compare(
    _ url: SourceURL, withPinOf reference: ModelReference, in workflow: String,
    cancellation: Cancellation = .never
  ) throws -> FetchError? {
    guard try !settings.flag(.offline),
      let entry = try manifestStore().read().model(for: reference, in: workflow)
    else { return nil }
    let inspection = try inspect(url, for: reference, cancellation: cancellation)
    if let pin = entry.hash { try check(inspection, against: pin) }
    switch inspection.refusal {
    case .access(let refusal)?: return .access(refusal)
    case .refused(let refusal)?: return .refused(refusal)
    default: return nil
    }
  }

  /// Compares the hash that is declared for the file at a URL with the pin of the model.
  ///
  /// - Returns: Whether it is known to be the recorded file. `false` if the pin's SHA-256 is not
  ///   known, or if there is no pin.
  /// - Throws: The errors of ``compare(_:withPinOf:in:cancellation:)``.
  package func agrees(
    _ declared: SHA256Hash, at url: SourceURL, withPinOf reference: ModelReference,
    in workflow: String
  ) throws -> Bool {
    guard let entry = try manifestStore().read().model(for: reference, in: workflow),
      let pin = entry.hash, let recorded = try sha256(ofPin: pin)
    else { return false }
    guard declared == recorded else {
      throw SourceChangeError.contradictsPin(
        url: url.cleaned, algorithm: "SHA-256", declared: declared.hex, recorded: recorded.hex)
    }
    return true
  }

  private func check(_ inspection: SourceInspection, against pin: ModelHash) throws {
    let url = inspection.url.cleaned
    if pin.isFull, let declared = inspection.blake3, declared != pin {
      throw SourceChangeError.contradictsPin(
        url: url, algorithm: "BLAKE3", declared: declared.hex, recorded: pin.hex)
    }
    guard let declared = inspection.sha256, let recorded = try sha256(ofPin: pin),
      declared != recorded
    else { return }
    throw SourceChangeError.contradictsPin(
      url: url, algorithm: "SHA-256", declared: declared.hex, recorded: recorded.hex)
  }
}

extension SourceInspection {
  /// The full hash that the hub declares.
  fileprivate var blake3: ModelHash? {
    (line.item.expectation.blake3 ?? line.declared?.blake3).flatMap { $0.isFull ? $0 : nil }
  }
}

extension Manifest {
  /// - Returns: The file name of the entry.
  fileprivate mutating func apply(
    _ change: SourceChange, expecting expected: ExpectedHash
  ) throws(ManifestError) -> String {
    let entry = try entry(change.selection, in: change.workflow)
    if let issue = unreadablePart(
      ofEntryWith: entry.nodes, named: entry.filename, in: change.workflow)
    {
      throw .unreadable(issue)
    }
    try expected.check(against: entry.hash, of: change.selection, in: change.workflow)
    let urls = change.urls.map(\.cleaned)
    switch change.kind {
    case .add:
      try setSources(entry.sources + urls, for: change.selection, in: change.workflow)
      if let hash = entry.hash { setSources(ofRow: hash) { $0.union(urls) } }
    case .drop:
      let row = entry.hash.flatMap { model(withHash: $0)?.sources } ?? []
      // Somebody may have written a source by hand, with a secret.
      let known = Set((entry.sources + row).map { (try? SourceURL($0))?.cleaned ?? $0 })
      func isDropped(_ source: String) -> Bool {
        urls.contains((try? SourceURL(source))?.cleaned ?? source)
      }
      if let unknown = urls.first(where: { !known.contains($0) }) {
        throw .unknownSource(
          workflow: change.workflow, filename: entry.filename, url: unknown,
          known: entry.sources.union(row))
      }
      try setSources(
        entry.sources.filter { !isDropped($0) }, for: change.selection, in: change.workflow)
      guard let hash = entry.hash else { break }
      let used = workflows.flatMap(\.models).filter { $0.hash == hash }.flatMap(\.sources)
      setSources(ofRow: hash) { $0.filter { used.contains($0) || !isDropped($0) } }
    }
    return entry.filename
  }
}
