/// The status of one workflow.
public struct WorkflowStatus: Sendable {
  /// As the manifest names it.
  public var name: String
  /// The path as the manifest writes it; `nil` if it has none.
  public var path: String?
  /// The references and their matches, in node order. References that the workflow does not need
  /// are left out: those of nodes that do not run, or that download the file themselves.
  public var references: [MatchedReference] = []
  /// References of nodes that run and download the file themselves.
  public var automatic: [ModelReference] = []
  /// Under which keys the manifest may record the references that the workflow runs without.
  var resting: Set<ReferenceKey> = []
  /// The first node of each entry that a reference needs, which stands for the entry; empty where
  /// nothing rests.
  fileprivate var needed: Set<ReferenceKey> = []
  /// Node types whose package is open, in order of first appearance.
  public var openNodeTypes: [String] = []
  /// Why the workflow could not be read; ``references`` is empty then.
  public var problem: UnreadableWorkflow?

  /// The number of models for which `isCounted` returns true. Several references to one file count
  /// once.
  public func count(where isCounted: (Match) -> Bool) -> Int {
    ModelGroup.groups(of: references).count { isCounted($0.match) }
  }

  /// Whether an entry is about nothing but references that the workflow runs without.
  func rests(_ entry: ManifestWorkflowModel) -> Bool {
    entry.nodes.contains(where: resting.contains)
      && entry.nodes.first.map(needed.contains) != true
  }

  /// The recorded hashes of what cannot be loaded from where it is looked for: whether it is there
  /// cannot be told.
  var blockedPins: [ModelHash] {
    references.compactMap { if case .blocked = $0.match { $0.entry?.hash } else { nil } }
  }

  /// Whether ComfyUI would load the recorded bytes for every reference that it needs.
  public var isComplete: Bool { problem == nil && references.allSatisfy(\.match.isComplete) }
}

extension Match {
  /// Whether nothing remains to be done: the recorded file is in place, or the workflow runs
  /// without it.
  public var isComplete: Bool {
    switch self {
    case .resolved(let candidate): candidate.matchType == .workflowContext
    case .optional: true
    case .misplaced, .changed, .blocked, .pending, .ambiguous, .downloadable, .missing: false
    }
  }
}

extension Project {
  /// The statuses of workflows in the manifest, in its order. A file is read if the index lacks a
  /// hash that decides. The folders are not scanned.
  ///
  /// - Parameters:
  ///   - names: Only these workflows; all if empty.
  ///   - hashing: Called while a file is read, with its name, the bytes read so far and the bytes
  ///     to read.
  /// - Throws: ``ManifestError``, ``IndexError``, ``LoaderFileError``.
  package func workflowStatuses(
    of names: [String] = [], cancellation: Cancellation = .never,
    hashing: @escaping (String, Int64, Int64) -> Void = { _, _, _ in }
  ) throws -> [WorkflowStatus] {
    let manifest = try manifestStore().read()
    let matcher = try referenceMatcher(cancellation: cancellation, hashing: hashing)
    let reader = try workflowReader()
    let wanted = Set(names)
    return try manifest.workflows.filter { wanted.isEmpty || wanted.contains($0.name) }
      .map { workflow in
        if cancellation.isRequested() { throw IndexError.cancelled }
        var status = WorkflowStatus(name: workflow.name, path: workflow.path)
        guard workflow.path != nil else { return status }
        let source = try source(of: workflow)
        do {
          let read = try readWorkflow(source, with: reader)
          status.openNodeTypes = try matchNodes(of: read, named: workflow.name)
            .filter(\.match.isOpen).map(\.use.nodeType)
          status.automatic = read.references.filter(\.isLeftToItsNode)
          status.resting = Set(
            read.references.filter { !$0.isNeeded }.flatMap(\.recordedKeys))
          status.references = try matcher.match(
            read.references, ofWorkflow: workflow.name, where: \.isNeeded)
          if !status.resting.isEmpty {
            status.needed = Set(status.references.compactMap { $0.entry?.nodes.first })
          }
        } catch let error as UnreadableWorkflow {
          status.problem = error
        }
        return status
      }
  }
}
