/// How a workflow is resolved.
public struct ResolutionOptions: Sendable {
  /// Also references whose nodes are muted, bypassed or off.
  public var includesInactive = false
  /// Whether the model folders are scanned first, so that files are found that came since the index
  /// was made.
  public var scans = false
  /// Whether the batch of downloads runs at the end.
  public var fetches = true

  public init() {}
}

extension Project {
  /// Resolves a workflow: analyses it, matches every reference, writes what needs no question, asks
  /// about the rest, then downloads everything that is pending for it as one batch.
  ///
  /// Every decision is in the manifest, and committed, before the next one is asked for; what was
  /// decided in an earlier run is not asked about again.
  ///
  /// - Parameters:
  ///   - modelStrategy: Answers questions and confirms the batch; `nil` leaves the questions open
  ///     and downloads.
  ///   - progress: News of the work between questions.
  ///   - events: News of the batch.
  /// - Returns: Also when the downloads could not begin: ``ResolutionResult/obstacle`` tells why.
  /// - Throws: What reading, matching and writing throw, and what `modelStrategy` throws when it is
  ///   asked about a model; what was decided before is kept.
  public func resolveWorkflow(
    _ source: WorkflowSource, modelStrategy: (any ModelResolutionStrategy)? = nil,
    options: ResolutionOptions = ResolutionOptions(), cancellation: Cancellation = .never,
    progress: @escaping (ResolutionEvent) -> Void = { _ in },
    events: @escaping (FetchEvent) -> Void = { _ in }
  ) throws -> ResolutionResult {
    // Without its volume every model would seem missing, and be taken from somewhere else.
    if try settings.path(.modelsDir) != nil { _ = try presentModelFolders() }
    if options.fetches { _ = try FetchSettings(self) }
    let references = try readWorkflow(source).references
    let issues = options.scans ? try scanFolders(cancellation, progress) : []
    let runs = references.filter { options.includesInactive || $0.state == .active }
    var resolution = try WorkflowResolution(
      project: self, source: source, index: openIndex(for: .write),
      cancellation: cancellation, progress: progress)
    try resolution.run(over: runs, asking: modelStrategy)
    var result = resolution.result
    result.scanIssues = issues
    result.modelsInactive = references.filter {
      !options.includesInactive && $0.state != .active
    }
    guard try manifestStore().read().workflow(named: source.name) != nil else { return result }
    guard options.fetches, !result.stoppedEarly, !cancellation.isRequested() else {
      result.pending = try pendingIntents(of: [source.name]).count
      return result
    }
    do {
      try fetchPending(
        asking: modelStrategy, of: source.name, into: &result, cancellation: cancellation,
        progress: progress, events: events)
    } catch {
      result.obstacle = error
      result.pending = try pendingIntents(of: [source.name]).count
    }
    return result
  }

  /// Brings the index up to date, where models directories are known.
  private func scanFolders(
    _ cancellation: Cancellation, _ progress: (ResolutionEvent) -> Void
  ) throws -> [ScanIssue] {
    guard try settings.path(.modelsDir) != nil else { return [] }
    defer { progress(.ready) }
    return try updateIndex(of: modelRoots(), cancellation: cancellation) {
      progress(.scanning($0))
    }.issues
  }

  /// Downloads what is pending for a workflow, once `strategy` has confirmed it.
  private func fetchPending(
    asking strategy: (any ModelResolutionStrategy)?, of workflow: String,
    into result: inout ResolutionResult, cancellation: Cancellation,
    progress: (ResolutionEvent) -> Void, events: @escaping (FetchEvent) -> Void
  ) throws {
    var selection = FetchSelection()
    selection.workflows = [workflow]
    try finishLandings()
    var items = try pendingItems(selection)
    if let strategy, !items.isEmpty {
      progress(.asking(hosts: try hosts(of: items)))
      let plan = try planFetch(items, cancellation: cancellation)
      progress(.ready)
      guard !cancellation.isRequested() else {
        result.pending = items.count
        return
      }
      var review = BatchReview(plan, in: self)
      try review.confirm(by: strategy)
      items = review.items
      result.recordings += review.recordings
      result.stoppedEarly = review.stopped
      result.pending = review.putOff
      result.reopen(review.forgotten)
      result.makeOptional(review.madeOptional)
    }
    guard !items.isEmpty, !cancellation.isRequested() else {
      result.pending += items.count
      return
    }
    let report = try fetch(items, selection, cancellation: cancellation, events: events)
    result.pending += report.failed.count
    result.fetch = report
  }

  /// The hosts that are asked for files first, each once; none where the network is left alone.
  private func hosts(of items: [FetchItem]) throws -> [String] {
    guard try !settings.flag(.offline) else { return [] }
    let mirrors = try mirrors()
    return items.compactMap { item in
      item.sources.lazy.compactMap { try? $0.request(mirrors: mirrors).host }.first
    }.unique
  }

  /// As ``resolveWorkflow(_:modelStrategy:options:cancellation:events:)``, with the batch followed
  /// through callbacks.
  public func resolveWorkflow(
    _ source: WorkflowSource, modelStrategy: (any ModelResolutionStrategy)? = nil,
    options: ResolutionOptions = ResolutionOptions(), cancellation: Cancellation = .never,
    downloadCallbacks: BatchDownloadCallbacks
  ) throws -> ResolutionResult {
    try resolveWorkflow(
      source, modelStrategy: modelStrategy, options: options, cancellation: cancellation,
      events: { downloadCallbacks.report($0) })
  }
}
