/// What is known about a URL that a user gives for a model, before the user decides to use it.
package struct SourceInspection: Sendable {
  /// The URL.
  package var url: SourceURL
  /// What a download from it would do, to the suggested path.
  package var line: FetchPlan.Line
  /// Where the file should go; `nil` if no name for it is known.
  package var suggestion: RelativePath?
  /// Whether the content has the hash that the workflow gives; `nil` if it gives none, or if that
  /// is not known.
  package var agreesWithWorkflow: Bool?

  /// Whether the content is known to have another hash than the workflow gives.
  package var contradictsWorkflow: Bool { agreesWithWorkflow == false }

  /// The file's name as the server, the hub or the URL gives it.
  package var filename: String? { line.offeredName ?? url.fileName }

  /// The SHA-256 that the hub declares.
  package var sha256: SHA256Hash? { line.item.expectation.sha256 ?? line.declared?.sha256 }

  /// Whether the server would send a web page, such as a login page, instead of a file.
  package var isPage: Bool { line.declared?.isPage ?? false }

  /// Why the file cannot be downloaded from there at the moment; `nil` if no reason is known.
  package var refusal: FetchError? {
    switch line.step {
    // A missing file name is no reason against the URL.
    case .blocked(.noTarget), .present, .reuse, .download: line.refusal
    case .blocked(let error): error
    }
  }
}

extension Project {
  /// Asks hub and server about a URL, unless offline mode is on. Writes nothing except hashes that
  /// the index lacked.
  ///
  /// - Parameters:
  ///   - reference: The reference that the file is for. It gives the path its folder and its name.
  ///   - cancellation: Ends the questions; what is known by then is returned.
  /// - Throws: ``ProjectError``, ``SettingError``, ``MirrorError``, ``GitError``, ``IndexError``.
  package func inspect(
    _ url: SourceURL, for reference: ModelReference, cancellation: Cancellation = .never
  ) throws -> SourceInspection {
    if let inspected = try inspect([url], for: reference, cancellation: cancellation).first {
      return inspected
    }
    let line = FetchPlan.Line(item: try item(url, for: reference), step: .download)
    return inspection(of: url, line, for: reference)
  }

  /// The same as ``inspect(_:for:cancellation:)``, for several URLs at once.
  ///
  /// - Returns: In the order of the URLs.
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
  /// Whether this is the content that a hub declares; `nil` if it declares none.
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
