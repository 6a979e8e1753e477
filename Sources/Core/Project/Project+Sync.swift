internal import SystemPackage

/// What ``Project/planSync(_:cancellation:progress:)`` looks at.
package struct SyncSelection: Sendable {
  /// Names of workflows; all when empty.
  package var workflows: [String] = []
  /// Also what workflows can do without.
  package var includesOptional = false
  /// Whether another file at a target is replaced.
  package var replaces = false
  /// Whether model folders may be filled that are empty though the index knows files in them.
  package var acceptsMissingRoot = false

  package init() {}
}

/// What this machine lacks of what the manifest records.
package struct SyncPlan: Sendable {
  /// Files that are here, with the recorded content.
  package var present: [SyncItem] = []
  /// Files to be downloaded, or taken from elsewhere on this machine, in the manifest's order.
  package var missing: [SyncItem] = []
  /// Missing files that have no known source.
  package var withoutSource: [SyncItem] = []
  /// Intents whose content nobody knows yet: they are for `fetch-intents`.
  package var pending: [PendingIntent] = []
  /// References that a sync does not settle: see ``Match/isComplete``.
  package var open: [OpenReference] = []
  /// Entries that say nothing of a file, and that no reference of a readable workflow asks for.
  package var undecided: [(workflow: String, filename: String)] = []
  /// Workflows of the project that were never resolved; they do not count.
  package var newWorkflows: [WorkflowSource] = []
  /// Workflows that could not be read.
  package var problems: [UnreadableWorkflow] = []
  /// What the scan of the model folders could not take in.
  package var scanIssues: [ScanIssue] = []

  package init() {}
}

/// How far a comparison of manifest and machine is.
public enum ComparisonEvent: Sendable {
  case scanning(ScanEvent)
  /// A file is read: its name, bytes read so far and to read.
  case hashing(filename: String, bytes: Int64, of: Int64)
}

extension Project {
  /// Compares this machine with the manifest: scans the model folders, asks of every reference
  /// whether ComfyUI would load the recorded bytes, and reads whole those files that could be what
  /// is recorded. The manifest is not changed.
  ///
  /// - Throws: ``ManifestError``, ``ProjectError``, ``IndexError``.
  package func planSync(
    _ selection: SyncSelection = SyncSelection(), cancellation: Cancellation = .never,
    progress: @escaping (ComparisonEvent) -> Void = { _ in }
  ) throws -> SyncPlan {
    let manifest = try manifestStore().read()
    var plan = SyncPlan()
    plan.pending = try manifest.pendingIntents(
      of: selection.workflows, includingOptional: selection.includesOptional)
    plan.scanIssues = try scanModels(
      acceptsMissingRoot: selection.acceptsMissingRoot, cancellation: cancellation
    ) { progress(.scanning($0)) }
    let hashing = { progress(.hashing(filename: $0, bytes: $1, of: $2)) }
    let statuses = try workflowStatuses(
      of: selection.workflows, cancellation: cancellation, hashing: hashing)
    if selection.workflows.isEmpty { plan.newWorkflows = try newWorkflows() }
    plan.problems = statuses.compactMap(\.problem)
    var sorting = SyncSorting(manifest, selection, roots: try knownFolders(), plan)
    for status in statuses {
      sorting.leave(restOf: status)
      for matched in status.references { sorting.take(matched, of: status.name) }
    }
    let finder = RecordedFileFinder(index: try indexToDecideBy(), cancellation: cancellation)
    sorting.takeUndecided()
    try finder.locate(sorting.untold(), progress: hashing) { item, location in
      if cancellation.isRequested() { throw IndexError.cancelled }
      sorting.take(item, isHere: location != nil)
    }
    return try askingStores(sorting.plan, cancellation: cancellation)
  }

  /// Downloads what a plan lacks: each file from the first of its sources that has it, checked
  /// against the recorded hash, put where it is recorded to be, and entered in the index. What
  /// a run that died behind a landing left is removed. The manifest is not changed.
  ///
  /// - Returns: `nil` when nothing is missing.
  /// - Throws: ``ProjectError``, ``SettingError``, ``IndexError`` before the first byte. Trouble
  ///   with single files is in the report.
  package func fetch(
    _ plan: SyncPlan, _ selection: SyncSelection = SyncSelection(),
    cancellation: Cancellation = .never, events: @escaping (FetchEvent) -> Void
  ) throws -> FetchReport? {
    for item in plan.present { try enterLanding(of: item) }
    try sweepLandings()
    guard !plan.missing.isEmpty, !plan.lacksRoot else { return nil }
    let mirrors = try mirrors()
    var options = FetchSelection()
    options.replaces = selection.replaces
    return try FetchBatch(options, in: self, cancellation: cancellation, events: events)
      .run(plan.missing.map { $0.fetchItem(mirrors: mirrors) })
  }

  /// The references of workflows for which ComfyUI would not load the recorded bytes now, those with
  /// a download intent left out.
  ///
  /// - Throws: As ``workflowStatuses(of:cancellation:hashing:)``.
  package func openReferences(_ selection: SyncSelection) throws -> [OpenReference] {
    try workflowStatuses(of: selection.workflows).flatMap { status in
      status.references.filter { !$0.match.isComplete && !$0.isIntended }
        .map { OpenReference(workflow: status.name, matched: $0) }
    }
  }

  /// Tells the index what a run that died between landing a file and telling it knew of the file.
  private func enterLanding(of item: SyncItem) throws {
    guard let target = item.relativePath else { return }
    let root = try modelFolders().destination(of: target)
    let path = root.path(of: target)
    guard let sealed = PartialFile.storedState(for: path)?.sealed, sealed.blake3 == item.hash
    else { return }
    let index = try openIndex(for: .write)
    let known = try index.models(withHash: item.hash).flatMap(\.locations)
    guard known.contains(where: { $0.path == path && $0.isUnchanged }) else { return }
    let sources = item.sources.compactMap { try? SourceURL($0) }
    try index.enter(
      path, below: root, hashes: sealed,
      sources: sources.map { IndexedSource(url: $0.cleaned, origin: "download") })
  }
}

extension SyncPlan {
  /// Whether a model folder is missing or empty that the index knows files in: nothing is
  /// downloaded then, since its volume may not be mounted.
  package var lacksRoot: Bool { scanIssues.contains(where: \.isMissingRoot) }
}

extension ScanIssue {
  /// Whether a whole model folder is missing or empty.
  public var isMissingRoot: Bool { if case .missingRoot = reason { true } else { false } }
}
