/// The status of a project.
public struct ProjectStatus: Sendable {
  /// In the manifest's order.
  public var workflows: [WorkflowStatus] = []
  /// Workflows of the project that were never resolved; they do not count.
  package var newWorkflows: [WorkflowSource] = []
  /// Files that a workflow needs, whose hash is in the manifest, and that are not on this machine.
  public var gone: [SyncItem] = []
  /// Entries that wait for an answer or a download, and to which no reference of their workflow leads.
  package var unnamed: [EntryName] = []
  /// Global rows that no workflow uses, in file order.
  package var unused: [ManifestModel] = []
  /// Whether a node type without its package keeps a workflow from being complete.
  public var requiresNodes = false
  /// What the scan of the model folders could not process.
  public var scanIssues: [ScanIssue] = []

  package init() {}

  /// Whether every workflow has everything that it needs.
  public var isComplete: Bool {
    gone.isEmpty && unnamed.isEmpty && workflows.allSatisfy(\.isComplete)
      && (!requiresNodes || workflows.allSatisfy(\.openNodeTypes.isEmpty))
  }
}

extension Project {
  /// The status of every workflow in the manifest, and the differences between the manifest and
  /// this machine. The model folders are scanned first. A file is read if the index lacks a hash
  /// that decides. The manifest is not changed.
  ///
  /// - Throws: The errors of ``workflowStatuses(of:cancellation:hashing:)``, and
  ///   ``IndexError/cancelled``.
  public func projectStatus(
    cancellation: Cancellation = .never, progress: @escaping (ComparisonEvent) -> Void = { _ in }
  ) throws -> ProjectStatus {
    let manifest = try manifestStore().read()
    var status = ProjectStatus()
    status.scanIssues = try scanModels(cancellation: cancellation) { progress(.scanning($0)) }
    status.workflows = try workflowStatuses(cancellation: cancellation) {
      progress(.hashing(filename: $0, bytes: $1, of: $2))
    }
    status.newWorkflows = try newWorkflows()
    status.unused = manifest.unusedModels
    status.requiresNodes = try requiresNodes()
    let finder = RecordedFileFinder(index: try indexToDecideBy(), cancellation: cancellation)
    let blocked = Set(status.workflows.flatMap(\.blockedPins))
    let byName = Dictionary(status.workflows.map { ($0.name, $0) }) { one, _ in one }
    for workflow in manifest.workflows {
      guard let known = byName[workflow.name], known.problem == nil else { continue }
      let names = EntryNames(of: workflow)
      let named = Set(known.references.compactMap { $0.entry?.nodes.first })
      status.unnamed += workflow.models.filter { entry in
        entry.isWaiting && !known.rests(entry) && entry.nodes.first.map(named.contains) != true
      }.map { names.fileName(of: $0) }
    }
    let needed = try manifest.recordedFiles { name, entry in byName[name]?.rests(entry) != true }
    try finder.locate(needed) { item, location in
      if location == nil, !blocked.contains(item.hash) { status.gone.append(item) }
    }
    return status
  }
}
