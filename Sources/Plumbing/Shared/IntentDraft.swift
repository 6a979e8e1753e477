internal import ComfyCore
internal import SystemPackage

/// A download intent as it was asked for, before its target path is known.
struct IntentDraft {
  var references: [ModelReference]
  let workflow: String
  let workflowPath: String?
  var urls: [SourceURL]
  let relativePath: RelativePath?
  var category: Category?
  var criticality: Criticality?
  /// Line of the input that asked for it.
  var line: Int?
  /// What a `source` record proposes; `nil` for a draft of another kind.
  var proposal: Proposal?

  /// A proposal of `find-sources`.
  struct Proposal: Hashable {
    /// The hash that the source declares.
    let hash: String?
  }

  /// The decision; the target path is suggested where none was given.
  ///
  /// - Throws: `SourceURLError` for an address that names no file; `RelativePathError` for a place
  ///   where no model is put; ``IntentError``, ``RecordError``.
  func decision() throws -> ModelDecision {
    for url in urls { _ = try url.request() }
    var named = references
    for index in named.indices where category != nil { named[index].category = category }
    let suggested = PathSuggestion.suggest(url: urls.first, reference: named.first)?.path
    guard let target = relativePath ?? suggested else {
      throw IntentError.noTarget(line: line, url: urls.first?.cleaned ?? "")
    }
    try check(target)
    let intent = DownloadIntent(sources: urls.map(\.cleaned), relativePath: target)
    guard
      var decision = ModelDecision(
        about: named, in: workflow, path: workflowPath, answer: .intend(intent))
    else { throw RecordError(line ?? 1, .missing(field: "nodes")) }
    decision.criticality = criticality
    return decision
  }

  /// Refuses a path that a download would refuse too: the workflow may have given its folder.
  private func check(_ target: RelativePath) throws {
    do throws(RelativePathError) {
      _ = try RelativePath(ofNewModel: target.string)
    } catch {
      guard let line else { throw error }
      throw RecordError(line, .path(field: "relative_path", error))
    }
  }

  /// Drafts for the same file in the same workflow made one, at the place of the first.
  static func merged(_ drafts: [IntentDraft]) -> [IntentDraft] {
    joined(withBestProposals(drafts))
  }

  /// The best proposal for each reference, which comes first, with the URLs of those after it whose
  /// hash says that they are the same file; the other drafts as they are.
  private static func withBestProposals(_ drafts: [IntentDraft]) -> [IntentDraft] {
    struct Key: Hashable {
      let workflow: String
      let reference: ReferenceKey
    }
    var best: [IntentDraft] = []
    var places: [Key: Int] = [:]
    for draft in drafts {
      guard let proposal = draft.proposal, let reference = draft.references.first?.key else {
        best.append(draft)
        continue
      }
      let key = Key(workflow: draft.workflow, reference: reference)
      if let place = places[key] {
        guard proposal.hash != nil, best[place].proposal == proposal else { continue }
        best[place].urls += draft.urls.filter { !best[place].urls.contains($0) }
      } else {
        places[key] = best.count
        best.append(draft)
      }
    }
    return best
  }

  private static func joined(_ drafts: [IntentDraft]) -> [IntentDraft] {
    struct Key: Hashable {
      let workflow: String
      let urls: [String]
      let name: String?
      let category: Category?
      let path: RelativePath?
    }
    var merged: [IntentDraft] = []
    var places: [Key: Int] = [:]
    for draft in drafts {
      let key = Key(
        workflow: draft.workflow, urls: draft.urls.map(\.cleaned),
        name: draft.references.first?.name,
        category: draft.category ?? draft.references.first?.category, path: draft.relativePath)
      if let place = places[key] {
        merged[place].references += draft.references
      } else {
        places[key] = merged.count
        merged.append(draft)
      }
    }
    return merged
  }
}

extension IntentDraft {
  /// The draft that a `ref`, `match`, `source` or `intent` record describes.
  ///
  /// - Throws: ``RecordError``.
  init(_ record: InputRecord, in project: Project) throws {
    let isIntent = record.type == "intent"
    guard isIntent || ["ref", "match", "source", nil].contains(record.type) else {
      throw RecordError(
        record.line, .unwanted(type: record.type, expected: ["ref", "match", "source", "intent"]))
    }
    references = isIntent ? try record.nodes() : [try record.reference()]
    if record.type == "source" {
      proposal = Proposal(hash: references[0].hash)
      // They are the source's, not the workflow's.
      (references[0].hash, references[0].hashType) = (nil, nil)
    }
    workflow = try record.required("workflow")
    workflowPath = try record.workflowPath(in: project)
    try record.refuseLocalFile(for: references.first, in: project)
    urls = try isIntent ? record.sources() : [record.url()]
    relativePath = try record.newRelativePath("relative_path")
    category = try record.text("category").map { Category($0) }
    criticality = try record.criticality()
    line = record.line
  }
}

extension InputRecord {
  /// The references in `nodes`.
  func nodes() throws(RecordError) -> [ModelReference] {
    guard let list = value["nodes"], list.kind == .array, list.count > 0 else {
      throw RecordError(line, .missing(field: "nodes"))
    }
    var references: [ModelReference] = []
    for node in list.elements {
      references.append(try InputRecord(line: line, value: node).reference())
    }
    return references
  }

  /// The cleaned URLs in `sources`; at least one.
  func sources() throws(RecordError) -> [SourceURL] {
    let texts = try texts("sources")
    guard !texts.isEmpty else { throw RecordError(line, .missing(field: "sources")) }
    var urls: [SourceURL] = []
    for text in texts { urls.append(try sourceURL(text, field: "sources")) }
    return urls
  }

  /// Refuses a path of this machine in `url` or `sources`.
  func refuseLocalFile(for reference: ModelReference?, in project: Project) throws {
    let texts =
      try (text("url").map { [$0] } ?? []) + (value["sources"] == nil ? [] : texts("sources"))
    do throws(LocalFileError) {
      for text in texts { try project.refuseLocalFile(text, for: reference) }
    } catch {
      throw error.failure.inInput(line: line)
    }
  }

  /// The cleaned URL in `url`.
  func url() throws(RecordError) -> SourceURL {
    try sourceURL(try required("url"), field: "url")
  }

  /// The criticality; `nil` when absent.
  func criticality() throws(RecordError) -> Criticality? {
    guard try text("criticality") != nil else { return nil }
    return try word("criticality", default: .required)
  }

  /// The workflow file as the manifest writes it; `nil` when the record does not tell.
  func workflowPath(in project: Project) throws -> String? {
    guard let text = try text("path") else { return nil }
    let file = project.environment.absolute(FilePath(text)).lexicallyNormalized()
    return try project.manifestPath(of: file)
  }

  private func sourceURL(_ text: String, field: String) throws(RecordError) -> SourceURL {
    do {
      let url = try SourceURL(text)
      _ = try url.request()
      return url
    } catch {
      throw RecordError(line, .url(field: field, error))
    }
  }
}

/// Why an intent cannot be written down.
enum IntentError: Error, Hashable {
  /// Nothing names the file: the target path has to be given.
  case noTarget(line: Int?, url: String)
  /// Nothing names the file that a path is to be suggested for.
  case noSuggestion(url: String)
}
