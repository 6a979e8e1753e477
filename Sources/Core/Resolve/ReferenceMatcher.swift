internal import SystemPackage

/// A reference and what is known of it.
public struct MatchedReference: Sendable {
  /// The place in the workflow.
  public var reference: ModelReference
  /// What is meant by it, and whether it is here.
  public var match: Match
  /// What the manifest says of it; `nil` when nothing was decided.
  public var entry: ManifestWorkflowModel?
  /// Whether the entry was written for another node, which was made again as this one.
  public var isAdopted = false
}

/// Matches references and makes sure of the full hash of what was found.
package struct ReferenceMatcher {
  private let manifest: Manifest?
  private let rows: [ModelHash: ManifestModel]
  private let rules: MatchRules
  private let reader: ContentReader

  /// - Parameters:
  ///   - manifest: What is decided already; `nil` for nothing.
  ///   - index: Opened for writing, full hashes that it lacks are entered.
  ///   - roots: The model folders of the project; `nil` when nothing tells.
  ///   - hashing: Told while a file is read whole: its name, bytes read so far and to read.
  package init(
    manifest: Manifest?, index: ModelIndex, roots: ModelRoots?,
    cancellation: Cancellation = .never,
    hashing: @escaping (String, Int64, Int64) -> Void = { _, _, _ in }
  ) {
    self.manifest = manifest
    rows = manifest?.rowsByHash ?? [:]
    rules = MatchRules(
      index: index, roots: roots, cancellation: cancellation, hashing: hashing)
    reader = ContentReader(index: index, cancellation: cancellation, progress: hashing)
  }

  /// Matches references of one workflow, in their order; those that ask the same are matched once.
  ///
  /// - Parameters:
  ///   - isWanted: Which of them are to be matched. The others tell which nodes there are.
  /// - Throws: ``IndexError``.
  package func match(
    _ references: [ModelReference], ofWorkflow workflow: String,
    where isWanted: (ModelReference) -> Bool = { _ in true }
  ) throws(IndexError) -> [MatchedReference] {
    let context = context(of: workflow, references)
    // The place of the first of those that ask the same, by the hash value of the question.
    var known: [Int: Int] = [:]
    var matched: [MatchedReference] = []
    var rest = references.filter(isWanted)[...]
    matched.reserveCapacity(rest.count)
    while !rest.isEmpty {
      let batch = rest.prefix(ModelLookup.batch)
      rest = rest[batch.endIndex...]
      rules.announce(batch, in: context)
      for reference in batch {
        let entry = context.entry(for: reference)
        let question = Question(reference, entry)
        let match: Match
        if let first = known[question.hashValue].map({ matched[$0] }),
          Question(first.reference, first.entry) == question
        {
          match = first.match
        } else {
          match = try completed(rules.match(reference, in: context))
          known[question.hashValue] = matched.count
        }
        matched.append(matchedReference(reference, match, entry, in: context))
      }
    }
    return matched
  }

  /// Matches one reference.
  ///
  /// - Throws: ``IndexError``.
  package func match(
    _ reference: ModelReference, in context: ModelResolutionContext
  ) throws(IndexError) -> MatchedReference {
    let match = try rules.match(reference, in: context)
    return matchedReference(
      reference, try completed(match), context.entry(for: reference), in: context)
  }

  private func matchedReference(
    _ reference: ModelReference, _ match: Match, _ entry: ManifestWorkflowModel?,
    in context: ModelResolutionContext
  ) -> MatchedReference {
    MatchedReference(
      reference: reference, match: match, entry: entry,
      isAdopted: context.previousResolutions[reference.key] == nil)
  }

  /// The match with the full hash of what it found.
  private func completed(_ match: Match) throws(IndexError) -> Match {
    switch match {
    case .resolved(let candidate):
      return try reader.reading(candidate).map { .resolved($0) } ?? .missing
    case .misplaced(let candidate):
      return try reader.reading(candidate).map { .misplaced($0) } ?? .missing
    case .ambiguous(let candidates):
      // A hash is what names one of them.
      var read: [ModelCandidate] = []
      for candidate in candidates {
        if let candidate = try reader.reading(candidate) { read.append(candidate) }
      }
      return read.isEmpty ? .missing : .ambiguous(read)
    case .changed, .blocked, .pending, .optional, .downloadable, .missing: return match
    }
  }

  /// What is decided in a workflow.
  ///
  /// - Parameter references: All of its file.
  func context(of workflow: String, _ references: [ModelReference]) -> ModelResolutionContext {
    manifest.map {
      ModelResolutionContext(
        workflowName: workflow, manifest: $0, rows: rows, references: references)
    } ?? ModelResolutionContext(workflowName: workflow)
  }

  /// The value under which the reference's loader lists a file; `nil` when there is none.
  func value(
    for candidate: ModelCandidate, of reference: ModelReference,
    in context: ModelResolutionContext
  ) throws(IndexError) -> String? {
    try rules.value(for: candidate, of: reference, in: context)
  }

  /// What two references have in common that have the same answer: all but their nodes.
  private struct Question: Hashable {
    let reference: ModelReference
    /// As texts, a composed and a decomposed value would be one.
    let value: [UInt8]
    /// Stands for the entry: no two entries have a reference in common.
    let entry: ReferenceKey?

    init(_ reference: ModelReference, _ entry: ManifestWorkflowModel?) {
      var reference = reference
      value = Array(reference.widgetValue.utf8)
      reference.nodeID = ""
      reference.title = nil
      reference.setBy = nil
      reference.place = .unknown
      self.reference = reference
      self.entry = entry?.nodes.first
    }
  }
}

extension ManifestModel {
  /// The global row of a model on this machine; `nil` while its full hash is not known.
  package init?(_ model: IndexedModel, at location: IndexedLocation) {
    guard let hash = model.hash else { return nil }
    self.init(
      hash: hash, filename: location.relativePath.filename, size: model.size,
      relativePath: location.relativePath, category: location.category,
      sources: model.sources.map(\.url))
  }
}

extension DownloadIntent {
  /// The intent that a URL makes for a reference, at the suggested path; `nil` when the URL names
  /// no file, or nothing tells which folder the reference's loader reads.
  public init?(url text: String, for reference: ModelReference) {
    guard PathSuggestion.folder(of: reference) != nil, let url = try? SourceURL(text),
      (try? url.request()) != nil,
      let suggestion = PathSuggestion.suggest(url: url, reference: reference)
    else { return nil }
    self.init(sources: [url.cleaned], relativePath: suggestion.path)
  }
}
