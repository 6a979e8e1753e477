extension Match {
  /// The word that records use.
  public var status: String {
    switch self {
    case .resolved: "resolved"
    case .misplaced: "misplaced"
    case .changed: "changed"
    case .blocked: "blocked"
    case .pending: "pending"
    case .optional: "optional"
    case .ambiguous: "ambiguous"
    case .downloadable, .missing: "unresolved"
    }
  }

  /// Whether a decision or an action is still needed.
  public var isOpen: Bool {
    switch self {
    case .resolved, .pending, .optional: false
    case .misplaced, .changed, .blocked, .ambiguous, .downloadable, .missing: true
    }
  }

  /// The only model that it can be.
  public var model: ModelCandidate? {
    switch self {
    case .resolved(let candidate), .misplaced(let candidate): candidate
    case .changed(let changed): changed.known
    case .blocked, .pending, .optional, .ambiguous, .downloadable, .missing: nil
    }
  }

  /// The models that it could be, best first; empty when it is settled.
  public var candidates: [ModelCandidate] {
    if case .ambiguous(let candidates) = self { candidates } else { [] }
  }

  /// The rule that settled it.
  public var matchType: MatchType? {
    switch self {
    case .resolved(let candidate), .misplaced(let candidate): candidate.matchType
    case .changed(let changed): changed.pin.origin == .manifest ? .workflowContext : .hash
    case .pending: .downloadIntent
    case .downloadable: .propertyDownloadIntent
    case .optional: .workflowContext
    case .ambiguous(let candidates): candidates.first?.matchType
    case .blocked, .missing: nil
    }
  }

  /// Where the file is or is to go, below a models directory.
  public var relativePath: RelativePath? {
    switch self {
    case .resolved(let candidate), .misplaced(let candidate): candidate.location.relativePath
    case .changed(let changed): changed.known?.location.relativePath
    case .pending(let intent): intent.relativePath
    case .blocked, .optional, .ambiguous, .downloadable, .missing: nil
    }
  }
}

extension Match {
  /// Whether a placement can settle it: the file that is meant is on this machine, and no other
  /// file is in its place.
  func isPlaceable(by placement: PlacementMethod) -> Bool {
    switch self {
    case .misplaced: true
    case .changed(let changed): placement == .updateWorkflow && changed.known != nil
    case .resolved, .blocked, .pending, .optional, .ambiguous, .downloadable, .missing: false
    }
  }
}
