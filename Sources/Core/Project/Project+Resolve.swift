/// How a workflow is resolved.
public struct ResolutionOptions: Sendable {
  /// Whether references are included whose nodes are muted, bypassed or off.
  public var includesInactive = false
  /// How files elsewhere in the project's folders are put in place; `nil` leaves them where they
  /// are and asks about them.
  public var placement: PlacementMethod?
  /// Whether to record the hashes of files in place that differ from the recorded ones.
  public var repins = false
  /// Whether empty model folders may be filled although the index knows files in them.
  public var acceptsMissingRoot = false
  /// Whether the batch of downloads runs at the end.
  public var fetches = true
  /// Whether nothing is written, asked or downloaded. The result is then what a run would do.
  public var isDryRun = false
  /// The questions about the same workflow earlier in this run. The user comes back to the last of
  /// them, and no other questions are asked.
  package var returning: AskedQuestions?
  /// Whether questions about other workflows came before; the user can go back to them.
  package var followsOthers = false

  /// Writes, asks and downloads; leaves misplaced and changed files alone.
  public init() {}
}

extension Project {
  /// Resolves a workflow: scans the model folders, matches every reference, writes what needs no
  /// question, asks about the rest, then downloads everything that is pending for it as one batch.
  ///
  /// Every decision is in the manifest, and committed, before the next one is asked for; what was
  /// decided in an earlier run is not asked about again.
  ///
  /// - Parameters:
  ///   - nodeStrategy: Answers questions about node types, which come before those about models;
  ///     `nil` leaves them open.
  ///   - modelStrategy: Answers questions and confirms the batch; `nil` leaves the questions open
  ///     and downloads.
  ///   - progress: News of the work between questions.
  ///   - events: News of the batch.
  /// - Returns: Also when the downloads could not begin: ``ResolutionResult/obstacle`` tells why.
  /// - Throws: What reading, matching and writing throw, and what `modelStrategy` throws when it is
  ///   asked about a model; what was decided before is kept.
  public func resolveWorkflow(
    _ source: WorkflowSource, nodeStrategy: (any NodeResolutionStrategy)? = nil,
    modelStrategy: (any ModelResolutionStrategy)? = nil,
    options: ResolutionOptions = ResolutionOptions(), cancellation: Cancellation = .never,
    progress: @escaping (ResolutionEvent) -> Void = { _ in },
    events: @escaping (FetchEvent) -> Void = { _ in }
  ) throws -> ResolutionResult {
    // If the volume is not mounted, every model would seem missing and would be downloaded.
    if try settings.path(.modelsDir) != nil { _ = try presentModelFolders() }
    if options.fetches { _ = try FetchSettings(self) }
    let modelStrategy = options.isDryRun ? nil : modelStrategy
    let requiresNodes = try requiresNodes()
    let workflow = try readWorkflowForSearch(source)
    let issues = try scanModels(
      acceptsMissingRoot: options.acceptsMissingRoot, cancellation: cancellation
    ) { progress(.scanning($0)) }
    progress(.ready)
    let nodeStrategy = options.isDryRun ? nil : nodeStrategy
    let past = options.returning
    let askedNodes = past?.nodes.count ?? 0
    var nodes = try resolveNodes(
      of: workflow, in: source, asking: nodeStrategy, again: past?.nodes,
      from: past?.isAboutModels == false ? max(0, askedNodes - 1) : askedNodes,
      followsOthers: options.followsOthers)
    let found = workflow.references
    let renaming = options.isDryRun ? nil : try adoptRenamed(source, found)
    let isWanted: (ModelReference) -> Bool = {
      $0.isNeeded || options.includesInactive && !$0.isAutomatic
    }
    var resolution = try WorkflowResolution(
      project: self, source: source, index: indexToDecideBy(), isDryRun: options.isDryRun,
      cancellation: cancellation, progress: progress)
    resolution.result.scanIssues = issues
    resolution.result.modelsInactive = found.filter { !isWanted($0) }
    resolution.followsOthers = options.followsOthers || !nodes.asked.isEmpty
    if nodes.goesOn {
      try resolution.run(over: found, where: isWanted, options, asking: modelStrategy)
    }
    /// Asks about node types again if the user went back from the first question about a model.
    func askNodesAgain() throws {
      while resolution.result.wentBack, nodes.goesOn, !nodes.asked.isEmpty {
        let recordings = nodes.recordings
        nodes = try resolveNodes(
          of: workflow, in: source, asking: nodeStrategy, again: nodes.asked,
          from: nodes.asked.count - 1, followsOthers: options.followsOthers)
        nodes.recordings.insert(contentsOf: recordings, at: 0)
        resolution.result.wentBack = nodes.wentBack
        guard nodes.goesOn else { return }
        try resolution.ask(from: 0, options, modelStrategy)
      }
    }
    try askNodesAgain()
    if let renaming { resolution.result.recordings.insert(renaming, at: 0) }
    // A reference with another value is another reference.
    var references =
      resolution.result.widgetChanges.isEmpty ? found : try readWorkflow(source).references
    if options.isDryRun {
      resolution.result.pending = resolution.result.modelsToDownload.count
    } else {
      if let recording = try recordWorkflow(source) {
        resolution.result.recordings.append(recording)
      }
      while try !nodes.wentBack && !resolution.result.wentBack
        && manifestStore().read().hasWorkflow(named: source.name)
      {
        let mayFetch =
          options.fetches && nodes.goesOn && !resolution.result.stoppedEarly
          && !cancellation.isRequested()
          && !issues.contains(where: \.isMissingRoot)
        let files = RecordedFiles(
          items: try resolution.recordedFiles(over: references, where: isWanted),
          restored: resolution.restored)
        let hasPrevious = resolution.hasPrevious
        let wentBack = try finish(
          files, fetching: mayFetch, asking: modelStrategy, hasPrevious: hasPrevious,
          of: source.name, into: &resolution.result, cancellation: cancellation,
          progress: progress, events: events)
        guard wentBack else { break }
        try resolution.askAgain(options, modelStrategy)
        try askNodesAgain()
        if !resolution.result.widgetChanges.isEmpty {
          references = try readWorkflow(source).references
        }
      }
    }
    try resolution.close(over: references, where: isWanted)
    resolution.result.take(nodes, requiring: requiresNodes)
    resolution.result.questions = resolution.questions(after: nodes)
    return resolution.result
  }

  /// Downloads what is pending, if that is wanted. If it cannot start, the result has the reason.
  ///
  /// - Returns: Whether the user went back to the questions about models. Then nothing was
  ///   downloaded.
  private func finish(
    _ files: RecordedFiles, fetching mayFetch: Bool,
    asking strategy: (any ModelResolutionStrategy)?, hasPrevious: Bool, of workflow: String,
    into result: inout ResolutionResult, cancellation: Cancellation,
    progress: (ResolutionEvent) -> Void, events: @escaping (FetchEvent) -> Void
  ) throws -> Bool {
    if mayFetch {
      do {
        return try fetchPending(
          files, asking: strategy, hasPrevious: hasPrevious, of: workflow, into: &result,
          cancellation: cancellation, progress: progress, events: events)
      } catch {
        result.obstacle = error
      }
    }
    result.pending = try pendingIntents(of: [workflow]).count + files.items.count
    return false
  }

  /// Renames the entries of a workflow whose file was renamed: the manifest has no workflow of the
  /// new name, and exactly one of those whose files are gone is this one. That is so if git has the
  /// same content for it; if git does not track it, if its entries answer the same references.
  private func adoptRenamed(
    _ source: WorkflowSource, _ references: [ModelReference]
  ) throws -> Recording? {
    guard let file = source.file, !namesOfGoneWorkflows.isEmpty else { return nil }
    let path = try manifestPath(of: file)
    let manifest = try manifestStore().read()
    guard !manifest.hasWorkflow(named: source.name) else { return nil }
    let keys = Set(references.flatMap(\.recordedKeys))
    let twins = namesOfGoneWorkflows.filter { name in
      let workflow = manifest.workflow(named: name)
      let recorded = Set(workflow?.models.flatMap(\.nodes) ?? [])
      guard let old = workflow?.path, !recorded.isEmpty, recorded.isSubset(of: keys) else {
        return false
      }
      return isRenaming(of: old, to: file)
        ?? references.allSatisfy { !$0.isNeeded || !recorded.isDisjoint(with: $0.recordedKeys) }
    }
    guard let name = twins.first, twins.count == 1 else { return nil }
    let message = { CommitMessage(action: "rename-workflow", workflows: [name, source.name]) }
    return try record(message: message) { manifest throws(ManifestError) in
      manifest.renameWorkflow(name, to: source.name, path: path)
    }
  }

  /// Adds a workflow that was read to the manifest. It counts from then on, even if nothing was
  /// decided about its models.
  ///
  /// - Returns: `nil` if the manifest already has it, or if it has no file.
  private func recordWorkflow(_ source: WorkflowSource) throws -> Recording? {
    guard let file = source.file else { return nil }
    let path = try manifestPath(of: file)
    let manifest = try manifestStore().read()
    guard manifest.path(ofWorkflow: source.name) != path else { return nil }
    let message = { CommitMessage(action: "resolve", workflows: [source.name]) }
    return try record(message: message) { manifest throws(ManifestError) in
      try check([(source.name, path)], against: manifest)
      manifest.ensureWorkflow(source.name, path: path)
    }
  }

  /// Downloads what is pending for a workflow, and recorded files that are not here, after
  /// `strategy` has confirmed it.
  ///
  /// - Returns: The same as
  ///   ``finish(_:fetching:asking:hasPrevious:of:into:cancellation:progress:events:)``.
  private func fetchPending(
    _ files: RecordedFiles, asking strategy: (any ModelResolutionStrategy)?, hasPrevious: Bool,
    of workflow: String, into result: inout ResolutionResult, cancellation: Cancellation,
    progress: (ResolutionEvent) -> Void, events: @escaping (FetchEvent) -> Void
  ) throws -> Bool {
    var selection = FetchSelection()
    selection.workflows = [workflow]
    try finishLandings()
    let mirrors = try mirrors()
    var items = try pendingItems(selection)
    for place in items.indices {
      let nodes = items[place].intents.flatMap(\.entry.nodes)
      items[place].replaces = nodes.contains(where: files.restored.contains)
    }
    items += files.items.map { $0.fetchItem(mirrors: mirrors) }
    if let strategy, !items.isEmpty {
      progress(.asking(hosts: try hosts(of: items)))
      let plan = try planFetch(items, cancellation: cancellation)
      progress(.ready)
      guard !cancellation.isRequested() else {
        result.pending = items.count
        return false
      }
      var review = BatchReview(plan, in: self)
      try review.confirm(by: strategy, hasPrevious: hasPrevious)
      items = review.items
      result.recordings += review.recordings
      if review.wentBack { return true }
      result.stoppedEarly = review.stopped
      result.pending = review.putOff
      result.makeOptional(review.madeOptional)
    }
    guard !items.isEmpty, !cancellation.isRequested() else {
      result.pending += items.count
      return false
    }
    let report = try fetch(items, selection, cancellation: cancellation, events: events)
    result.pending += report.failed.count
    result.fetch = report
    return false
  }

  /// The hosts that are asked for files first, each once; none in offline mode.
  private func hosts(of items: [FetchItem]) throws -> [String] {
    guard try !settings.flag(.offline) else { return [] }
    let mirrors = try mirrors()
    return items.compactMap { item in
      item.sources.lazy.compactMap { try? $0.request(mirrors: mirrors).host }.first
    }.unique
  }

  /// The same as ``resolveWorkflow(_:modelStrategy:options:cancellation:events:)``, with callbacks
  /// for the batch.
  public func resolveWorkflow(
    _ source: WorkflowSource, nodeStrategy: (any NodeResolutionStrategy)? = nil,
    modelStrategy: (any ModelResolutionStrategy)? = nil,
    options: ResolutionOptions = ResolutionOptions(), cancellation: Cancellation = .never,
    downloadCallbacks: BatchDownloadCallbacks
  ) throws -> ResolutionResult {
    try resolveWorkflow(
      source, nodeStrategy: nodeStrategy, modelStrategy: modelStrategy, options: options,
      cancellation: cancellation, events: { downloadCallbacks.report($0) })
  }
}

/// The files that a resolution downloads in addition to the intents.
private struct RecordedFiles {
  /// Files whose hash is in the manifest.
  let items: [SyncItem]
  /// References for which another file in place is to be replaced.
  let restored: Set<ReferenceKey>
}

extension WorkflowResolution {
  /// The questions so far.
  fileprivate func questions(after nodes: NodeResolution) -> AskedQuestions {
    var questions = AskedQuestions()
    questions.nodes = nodes.asked
    questions.models = asked
    questions.answers = answers
    questions.addedRows = addedRows
    return questions
  }
}

extension ResolutionResult {
  /// Takes over the results about node types. Their commits came before those about models.
  fileprivate mutating func take(_ nodes: NodeResolution, requiring requiresNodes: Bool) {
    nodesResolved = nodes.resolved
    nodesUnresolved = nodes.unresolved
    nodesAmbiguous = nodes.ambiguous
    recordings = nodes.recordings + recordings
    stoppedEarly = stoppedEarly || nodes.stoppedEarly
    wentBack = wentBack || nodes.wentBack
    self.requiresNodes = requiresNodes
  }
}

extension Project {
  /// A matcher with the present manifest and the model index.
  ///
  /// - Parameter hashing: See ``ReferenceMatcher``.
  package func referenceMatcher(
    cancellation: Cancellation = .never,
    hashing: @escaping (String, Int64, Int64) -> Void = { _, _, _ in }
  ) throws -> ReferenceMatcher {
    ReferenceMatcher(
      manifest: try manifestIfPresent(), index: try indexToDecideBy(), roots: try knownFolders(),
      cancellation: cancellation, hashing: hashing)
  }

  /// The model index, open for writing if possible, so that computed hashes are stored.
  func indexToDecideBy() throws -> ModelIndex {
    do {
      return try openIndex(for: .write)
    } catch IndexError.readOnly, IndexError.full {
      return try openIndex(for: .read)
    }
  }

  /// The model folders; `nil` if they are unknown.
  func knownFolders() throws -> ModelRoots? {
    try settings.path(.modelsDir) == nil ? nil : modelFolders()
  }

  /// Updates the index from the model folders, so that decisions do not depend on when it was last
  /// updated. An index that cannot be written stays as it is.
  ///
  /// - Returns: What the scan could not process.
  /// - Throws: ``IndexError``, ``ProjectError``, and the errors of ``modelRoots()``.
  @discardableResult
  package func scanModels(
    acceptsMissingRoot: Bool = false, cancellation: Cancellation = .never,
    progress: (ScanEvent) -> Void = { _ in }
  ) throws -> [ScanIssue] {
    guard try knownFolders() != nil else { return [] }
    do {
      return try updateIndex(
        of: modelRoots(), acceptsMissingRoot: acceptsMissingRoot, cancellation: cancellation,
        progress: progress
      ).issues
    } catch IndexError.readOnly, IndexError.full {
      return []
    }
  }
}
