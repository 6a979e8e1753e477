internal import SystemPackage

/// URLs that a model of a workflow gets or loses. Its pin stays in every case.
package struct SourceChange: Sendable, Hashable {
  /// What is done with the URLs.
  package enum Kind: Sendable, Hashable {
    /// They are added behind those that are there.
    case add
    /// They are taken out.
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

/// Why a URL cannot be a source of a model, or cannot be taken from it.
package enum SourceChangeError: Error, Sendable, Hashable {
  /// The hub says that the file there has another hash than the recorded model; the algorithm, and
  /// both hashes.
  case contradictsPin(url: String, algorithm: String, declared: String, recorded: String)
}

extension Project {
  /// Changes the URLs that models can be had from, in the entries and in the global table, in one
  /// write and one commit. Nothing is written when one of the changes cannot be made.
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

  /// Compares what a hub says of the file at a URL with the pin of the model. Nothing is written,
  /// and nothing asked where the network is left alone.
  ///
  /// - Throws: ``SourceChangeError/contradictsPin(url:algorithm:declared:recorded:)``,
  ///   ``ManifestError``, ``IndexError``, ``SettingError``.
  /// - Returns: Why the file cannot be had from there as things are now; `nil` when nothing speaks
  ///   against it.
  package func compare(
    _ url: SourceURL, withPinOf reference: ModelReference, in workflow: String,
    cancellation: Cancellation = .never
  ) throws -> FetchError? {
    guard try !settings.flag(.offline),
      let entry = try manifestStore().read().model(for: reference.key, in: workflow)
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
  /// - Returns: Whether it is known to be the recorded file; `false` where the pin's SHA-256 is not
  ///   known, or there is no pin.
  /// - Throws: As ``compare(_:withPinOf:in:cancellation:)``.
  package func agrees(
    _ declared: SHA256Hash, at url: SourceURL, withPinOf reference: ModelReference,
    in workflow: String
  ) throws -> Bool {
    guard let entry = try manifestStore().read().model(for: reference.key, in: workflow),
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

  /// The SHA-256 of the model with this hash: as the index knows it, else the file is read; `nil`
  /// when the model is not here.
  func sha256(ofPin pin: ModelHash) throws -> SHA256Hash? {
    let models = try openIndex(for: .read).models(withHash: pin)
    if let known = models.compactMap(\.sha256).first { return known }
    guard let location = models.flatMap(\.locations).first(where: \.isPresent) else { return nil }
    return try FileHasher.hash(location.path, .sha256).sha256
  }
}

extension SourceInspection {
  /// The full hash that the hub tells.
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
    try expected.check(against: entry.hash, of: change.selection, in: change.workflow)
    let urls = change.urls.map(\.cleaned)
    switch change.kind {
    case .add:
      try setSources(entry.sources + urls, for: change.selection, in: change.workflow)
      if let hash = entry.hash { setSources(ofRow: hash) { $0.union(urls) } }
    case .drop:
      let row = entry.hash.flatMap { model(withHash: $0)?.sources } ?? []
      if let unknown = urls.first(where: { !entry.sources.contains($0) && !row.contains($0) }) {
        throw .unknownSource(
          workflow: change.workflow, filename: entry.filename, url: unknown,
          known: entry.sources.union(row))
      }
      try setSources(
        entry.sources.filter { !urls.contains($0) }, for: change.selection, in: change.workflow)
      guard let hash = entry.hash else { break }
      let used = workflows.flatMap(\.models).filter { $0.hash == hash }.flatMap(\.sources)
      setSources(ofRow: hash) { $0.filter { used.contains($0) || !urls.contains($0) } }
    }
    return entry.filename
  }
}
