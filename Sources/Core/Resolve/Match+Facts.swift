extension Match {
  /// The word that records use.
  public var status: String {
    switch self {
    case .resolved: "resolved"
    case .pending: "pending"
    case .optional: "optional"
    case .ambiguous: "ambiguous"
    case .downloadable, .missing: "unresolved"
    }
  }

  /// Whether somebody still has to decide.
  public var isOpen: Bool {
    switch self {
    case .resolved, .pending, .optional: false
    case .ambiguous, .downloadable, .missing: true
    }
  }

  /// The one model that it is.
  public var model: ModelCandidate? {
    if case .resolved(let candidate) = self { candidate } else { nil }
  }

  /// The models that it could be, best first; empty when it is settled.
  public var candidates: [ModelCandidate] {
    if case .ambiguous(let candidates) = self { candidates } else { [] }
  }

  /// The rule that settled it.
  public var matchType: MatchType? {
    switch self {
    case .resolved(let candidate): candidate.matchType
    case .pending: .downloadIntent
    case .downloadable: .propertyDownloadIntent
    case .optional: .workflowContext
    case .ambiguous(let candidates): candidates.first?.matchType
    case .missing: nil
    }
  }

  /// Where the file lies or is to go, below a models directory.
  public var relativePath: RelativePath? {
    switch self {
    case .resolved(let candidate): candidate.location.relativePath
    case .pending(let intent): intent.relativePath
    case .optional, .ambiguous, .downloadable, .missing: nil
    }
  }
}
