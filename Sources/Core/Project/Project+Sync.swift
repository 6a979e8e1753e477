internal import SystemPackage

/// What ``Project/planSync(_:cancellation:progress:)`` looks at.
public struct SyncSelection: Sendable {
  /// Names of workflows; all when empty.
  public var workflows: [String] = []
  /// Also what workflows can do without.
  public var includesOptional = false
  /// Whether another file at a target is replaced.
  public var replaces = false

  public init() {}
}

/// What this machine lacks of what the manifest records.
public struct SyncPlan: Sendable {
  /// Files that are here, with the recorded content.
  public var present: [SyncItem] = []
  /// Files to be downloaded, in the manifest's order.
  public var missing: [SyncItem] = []
  /// Missing files that nothing tells a source of.
  public var withoutSource: [SyncItem] = []
  /// Intents whose content nobody knows yet: they are for `fetch-intents`.
  public var pending: [PendingIntent] = []
  /// References that nothing was ever decided about, by the manifest's entries.
  public var undecided: [(workflow: String, filename: String)] = []
  /// What the scan of the model folders could not take in.
  public var scanIssues: [ScanIssue] = []

  public init() {}
}

/// What a plan is made of and how far it is.
public enum SyncEvent: Sendable {
  case scanning(ScanEvent)
  /// A file is read whole: which of how many recorded ones, its name, bytes of all files read so far.
  case hashing(done: Int, of: Int, filename: String, bytes: Int64)
}

extension Project {
  /// Compares this machine with the manifest: scans the model folders, and reads whole those files
  /// that could be what is recorded. The manifest is not changed.
  ///
  /// - Throws: ``ManifestError``, ``ProjectError``, ``IndexError``.
  public func planSync(
    _ selection: SyncSelection = SyncSelection(), cancellation: Cancellation = .never,
    progress: (SyncEvent) -> Void = { _ in }
  ) throws -> SyncPlan {
    let manifest = try manifestStore().read()
    let recorded = try manifest.recordedFiles(
      of: selection.workflows, includingOptional: selection.includesOptional)
    var plan = SyncPlan()
    plan.pending = try manifest.pendingIntents(
      of: selection.workflows, includingOptional: selection.includesOptional)
    plan.undecided = manifest.undecided(of: selection.workflows)
    guard !recorded.isEmpty else { return plan }
    plan.scanIssues = try updateIndex(of: modelRoots(), cancellation: cancellation) {
      progress(.scanning($0))
    }.issues
    let finder = RecordedFileFinder(
      index: try openIndex(for: .write), cancellation: cancellation)
    var read: Int64 = 0
    for (place, item) in recorded.enumerated() {
      if cancellation.isRequested() { throw IndexError.cancelled }
      let location = try finder.location(of: item) { name, bytes in
        read = read.addingClamped(bytes)
        progress(.hashing(done: place, of: recorded.count, filename: name, bytes: read))
      }
      if location != nil {
        plan.present.append(item)
      } else if item.sources.isEmpty {
        plan.withoutSource.append(item)
      } else {
        plan.missing.append(item)
      }
    }
    return plan
  }

  /// Downloads what a plan lacks: each file from the first of its sources that has it, checked
  /// against the recorded hash, put where it is recorded to be, and entered in the index. What
  /// a run that died behind a landing left is removed. The manifest is not changed.
  ///
  /// - Returns: `nil` when nothing is missing.
  /// - Throws: ``ProjectError``, ``SettingError``, ``IndexError`` before the first byte. Trouble
  ///   with single files is in the report.
  public func fetch(
    _ plan: SyncPlan, _ selection: SyncSelection = SyncSelection(),
    cancellation: Cancellation = .never, events: @escaping (FetchEvent) -> Void
  ) throws -> FetchReport? {
    for item in plan.present { try enterLanding(of: item) }
    try sweepLandings()
    guard !plan.missing.isEmpty else { return nil }
    let mirrors = try mirrors()
    var options = FetchSelection()
    options.replaces = selection.replaces
    return try FetchBatch(options, in: self, cancellation: cancellation, events: events)
      .run(plan.missing.map { $0.fetchItem(mirrors: mirrors) })
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

extension Manifest {
  /// The entries that neither name a file nor say where to get one.
  fileprivate func undecided(of names: [String]) -> [(workflow: String, filename: String)] {
    workflows.filter { names.isEmpty || names.contains($0.name) }.flatMap { workflow in
      workflow.models.filter { $0.state == .unresolved && $0.criticality != .optional }
        .map { (workflow.name, $0.filename) }
    }
  }
}
