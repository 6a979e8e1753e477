/// What one run of a resolution found and did.
public struct ResolutionResult: Sendable {
  /// The workflow, as the manifest names it.
  public var workflowName: String
  /// Models that are settled: on this machine, pending or optional; in node order.
  public var modelsResolved: [ResolvedModel] = []
  /// References about which nothing is known.
  public var modelsUnresolved: [ModelReference] = []
  /// References with several candidates, or with one that is never used without an answer.
  public var modelsAmbiguous: [ModelReference] = []
  /// The candidates of the ambiguous references, best first.
  public var candidates: [ReferenceKey: [ModelCandidate]] = [:]
  /// Where open models can be downloaded, best first, by reference.
  package var proposals: [ReferenceKey: [SourceProposal]] = [:]
  /// References whose file is on this machine, but not in place.
  public var modelsMisplaced: [MisplacedModel] = []
  /// References with other bytes than the recorded ones in place.
  public var modelsChanged: [ChangedReference] = []
  /// References for which something keeps ComfyUI from loading a file; see ``Match/blocked(_:)``.
  public var modelsBlocked: [MatchedReference] = []
  /// Open references whose name another model of the workflow has too.
  package var sharedNames: Set<ReferenceKey> = []
  /// Whether the workflow is inside of an image or a video.
  package var isInMedia = false
  /// References that were left out because their nodes do not run.
  public var modelsInactive: [ModelReference] = []
  /// References of nodes that run and download the file themselves.
  public var modelsAutomatic: [ModelReference] = []
  /// The packages of node types that are known.
  public var nodesResolved: [ResolvedNodePackage] = []
  /// Node types whose package is unknown.
  public var nodesUnresolved: [NodeTypeUse] = []
  /// For each node type that several packages bring: these packages, the likeliest first.
  public var nodesAmbiguous: [[ResolvedNodePackage]] = []
  /// Whether a node type without its package keeps the workflow from being complete.
  public var requiresNodes = false
  /// The number of answers that the manifest already had.
  public var decidedEarlier = 0
  /// The number of questions that were answered for good in this run.
  public var decidedNow = 0
  /// What the scan of the model folders could not process.
  public var scanIssues: [ScanIssue] = []
  /// Files that were put in place.
  public var placed: [PlacedModel] = []
  /// Values in the workflow that were changed to the names of files in place.
  public var widgetChanges: [WidgetChange] = []
  /// Why files could not be put in place.
  public var placementFailures: [any Error] = []
  /// The changes of the manifest, in order.
  public var recordings: [Recording] = []
  /// The batch; `nil` if there was nothing to download, or downloads were not wanted.
  public var fetch: FetchReport?
  /// Why the downloads did not start. All decisions are recorded nevertheless.
  public var obstacle: (any Error)?
  /// Whether the user ended the questions early, or stopped at the downloads.
  public var stoppedEarly = false
  /// Whether the user went back to what was asked before this workflow.
  var wentBack = false
  /// The number of downloads that are left to another run: put off, not wanted now, or failed.
  public var pending = 0

  package init(workflowName: String) {
    self.workflowName = workflowName
  }

  /// Whether any model is to be downloaded.
  public var hasDownloadIntents: Bool {
    modelsResolved.contains {
      $0.matchType == .downloadIntent || $0.matchType == .propertyDownloadIntent
    }
  }

  /// Where each model to download goes, each once.
  var modelsToDownload: Set<[String?]> {
    Set(
      modelsResolved.filter { $0.modelSource != nil }.map {
        [$0.modelSource, $0.targetPath?.string]
      })
  }

  /// Whether nothing remains for another run: no open question, no download.
  public var isComplete: Bool {
    modelsUnresolved.isEmpty && modelsAmbiguous.isEmpty && modelsMisplaced.isEmpty
      && modelsChanged.isEmpty && modelsBlocked.isEmpty && pending == 0
      && (!requiresNodes || !hasOpenNodes)
  }

  /// Whether the package of some node type is open.
  public var hasOpenNodes: Bool { !nodesUnresolved.isEmpty || !nodesAmbiguous.isEmpty }

  /// Node types whose package is open; those with candidates come first.
  public var openNodeTypes: [String] {
    nodesAmbiguous.compactMap { $0.first?.nodeType } + nodesUnresolved.map(\.nodeType)
  }
}

extension ResolutionResult {
  /// Takes over the final matches of the references, in node order.
  ///
  /// - Parameter isDryRun: Whether nothing was written. What would be downloaded is then still
  ///   missing, but counts as settled.
  mutating func close(
    with matched: [MatchedReference], values: [ReferenceKey: String], isDryRun: Bool
  ) {
    let intended = Set(modelsResolved.filter { $0.modelSource != nil }.map(\.reference.key))
    isInMedia = matched.contains(where: \.isInMedia)
    sharedNames = Set(matched.lazy.filter(\.isNameShared).map(\.reference.key))
    modelsUnresolved = []
    modelsUnresolved.reserveCapacity(matched.count { $0.match.status == "unresolved" })
    modelsAmbiguous = []
    modelsMisplaced = []
    modelsChanged = []
    modelsBlocked = []
    for one in matched {
      switch one.match {
      case .resolved(let candidate) where fetch == nil && intended.contains(one.reference.key):
        noteArrival(of: candidate.model, for: one.reference.key)
      case .resolved, .optional, .pending: break
      case .misplaced(let candidate):
        modelsMisplaced.append(
          MisplacedModel(
            reference: one.reference, candidate: candidate, listedValue: values[one.reference.key]))
      case .changed(let model):
        modelsChanged.append(
          ChangedReference(reference: one.reference, model: model, rival: one.rival))
      case .blocked: modelsBlocked.append(one)
      case .ambiguous(let candidates):
        modelsAmbiguous.append(one.reference)
        self.candidates[one.reference.key] = candidates
      case .downloadable, .missing:
        guard !isDryRun || !intended.contains(one.reference.key) else { break }
        modelsUnresolved.append(one.reference)
      }
    }
    leaveOpen(modelsUnresolved.lazy.map(\.key))
    leaveOpen(modelsAmbiguous.lazy.map(\.key))
    leaveOpen(modelsMisplaced.lazy.map(\.reference.key))
    leaveOpen(modelsChanged.lazy.map(\.reference.key))
    leaveOpen(modelsBlocked.lazy.map(\.reference.key))
  }

  /// Records that a file which was to be downloaded is here, because an earlier part of the run has
  /// downloaded it.
  private mutating func noteArrival(of model: IndexedModel, for key: ReferenceKey) {
    for place in modelsResolved.indices where modelsResolved[place].reference.key == key {
      modelsResolved[place].resolvedModel = model
      modelsResolved[place].modelSource = nil
    }
  }

  /// Removes references from those that are settled.
  mutating func leaveOpen(_ references: some Sequence<ReferenceKey>) {
    guard !modelsResolved.isEmpty else { return }
    let open = Set(references)
    modelsResolved.removeAll { open.contains($0.reference.key) }
  }

  /// Makes these references optional; nothing is downloaded for them.
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

/// A reference whose file is on this machine, but not where its loader lists it under the value.
public struct MisplacedModel: Sendable {
  /// The place in the workflow.
  public var reference: ModelReference
  /// The file that is meant, and its location.
  public var candidate: ModelCandidate
  /// The value under which the loader lists the file at its present location; `nil` if it does not
  /// list it.
  public var listedValue: String?
}

/// A reference with other bytes than those that are meant in place.
public struct ChangedReference: Sendable {
  /// The place in the workflow.
  public var reference: ModelReference
  /// What is recorded, and what is in place.
  public var model: ChangedModel
  /// Another workflow that means the file in place.
  package var rival: Rival?
}

/// One reference that is settled, and how.
public struct ResolvedModel: Sendable {
  /// The workflow, as the manifest names it.
  public var workflow: String
  /// The place in the workflow.
  public var reference: ModelReference
  /// The model on this machine.
  public var resolvedModel: IndexedModel?
  /// The first URL of a download intent.
  public var modelSource: String?
  /// Whether the workflow runs without it.
  public var isOptional = false
  /// The rule that decided which file is meant; `nil` if none is here.
  public var matchType: MatchType?
  /// Where a download goes.
  public var targetPath: RelativePath?

  package init(workflow: String, reference: ModelReference) {
    self.workflow = workflow
    self.reference = reference
  }

  /// How certain the match is, 0…1.
  public var matchConfidence: Double { matchType?.confidence ?? 1 }
}

extension ResolutionResult {
  /// The references that are not settled: first those that could be several files, then those whose
  /// file is not here, then those whose file is not in place.
  public var open: [OpenReference] {
    let matched =
      modelsAmbiguous.map {
        MatchedReference(reference: $0, match: .ambiguous(candidates[$0.key] ?? []))
      } + modelsUnresolved.map { MatchedReference(reference: $0, match: .missing) } + places
    return open(matched)
  }

  private func open(_ matched: [MatchedReference]) -> [OpenReference] {
    matched.map { one in
      var one = one
      one.isInMedia = isInMedia
      one.isNameShared = sharedNames.contains(one.reference.key)
      return OpenReference(workflow: workflowName, matched: one)
    }
  }

  /// The references that are misplaced, changed or blocked.
  public var openPlaces: [OpenReference] {
    open(places)
  }

  private var places: [MatchedReference] {
    modelsMisplaced.map {
      MatchedReference(reference: $0.reference, match: .misplaced($0.candidate))
    }
      + modelsChanged.map {
        MatchedReference(reference: $0.reference, match: .changed($0.model), rival: $0.rival)
      }
      + modelsBlocked
  }
}
