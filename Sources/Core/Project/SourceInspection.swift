/// What is known of an address that a user gives for a model, before it is decided for.
package struct SourceInspection: Sendable {
  /// The address.
  package var url: SourceURL
  /// What a download from it would do. Its place is the suggested one.
  package var line: FetchPlan.Line
  /// Where the file should go; `nil` when nothing names it.
  package var suggestion: RelativePath?
  /// Whether the content is the one that the workflow gives a hash of; `nil` where it gives none, or
  /// nobody tells.
  package var agreesWithWorkflow: Bool?

  /// Whether the content is known to be another than the workflow gives a hash of.
  package var contradictsWorkflow: Bool { agreesWithWorkflow == false }

  /// The name that the server, the hub or the address has for the file, as it is written there.
  package var filename: String? { line.offeredName ?? url.fileName }

  /// The SHA-256 that the hub tells.
  package var sha256: SHA256Hash? { line.item.expectation.sha256 ?? line.declared?.sha256 }

  /// Whether the server would send a web page instead of a file, as login pages are.
  package var isPage: Bool { line.declared?.isPage ?? false }

  /// Why the file cannot be had from there as things are now; `nil` when nothing speaks against it.
  package var refusal: FetchError? {
    switch line.step {
    // That nothing names the file says nothing against the address.
    case .blocked(.noTarget), .present, .reuse, .download: line.refusal
    case .blocked(let error): error
    }
  }
}

extension Project {
  /// Asks hub and server about an address, unless the network is to be left alone. Writes nothing
  /// but hashes that the index lacked.
  ///
  /// - Parameters:
  ///   - reference: What the file is for: it gives the path its folder and its name.
  ///   - cancellation: Ends the questions; what is known by then is returned.
  /// - Throws: ``ProjectError``, ``SettingError``, ``MirrorError``, ``GitError``,
  ///   ``IndexError``.
  package func inspect(
    _ url: SourceURL, for reference: ModelReference, cancellation: Cancellation = .never
  ) throws -> SourceInspection {
    if let inspected = try inspect([url], for: reference, cancellation: cancellation).first {
      return inspected
    }
    let line = FetchPlan.Line(item: try item(url, for: reference), step: .download)
    return inspection(of: url, line, for: reference)
  }

  /// As ``inspect(_:for:cancellation:)``, of several addresses at once.
  ///
  /// - Returns: In the order of the addresses.
  package func inspect(
    _ urls: [SourceURL], for reference: ModelReference, cancellation: Cancellation = .never
  ) throws -> [SourceInspection] {
    let items = try urls.map { try item($0, for: reference) }
    let lines = try planFetch(items, cancellation: cancellation).lines
    return zip(urls, lines).map { inspection(of: $0, $1, for: reference) }
  }

  private func item(_ url: SourceURL, for reference: ModelReference) throws -> FetchItem {
    FetchItem(
      intents: [], target: PathSuggestion.suggest(url: url, reference: reference)?.path,
      sources: [url], key: url.key(mirrors: try mirrors()), expectation: FetchExpectation())
  }

  private func inspection(
    of url: SourceURL, _ line: FetchPlan.Line, for reference: ModelReference
  ) -> SourceInspection {
    let suggestion = PathSuggestion.suggest(
      url: url, reference: reference, serverFilename: line.offeredName)
    return SourceInspection(
      url: url, line: line, suggestion: suggestion?.path,
      agreesWithWorkflow: GivenHash(reference)?.isContent(of: line))
  }
}

extension GivenHash {
  /// Whether this is the content that a hub tells of; `nil` where it does not tell.
  fileprivate func isContent(of line: FetchPlan.Line) -> Bool? {
    switch self {
    case .blake3(let hash):
      let told = line.item.expectation.blake3 ?? line.declared?.blake3
      return told.flatMap { $0.isFull ? $0 == hash : nil }
    case .sha256(let hash):
      return (line.item.expectation.sha256 ?? line.declared?.sha256).map { $0 == hash }
    }
  }
}
