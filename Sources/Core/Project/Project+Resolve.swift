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
    var workflow = try decide(
      source, nodeStrategy: nodeStrategy, modelStrategy: modelStrategy, options: options,
      cancellation: cancellation, progress: progress)
    while true {
      var batch = ResolutionBatch(
        [workflow], in: self, cancellation: cancellation, progress: progress, events: events)
      let wentBack = try batch.run(asking: modelStrategy)
      workflow = batch.workflows.first ?? workflow
      guard wentBack else { return try workflow.close() }
      try workflow.askAgain()
    }
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
