internal import SystemPackage

/// What ``Project/planSync(_:cancellation:progress:)`` looks at.
package struct SyncSelection: Sendable {
  /// Names of workflows; all if empty.
  package var workflows: [String] = []
  /// Whether optional models are included.
  package var includesOptional = false
  /// Whether another file at a target is replaced.
  package var replaces = false
  /// Whether empty model folders may be filled although the index knows files in them.
  package var acceptsMissingRoot = false

  package init() {}
}

/// The difference between what the manifest records and what this machine has.
package struct SyncPlan: Sendable {
  /// Files that are here, with the recorded content.
  package var present: [SyncItem] = []
  /// Files to download, or to copy from elsewhere on this machine, in the manifest's order.
  package var missing: [SyncItem] = []
  /// Missing files that have no known source.
  package var withoutSource: [SyncItem] = []
  /// Intents whose content is not known yet; `fetch-intents` downloads them.
  package var pending: [PendingIntent] = []
  /// References that a sync does not settle; see ``Match/isComplete``.
  package var open: [OpenReference] = []
  /// Entries without a decision, to which no reference of a readable workflow leads.
  package var undecided: [(workflow: String, filename: String, hasFile: Bool)] = []
  /// Workflows of the project that were never resolved; they do not count.
  package var newWorkflows: [WorkflowSource] = []
  /// Workflows that could not be read.
  package var problems: [UnreadableWorkflow] = []
  /// What the scan of the model folders could not process.
  package var scanIssues: [ScanIssue] = []

  package init() {}
}

/// Progress of a comparison of manifest and machine.
public enum ComparisonEvent: Sendable {
  case scanning(ScanEvent)
  /// A file is read: its name, bytes read so far and to read.
  case hashing(filename: String, bytes: Int64, of: Int64)
}

extension Project {
  /// Compares this machine with the manifest. It scans the model folders, finds out for every
  /// reference whether ComfyUI would load the recorded bytes, and reads the files that could be
  /// recorded ones. The manifest is not changed.
  ///
  /// - Throws: ``ManifestError``, ``ProjectError``, ``IndexError``, ``SettingError``,
  ///   ``MirrorError``.
  package func planSync(
    _ selection: SyncSelection = SyncSelection(), cancellation: Cancellation = .never,
    progress: @escaping (ComparisonEvent) -> Void = { _ in }
  ) throws -> SyncPlan {
    // An invalid setting is reported even if there is nothing to download.
    _ = try FetchSettings(self)
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

  /// Downloads what a plan lacks. Each file comes from the first of its sources that has it, is
  /// checked against the recorded hash, put into its recorded place, and added to the index.
  /// Remains of a killed run are removed. The manifest is not changed.
  ///
  /// - Returns: `nil` if nothing is missing.
  /// - Throws: ``ProjectError``, ``SettingError``, ``IndexError`` before the first byte. Problems
  ///   with single files are in the report.
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

  /// The references for which ComfyUI would not load the recorded bytes now, except those with a
  /// download intent.
  ///
  /// - Throws: The errors of ``workflowStatuses(of:cancellation:hashing:)``.
  package func openReferences(_ selection: SyncSelection) throws -> [OpenReference] {
    try workflowStatuses(of: selection.workflows).flatMap { status in
      status.references.filter { !$0.match.isComplete && !$0.isIntended }
        .map { OpenReference(workflow: status.name, matched: $0) }
    }
  }

  /// Adds a file to the index that a killed run had put in place without doing so.
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
  /// Whether a model folder does not exist or is empty although the index knows files in it.
  /// Nothing is downloaded then, because its volume may not be mounted.
  package var lacksRoot: Bool { scanIssues.contains(where: \.isMissingRoot) }
}

extension ScanIssue {
  /// Whether a whole model folder does not exist or is empty.
  public var isMissingRoot: Bool { if case .missingRoot = reason { true } else { false } }
}
