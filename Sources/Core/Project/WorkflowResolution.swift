/// One run over one workflow: matches everything, records what needs no question, and asks the
/// rest.
struct WorkflowResolution {
  let project: Project
  let source: WorkflowSource
  let index: ModelIndex
  /// Whether decisions are made and not written.
  let isDryRun: Bool
  let cancellation: Cancellation
  let progress: (ResolutionEvent) -> Void
  private let workflowPath: String?
  /// The model folders of the project; `nil` if they are unknown.
  private let roots: ModelRoots?
  /// The global rows that answers of this run added, by the place of the question. Another answer
  /// removes them again.
  var addedRows: [Int: ModelHash] = [:]
  /// The questions, and the answers so far by the place of the question.
  var asked: [ModelGroup] = []
  var answers: [Int: ModelAnswer] = [:]
  /// Whether other questions of this run came before those about models.
  var followsOthers = false
  /// The last matches of the references, and what the run had done by then.
  private var last: (deeds: Deeds, matched: [MatchedReference])?
  /// Whether the user was asked. In the meantime, anything may have changed.
  private var asks = false
  var result: ResolutionResult

  init(
    project: Project, source: WorkflowSource, index: ModelIndex, isDryRun: Bool = false,
    cancellation: Cancellation, progress: @escaping (ResolutionEvent) -> Void
  ) throws {
    self.project = project
    self.source = source
    self.index = index
    self.isDryRun = isDryRun
    self.cancellation = cancellation
    self.progress = progress
    workflowPath = try source.file.map { file throws(ManifestError) in
      try project.manifestPath(of: file)
    }
    roots = try project.knownFolders()
    result = ResolutionResult(workflowName: source.name)
  }

  /// Matches and decides.
  ///
  /// - Parameters:
  ///   - references: All references of the workflow file.
  ///   - isWanted: Which of them to settle.
  ///   - strategy: `nil` asks nothing.
  mutating func run(
    over references: [ModelReference], where isWanted: (ModelReference) -> Bool,
    _ options: ResolutionOptions, asking strategy: (any ModelResolutionStrategy)?
  ) throws {
    let matched = try match(references, where: isWanted)
    let manifest = try project.manifestStore().read()
    let groups = ModelGroup.groups(of: matched).filter { group in
      group.references.allSatisfy {
        manifest.unreadablePart(
          ofEntryWith: $0.recordedKeys, named: $0.filename, in: source.name) == nil
      }
    }
    progress(.ready)
    try adopt(matched)
    try recordFound(groups, repinning: options.repins)
    try recordDownloadable(groups)
    let proposed = try recordProposed(groups, by: project.sourcePolicy())
    let placed = try place(
      groups.map { $0.isDecidedDownload ? nil : $0 }, by: isDryRun ? nil : options.placement)
    guard let strategy else { return }
    asks = true
    asked = groups.enumerated().filter { number, group in
      (group.isOpen || isUnusable(group)) && !placed.contains(number) && !proposed.contains(number)
        && !isCopied(group) && !isRepinned(group, options) && !group.isDecidedDownload
    }.map(\.element)
    try strategy.begin(overview(of: groups, open: asked.count, proposed: proposed.count))
    try ask(from: 0, options, strategy)
  }

  /// Asks the last question again. Without any question, the user goes back to what came before.
  mutating func askAgain(
    _ options: ResolutionOptions, _ strategy: (any ModelResolutionStrategy)?
  ) throws {
    guard !asked.isEmpty else {
      result.wentBack = true
      return
    }
    try ask(from: asked.count - 1, options, strategy)
  }

  /// The references whose files in place are to be replaced by the recorded ones.
  var restored: Set<ReferenceKey> {
    Set(
      asked.enumerated().filter { answers[$0.offset] == .restore }
        .flatMap { $0.element.references.map(\.key) })
  }

  private func isRepinned(_ group: ModelGroup, _ options: ResolutionOptions) -> Bool {
    if case .changed = group.match { options.repins } else { false }
  }

  /// Whether the file that is meant is outside the project's folders. It is then copied from there,
  /// as from a download source.
  func isCopied(_ group: ModelGroup) -> Bool {
    guard case .misplaced(let candidate) = group.match else { return false }
    return roots?.contains(candidate.location.path) != true
  }

  /// Whether the workflow's own URL leads to no file. Then the user is asked.
  func isUnusable(_ group: ModelGroup) -> Bool {
    guard case .downloadable(let url) = group.match else { return false }
    return DownloadIntent(url: url, for: group.first) == nil
  }

  private func overview(
    of groups: [ModelGroup], open: Int, proposed: Int
  ) -> ResolutionOverview {
    var overview = ResolutionOverview(workflowName: source.name)
    overview.verified = proposed
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

  /// The present matches of the references. They are matched again if something was written,
  /// placed, downloaded or asked since.
  mutating func match(
    _ references: [ModelReference], where isWanted: (ModelReference) -> Bool
  ) throws -> [MatchedReference] {
    let deeds = Deeds(self)
    if let last, !asks, last.deeds == deeds { return last.matched }
    let matched = try matcher().match(references, ofWorkflow: source.name, where: isWanted)
    // Hashes that matching itself stores in the index change no match.
    last = (Deeds(self), matched)
    return matched
  }

  /// What a run has done so far, in numbers that only grow.
  private struct Deeds: Equatable {
    let recorded: Int
    let placed: Int
    let changed: Int
    let fetched: Int
    let indexed: Int
    let failed: Int

    init(_ run: WorkflowResolution) {
      recorded = run.result.recordings.count
      placed = run.result.placed.count
      changed = run.result.widgetChanges.count
      fetched = run.result.fetch?.arrived ?? 0
      indexed = run.index.version
      failed = run.result.placementFailures.count
    }
  }

  func matcher() throws -> ReferenceMatcher {
    ReferenceMatcher(
      manifest: try project.manifestStore().read(), index: index, roots: roots,
      cancellation: cancellation
    ) { [progress] in progress(.hashing(filename: $0, bytes: $1, of: $2)) }
  }

  /// Sorts the references whose files the manifest records by what has to be done about them.
  mutating func sort(
    _ references: [ModelReference], where isWanted: (ModelReference) -> Bool,
    into sorting: inout SyncSorting
  ) throws {
    let restored = restored
    for matched in try match(references, where: isWanted) where matched.entry?.hash != nil {
      sorting.take(
        matched, of: source.name, replacing: restored.contains(matched.reference.key))
    }
  }

  /// Takes over the matches of the references at the end of the run.
  mutating func close(
    over references: [ModelReference], where isWanted: (ModelReference) -> Bool
  ) throws {
    let matched = try match(references, where: isWanted)
    let misplaced = matched.filter { if case .misplaced = $0.match { true } else { false } }
    guard !misplaced.isEmpty else {
      return result.close(with: matched, values: [:], isDryRun: isDryRun)
    }
    let matcher = try matcher()
    let context = matcher.context(of: source.name, references)
    var values: [ReferenceKey: String] = [:]
    for one in misplaced {
      guard case .misplaced(let candidate) = one.match else { continue }
      values[one.reference.key] = try matcher.value(
        for: candidate, of: one.reference, in: context)
    }
    result.close(with: matched, values: values, isDryRun: isDryRun)
  }

  /// Records the references that are still open as undecided. Nobody can read a workflow from standard
  /// input again, so that only its entries tell what it lacks.
  mutating func recordOpen(
    over references: [ModelReference], where isWanted: (ModelReference) -> Bool
  ) throws {
    guard !isDryRun else { return }
    let open = try match(references, where: isWanted).filter {
      $0.entry == nil && !$0.match.isComplete
    }
    let decisions = ModelGroup.groups(of: open).flatMap { group in
      decision(
        about: group.references,
        .setCriticality(group.first.category?.startingCriticality ?? .required))
    }
    guard !decisions.isEmpty else { return }
    let message = CommitMessage(
      action: "resolve", workflows: [source.name], models: decisions.map(\.filename).unique)
    result.recordings.append(try project.recordSoon(decisions, message: message))
  }

  // MARK: Without a question

  /// Assigns the entries of recreated nodes to the new nodes.
  private mutating func adopt(_ matched: [MatchedReference]) throws {
    // Several references may take over the same former ones.
    let adopted = Dictionary(grouping: matched.filter(\.isAdopted), by: \.former)
    let decisions = matched.map(\.former).unique.flatMap { former in
      decision(about: adopted[former]?.map(\.reference) ?? [], .adopt(from: former))
    }
    try write(decisions)
  }

  /// Settles what the manifest knows, and records what was found on this machine.
  ///
  /// - Parameter repinning: Whether to record the hashes of files in place that differ from the
  ///   recorded ones.
  private mutating func recordFound(_ groups: [ModelGroup], repinning: Bool) throws {
    var decisions: [ModelDecision] = []
    for group in groups {
      switch group.match {
      case .resolved(let candidate):
        settle(group, by: candidate.matchType, model: candidate.model)
        guard candidate.matchType != .workflowContext else {
          result.decidedEarlier += 1
          continue
        }
        decisions += decision(group, isModel: candidate)
      case .misplaced(let candidate):
        if group.isDecidedDownload { result.decidedEarlier += 1 }
        guard candidate.matchType != .workflowContext else { continue }
        decisions += decision(group, isModel: candidate)
      case .ambiguous: if group.isDecidedDownload { result.decidedEarlier += 1 }
      case .changed(let changed) where repinning:
        settle(group, by: .userSelected, model: changed.found.model)
        decisions += decision(group, isModel: changed.found)
      case .changed(let changed):
        // The bytes that the workflow means are on this machine, in another place.
        guard changed.pin.origin == .workflow, let known = changed.known else { continue }
        decisions += decision(group, isModel: known)
      case .pending(let intent):
        settle(group, by: .downloadIntent, intent: intent)
        result.decidedEarlier += 1
      case .optional:
        settle(group, by: .workflowContext, isOptional: true)
        result.decidedEarlier += 1
      case .blocked, .downloadable, .missing: break
      }
    }
    try write(decisions)
  }

  /// The decision that references mean a model on this machine. A file that was found by name and
  /// is not in place does not replace a decided download.
  private func decision(_ group: ModelGroup, isModel candidate: ModelCandidate) -> [ModelDecision] {
    guard
      var row = ManifestModel(candidate.model, at: candidate.location)?.withoutPrivateSources()
    else { return [] }
    // The workflow gives the hash together with the URL.
    let urls = group.references.compactMap(\.url).compactMap { try? SourceURL($0) }
    if candidate.matchType == .hash { row.sources = row.sources.union(urls.map(\.cleaned)) }
    var references = group.references
    if case .misplaced = group.match, candidate.matchType != .hash {
      references = group.matched.filter { one in
        if case .intended? = one.entry?.state { false } else { true }
      }.map(\.reference)
    }
    return decision(about: references, .resolve(row))
  }

  /// Records download intents from the workflow's own URLs.
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

  // MARK: Writing

  func decision(
    about references: [ModelReference], _ answer: ModelDecision.Answer
  ) -> [ModelDecision] {
    [ModelDecision(about: references, in: source.name, path: workflowPath, answer: answer)]
      .compactMap { $0 }
  }

  mutating func write(_ decisions: [ModelDecision]) throws {
    guard !decisions.isEmpty, !isDryRun else { return }
    result.recordings.append(try project.recordSoon(decisions))
  }

  mutating func settle(
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
