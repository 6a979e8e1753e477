/// One run over one workflow: match everything, write what needs no question, ask the rest.
struct WorkflowResolution {
  let project: Project
  let source: WorkflowSource
  let index: ModelIndex
  let cancellation: Cancellation
  private let progress: (ResolutionEvent) -> Void
  private let workflowPath: String?
  /// The global rows that answers of this run added, by the question's place: another answer to it
  /// takes them back.
  private var addedRows: [Int: ModelHash] = [:]
  private(set) var result: ResolutionResult

  init(
    project: Project, source: WorkflowSource, index: ModelIndex, cancellation: Cancellation,
    progress: @escaping (ResolutionEvent) -> Void
  ) throws {
    self.project = project
    self.source = source
    self.index = index
    self.cancellation = cancellation
    self.progress = progress
    workflowPath = try source.file.map { file throws(ManifestError) in
      try project.manifestPath(of: file)
    }
    result = ResolutionResult(workflowName: source.name)
  }

  /// Matches and decides.
  ///
  /// - Parameter strategy: `nil` asks nothing.
  mutating func run(
    over references: [ModelReference], asking strategy: (any ModelResolutionStrategy)?
  ) throws {
    let groups = ModelGroup.groups(of: try match(references))
    progress(.ready)
    try recordFound(groups)
    try recordDownloadable(groups)
    let open = groups.filter { $0.isOpen || isUnusable($0) }
    try strategy?.begin(overview(of: groups, open: open.count))
    try ask(open, strategy)
  }

  /// Whether the workflow's own URL leads to no file: then the user is asked.
  private func isUnusable(_ group: ModelGroup) -> Bool {
    guard case .downloadable(let url) = group.match else { return false }
    return DownloadIntent(url: url, for: group.first) == nil
  }

  private func overview(of groups: [ModelGroup], open: Int) -> ResolutionOverview {
    var overview = ResolutionOverview(workflowName: source.name)
    overview.decidedEarlier = result.decidedEarlier
    overview.questions = open
    for group in groups {
      switch group.match {
      case .resolved(let candidate) where candidate.matchType != .workflowContext:
        overview.found += 1
      case .downloadable where !isUnusable(group): overview.downloadable += 1
      default: break
      }
    }
    return overview
  }

  private func match(_ references: [ModelReference]) throws -> [MatchedReference] {
    let matcher = ReferenceMatcher(
      manifest: try project.manifestStore().read(), index: index, cancellation: cancellation
    ) { [progress] in progress(.hashing(filename: $0, bytes: $1, of: $2)) }
    return try matcher.match(references, ofWorkflow: source.name)
  }

  // MARK: Without a question

  /// Settles what the manifest knows, and writes what was found on this machine.
  private mutating func recordFound(_ groups: [ModelGroup]) throws {
    var decisions: [ModelDecision] = []
    for group in groups {
      switch group.match {
      case .resolved(let candidate):
        settle(group, by: candidate.matchType, model: candidate.model)
        guard candidate.matchType != .workflowContext else {
          result.decidedEarlier += 1
          continue
        }
        guard let row = ManifestModel(candidate.model, at: candidate.location) else { continue }
        decisions += decision(about: group.references, .resolve(row))
      case .pending(let intent):
        settle(group, by: .downloadIntent, intent: intent)
        result.decidedEarlier += 1
      case .optional:
        settle(group, by: .workflowContext, isOptional: true)
        result.decidedEarlier += 1
      case .downloadable, .ambiguous, .missing: break
      }
    }
    try write(decisions)
  }

  /// Takes download intents from the workflow's own URLs.
  private mutating func recordDownloadable(_ groups: [ModelGroup]) throws {
    var decisions: [ModelDecision] = []
    for group in groups {
      guard case .downloadable(let url) = group.match,
        let intent = DownloadIntent(url: url, for: group.first)
      else { continue }
      settle(group, by: .propertyDownloadIntent, intent: intent)
      decisions += decision(about: group.references, .intend(intent))
    }
    try write(decisions)
  }

  // MARK: Questions

  private mutating func ask(
    _ open: [ModelGroup], _ strategy: (any ModelResolutionStrategy)?
  ) throws {
    var answers: [Int: ModelAnswer] = [:]
    var position = 0
    var refusal: IndexError?
    while let strategy, position < open.count, !result.stoppedEarly {
      let question = ModelQuestion(
        references: open[position].references, match: open[position].match, number: position + 1,
        count: open.count, earlierAnswer: answers[position], refusal: refusal)
      refusal = nil
      let answer = try strategy.answer(question)
      switch answer {
      case .stop: result.stoppedEarly = true
      case .back: position = max(0, position - 1)
      case .keep: position += 1
      case .skip, .take, .download, .makeOptional:
        let model: IndexedModel?
        do throws(IndexError) {
          model = try taken(answer)
        } catch {
          if case .cancelled = error { throw error }
          // The file that was picked is gone or was changed: another answer is needed.
          refusal = error
          continue
        }
        try record(
          answer, model, about: open[position], at: position, after: answers[position])
        answers[position] = answer
        position += 1
      }
    }
    result.decidedNow = answers.values.count { $0.isWritten }
    for (position, group) in open.enumerated() { close(group, with: answers[position]) }
  }

  /// The model that an answer takes, its whole file read if the index lacks its hash.
  private func taken(_ answer: ModelAnswer) throws(IndexError) -> IndexedModel? {
    guard case .take(let candidate) = answer else { return nil }
    guard candidate.location.isPresent else { throw .changed(candidate.location.path) }
    defer { progress(.ready) }
    let filename = candidate.location.relativePath.filename
    return try index.fullHash(of: candidate.location, cancellation: cancellation) {
      progress(.hashing(filename: filename, bytes: $0, of: $1))
    }
  }

  /// Writes one answer at once, so that nothing that comes later can lose it.
  private mutating func record(
    _ answer: ModelAnswer, _ model: IndexedModel?, about group: ModelGroup, at position: Int,
    after earlier: ModelAnswer?
  ) throws {
    let replaces = earlier?.isWritten ?? false
    let decided: ModelDecision.Answer
    var added: ModelHash?
    switch answer {
    case .take(let candidate):
      guard let model, let row = ManifestModel(model, at: candidate.location) else { return }
      decided = .resolve(row)
      let rows = try project.manifestStore().read().models
      let isOurs = addedRows[position] == row.hash || !rows.contains { $0.hash == row.hash }
      added = isOurs ? row.hash : nil
    case .download(let intent): decided = .intend(intent)
    case .makeOptional: decided = .setCriticality(.optional)
    case .skip where replaces: decided = .forget
    case .skip, .keep, .back, .stop: return
    }
    var decisions = decision(about: group.references, decided)
    for place in decisions.indices {
      decisions[place].replaces = replaces
      decisions[place].retracts = addedRows[position]
    }
    try write(decisions)
    addedRows[position] = added
  }

  private mutating func close(_ group: ModelGroup, with answer: ModelAnswer?) {
    switch answer {
    case .take(let candidate): settle(group, by: candidate.matchType, model: candidate.model)
    case .download(let intent): settle(group, by: .downloadIntent, intent: intent)
    case .makeOptional: settle(group, by: .workflowContext, isOptional: true)
    case .skip, .keep, .back, .stop, nil: leaveOpen(group)
    }
  }

  private mutating func leaveOpen(_ group: ModelGroup) {
    if case .ambiguous = group.match {
      result.modelsAmbiguous += group.references
    } else {
      result.modelsUnresolved += group.references
    }
  }

  // MARK: Writing

  private func decision(
    about references: [ModelReference], _ answer: ModelDecision.Answer
  ) -> [ModelDecision] {
    [ModelDecision(about: references, in: source.name, path: workflowPath, answer: answer)]
      .compactMap { $0 }
  }

  private mutating func write(_ decisions: [ModelDecision]) throws {
    guard !decisions.isEmpty else { return }
    result.recordings.append(try project.record(decisions))
  }

  private mutating func settle(
    _ group: ModelGroup, by type: MatchType, model: IndexedModel? = nil,
    intent: DownloadIntent? = nil, isOptional: Bool = false
  ) {
    for reference in group.references {
      var resolved = ResolvedModel(workflow: source.name, reference: reference)
      resolved.resolvedModel = model
      resolved.modelSource = intent?.sources.first
      resolved.targetPath = intent?.relativePath
      resolved.isOptional = isOptional
      resolved.matchType = type
      result.modelsResolved.append(resolved)
    }
  }
}
