internal import SystemPackage

/// A reference and what is known about it.
public struct MatchedReference: Sendable {
  /// The place in the workflow.
  public var reference: ModelReference
  /// What the reference means, and whether that is here.
  public var match: Match
  /// What the manifest says about it; `nil` if nothing was decided.
  public var entry: ManifestWorkflowModel?
  /// If the entry was written for nodes that were recreated: its references to those that are gone.
  package var former: [ReferenceKey] = []

  /// Whether the entry was written for another node, which was recreated as this one.
  public var isAdopted: Bool { !former.isEmpty }
  /// Whether the workflow has another model of that name, so that a command needs the node too.
  package var isNameShared = false
  /// Whether the workflow is inside of an image or a video, where no command changes a value.
  package var isInMedia = false
  /// For a changed file: another workflow that records the file in place, under the same name. Only
  /// one of the two recorded files can be there.
  package var rival: Rival?
}

/// The entry of another workflow that means the file in place.
package struct Rival: Sendable, Hashable {
  /// The workflow's name in the manifest.
  package let workflow: String
  /// What the workflow calls the model.
  package let name: String
}

/// Matches references, and makes sure that the full hashes of the found files are known.
package struct ReferenceMatcher {
  private let manifest: Manifest?
  private let rows: [ModelHash: ManifestModel]
  private let rules: MatchRules
  private let reader: ContentReader

  /// - Parameters:
  ///   - manifest: The earlier decisions; `nil` for none.
  ///   - index: If it is open for writing, full hashes that it lacks are stored.
  ///   - roots: The model folders of the project; `nil` if they are unknown.
  ///   - hashing: Called while a file is read, with its name, the bytes read so far and the bytes
  ///     to read.
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

  /// Matches references of one workflow, in order. References that ask the same question are
  /// matched once.
  ///
  /// - Parameters:
  ///   - isWanted: Which of them to match. The others only show which nodes the workflow has.
  /// - Throws: ``IndexError``.
  package func match(
    _ references: [ModelReference], ofWorkflow workflow: String,
    where isWanted: (ModelReference) -> Bool = { _ in true }
  ) throws(IndexError) -> [MatchedReference] {
    let context = context(of: workflow, references)
    // The place of the first reference that asks the same question, by the hash value of the
    // question.
    var known: [Int: Int] = [:]
    var matched: [MatchedReference] = []
    // Their places, because a copy of all references would take much memory.
    var rest = references.indices.filter { isWanted(references[$0]) }[...]
    matched.reserveCapacity(rest.count)
    while !rest.isEmpty {
      let batch = rest.prefix(ModelLookup.batch).map { references[$0] }
      rest = rest.dropFirst(batch.count)
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
    noteCircumstances(of: &matched, among: references, in: context)
    return matched
  }

  /// Notes what commands about open models depend on.
  private func noteCircumstances(
    of matched: inout [MatchedReference], among references: [ModelReference],
    in context: ModelResolutionContext
  ) {
    guard !matched.allSatisfy(\.match.isComplete) else { return }
    let workflow = manifest?.workflow(named: context.workflowName)
    let isInMedia = workflow?.path.map { WorkflowFiles.isMedia(FilePath($0)) } ?? false
    let meanings = NameMeanings(references, recorded: workflow?.models ?? [], in: context)
    for place in matched.indices {
      matched[place].isInMedia = isInMedia
      matched[place].isNameShared = meanings.areSeveral(for: matched[place].reference.name)
    }
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
      former: context.isRecorded(reference)
        ? [] : context.adoptions[reference.key]?.former ?? [],
      rival: rival(of: reference, match, in: context))
  }

  private func rival(
    of reference: ModelReference, _ match: Match, in context: ModelResolutionContext
  ) -> Rival? {
    guard case .changed(let changed) = match, changed.pin.origin == .manifest,
      let hash = changed.found.model.hash
    else { return nil }
    for workflow in manifest?.workflows ?? [] where workflow.name != context.workflowName {
      for entry in workflow.models
      where entry.hash == hash && entry.category == reference.category {
        let names = entry.nodes.map { ModelReference.name(of: $0.widgetValue) }
        if let name = names.first(where: { $0 == reference.name }) {
          return Rival(workflow: workflow.name, name: name)
        }
      }
    }
    return nil
  }

  /// The match with the full hashes of the files that it found.
  private func completed(_ match: Match) throws(IndexError) -> Match {
    switch match {
    case .resolved(let candidate):
      return try reader.reading(candidate).map { .resolved($0) } ?? .missing
    case .misplaced(let candidate):
      return try reader.reading(candidate).map { .misplaced($0) } ?? .missing
    case .ambiguous(let candidates):
      // Only a hash can name one of the candidates.
      var read: [ModelCandidate] = []
      for candidate in candidates {
        if let candidate = try reader.reading(candidate) { read.append(candidate) }
      }
      return read.isEmpty ? .missing : .ambiguous(read)
    case .changed, .blocked, .pending, .optional, .downloadable, .missing: return match
    }
  }

  /// The decisions that a workflow has.
  ///
  /// - Parameter references: All references of its file.
  func context(of workflow: String, _ references: [ModelReference]) -> ModelResolutionContext {
    manifest.map {
      ModelResolutionContext(
        workflowName: workflow, manifest: $0, rows: rows, references: references)
    } ?? ModelResolutionContext(workflowName: workflow)
  }

  /// The value under which the reference's loader lists a file; `nil` if there is none.
  func value(
    for candidate: ModelCandidate, of reference: ModelReference,
    in context: ModelResolutionContext
  ) throws(IndexError) -> String? {
    try rules.value(for: candidate, of: reference, in: context)
  }

  /// Everything about a reference that decides its match: all but its node.
  private struct Question: Hashable {
    let reference: ModelReference
    /// As bytes: as text, composed and decomposed characters would be equal.
    let value: [UInt8]
    /// Identifies the entry, because no two entries share a reference.
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
  /// The global row for a model on this machine; `nil` if its full hash is not known yet.
  package init?(_ model: IndexedModel, at location: IndexedLocation) {
    guard let hash = model.hash else { return nil }
    self.init(
      hash: hash, filename: location.relativePath.filename, size: model.size,
      relativePath: location.relativePath, category: location.category,
      sources: model.sources.map(\.url))
  }
}

extension DownloadIntent {
  /// The intent to download a URL for a reference, to the suggested path. `nil` if the URL names no
  /// file, or the folder that the reference's loader reads is unknown, or nothing is put there.
  public init?(url text: String, for reference: ModelReference) {
    guard PathSuggestion.folder(of: reference) != nil,
      Self.fault(ofURL: text, for: reference) == nil, let url = try? SourceURL(text),
      let suggestion = PathSuggestion.suggest(url: url, reference: reference)
    else { return nil }
    self.init(sources: [url.cleaned], relativePath: suggestion.path)
  }

  /// Why the URL that a workflow gives for a reference cannot be used: a ``SourceURLError``, or the
  /// ``RelativePathError`` of the place that the value names; `nil` if neither is wrong.
  package static func fault(ofURL text: String, for reference: ModelReference) -> (any Error)? {
    do {
      let url = try SourceURL(text)
      _ = try url.request()
      try PathSuggestion.suggest(url: url, reference: reference)?.path.checkFolders()
      return nil
    } catch {
      return error
    }
  }
}
