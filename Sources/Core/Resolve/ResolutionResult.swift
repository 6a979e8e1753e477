/// What one run of a resolution found and did.
public struct ResolutionResult: Sendable {
  public var workflowName: String
  /// Models that are settled: on this machine, pending or optional; in node order.
  public var modelsResolved: [ResolvedModel] = []
  /// References that nothing is known for.
  public var modelsUnresolved: [ModelReference] = []
  /// References with several candidates, or one that is never taken silently.
  public var modelsAmbiguous: [ModelReference] = []
  /// References that were left out, since their nodes do not run.
  public var modelsInactive: [ModelReference] = []
  /// Answers taken over from the manifest.
  public var decidedEarlier = 0
  /// Questions that were answered for good in this run.
  public var decidedNow = 0
  /// What the scan of the model folders could not take in.
  public var scanIssues: [ScanIssue] = []
  /// The changes of the manifest, in order.
  public var recordings: [Recording] = []
  /// The batch; `nil` when nothing had to be downloaded or downloads were not wanted.
  public var fetch: FetchReport?
  /// Why the downloads did not begin; every decision is recorded all the same.
  public var obstacle: (any Error)?
  /// The user ended the questions early, or stopped at the downloads.
  public var stoppedEarly = false
  /// Downloads that this run leaves to another: put off, not wanted now, or failed.
  public var pending = 0

  public init(workflowName: String) {
    self.workflowName = workflowName
  }

  /// Whether any model is to be downloaded.
  public var hasDownloadIntents: Bool {
    modelsResolved.contains {
      $0.matchType == .downloadIntent || $0.matchType == .propertyDownloadIntent
    }
  }

  /// Whether nothing remains for another run: no open question, no download.
  public var isComplete: Bool {
    modelsUnresolved.isEmpty && modelsAmbiguous.isEmpty && pending == 0
  }
}

extension ResolutionResult {
  /// These references are not settled any more.
  mutating func reopen(_ references: Set<ReferenceKey>) {
    let open = modelsResolved.filter { references.contains($0.reference.key) }
    modelsResolved.removeAll { references.contains($0.reference.key) }
    modelsUnresolved += open.map(\.reference)
  }

  /// The workflow runs without these references; nothing is downloaded for them.
  mutating func makeOptional(_ references: Set<ReferenceKey>) {
    for place in modelsResolved.indices
    where references.contains(modelsResolved[place].reference.key) {
      let reference = modelsResolved[place].reference
      modelsResolved[place] = ResolvedModel(workflow: workflowName, reference: reference)
      modelsResolved[place].isOptional = true
      modelsResolved[place].matchType = .workflowContext
    }
  }
}

/// One reference that is settled, and how.
public struct ResolvedModel: Sendable {
  public var workflow: String
  public var reference: ModelReference
  /// The model on this machine.
  public var resolvedModel: IndexedModel?
  /// The first URL of a download intent.
  public var modelSource: String?
  public var isOptional = false
  public var matchType: MatchType?
  /// Where a download goes.
  public var targetPath: RelativePath?

  public init(workflow: String, reference: ModelReference) {
    self.workflow = workflow
    self.reference = reference
  }

  /// How sure the match is, 0…1.
  public var matchConfidence: Double { matchType?.confidence ?? 1 }
}
