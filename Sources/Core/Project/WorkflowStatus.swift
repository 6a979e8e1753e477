/// How far one workflow is.
public struct WorkflowStatus: Sendable {
  /// As the manifest names it.
  public var name: String
  /// As the manifest writes it; `nil` when it does not.
  public var path: String?
  /// References and what is known of each, in node order; without those that the workflow runs
  /// without: of nodes that do not run, or that download the file themselves.
  public var references: [MatchedReference] = []
  /// Under which keys the manifest may record the references that the workflow runs without.
  var resting: Set<ReferenceKey> = []
  /// Node types whose package is open, in order of first appearance.
  public var openNodeTypes: [String] = []
  /// Why the workflow could not be read; ``references`` is empty then.
  public var problem: UnreadableWorkflow?

  /// Models that `isCounted` holds for; several references to one file are one model.
  public func count(where isCounted: (Match) -> Bool) -> Int {
    ModelGroup.groups(of: references).count { isCounted($0.match) }
  }

  /// Whether an entry is about nothing but references that the workflow runs without.
  func rests(_ entry: ManifestWorkflowModel) -> Bool {
    entry.nodes.contains { resting.contains($0) }
      && !references.contains { $0.entry?.nodes == entry.nodes }
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
  /// Whether nothing remains: the recorded file is in place, or the workflow does without it.
  public var isComplete: Bool {
    switch self {
    case .resolved(let candidate): candidate.matchType == .workflowContext
    case .optional: true
    case .misplaced, .changed, .blocked, .pending, .ambiguous, .downloadable, .missing: false
    }
  }
}

extension Project {
  /// How far workflows of the manifest are, in its order. Files are read where the index lacks a
  /// hash that decides; the folders are not scanned.
  ///
  /// - Parameters:
  ///   - names: Those that are wanted; all when empty.
  ///   - hashing: Told while a file is read: its name, bytes read so far and to read.
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
        guard workflow.path != nil, let source = try workflowSources([workflow.name]).first else {
          return status
        }
        do {
          let read = try readWorkflow(source, with: reader)
          status.openNodeTypes = try matchNodes(of: read, named: workflow.name)
            .filter(\.match.isOpen).map(\.use.nodeType)
          status.resting = Set(
            read.references.filter { !$0.isNeeded }.flatMap(\.recordedKeys))
          status.references = try matcher.match(
            read.references, ofWorkflow: workflow.name, where: \.isNeeded)
        } catch let error as UnreadableWorkflow {
          status.problem = error
        }
        return status
      }
  }
}
