/// Answers the questions that matching leaves open; Porcelain asks the user.
public protocol ModelResolutionStrategy {
  /// Told once, before the first question: what is settled and what will be asked.
  ///
  /// - Throws: Anything; ends the resolution, what was decided before is kept.
  func begin(_ overview: ResolutionOverview) throws

  /// Decides about one model. The answer is written and committed before anything else is asked.
  ///
  /// - Parameter question: The references, all naming the same file, and what is known of it.
  /// - Throws: Anything; ends the resolution, what was decided before is kept.
  func answer(_ question: ModelQuestion) throws -> ModelAnswer

  /// Decides about the downloads before the first byte; asked again after every answer that
  /// changes them, until they start or wait.
  ///
  /// - Throws: Anything; ends the resolution, what was decided before is kept.
  func confirm(_ batch: DownloadBatch) throws -> DownloadAnswer
}

extension ModelResolutionStrategy {
  /// Nothing to say.
  public func begin(_ overview: ResolutionOverview) throws {}

  /// Downloads all.
  public func confirm(_ batch: DownloadBatch) throws -> DownloadAnswer { .start }
}

/// What a resolution found before it asks anything; counted in models, not in references.
public struct ResolutionOverview: Sendable, Hashable {
  /// The workflow, as the manifest names it.
  public var workflowName: String
  /// Settled by the manifest: on this machine, to be downloaded or optional.
  public var decidedEarlier = 0
  /// Found on this machine now.
  public var found = 0
  /// To be downloaded from where the workflow itself says.
  public var downloadable = 0
  /// To be downloaded from a source that was found for them.
  package var verified = 0
  /// Questions to come.
  public var questions = 0

  /// Models in all.
  public var count: Int { decidedEarlier + found + downloadable + verified + questions }
}

/// A question about one model of a workflow.
public struct ModelQuestion: Sendable {
  /// The references that name the model, in node order; at least one.
  public var references: [ModelReference]
  /// ``Match/misplaced(_:)``, ``Match/changed(_:)``, ``Match/ambiguous(_:)``, ``Match/missing``, or
  /// ``Match/downloadable(url:)`` with a URL that leads to no file.
  public var match: Match
  /// One-based number of the question.
  public var number: Int
  /// Questions in all.
  public var count: Int
  /// The value under which the loader lists the file that is meant; `nil` when it does not.
  public var listedValue: String?
  /// What was answered before the user came back to it: written already, and left as it is by
  /// ``ModelAnswer/keep``.
  public var earlierAnswer: ModelAnswer?
  /// Whether the file was picked just now, and only its place is still open: nothing is taken back by
  /// ``ModelAnswer/skip``, and ``ModelAnswer/back`` leads to the pick.
  public var isAboutPick = false
  /// Why the last answer could not be carried out; it is asked again for that.
  public var refusal: (any Error)?
  /// Where the file could be had, best first.
  package var proposals: [SourceProposal] = []
  /// Names of other files of the same model that are known: of other numbers, or in another format.
  package var variants: [String] = []
  /// The hash that the workflow gives, where none of the candidates has it.
  public var contradictedHash: GivenHash? {
    guard let hash = references.first.flatMap({ GivenHash($0) }), !match.candidates.isEmpty,
      match.candidates.allSatisfy({ hash.contradicts($0.model) })
    else { return nil }
    return hash
  }
  /// Whether other questions came before the first one: about node types, or about an earlier
  /// workflow of the same run.
  package var followsOthers = false
  /// Whether there is a question before this one to go back to.
  public var hasPrevious: Bool { number > 1 || isAboutPick || followsOthers }
}

/// How a file that is on this machine comes to be in place; the raw value is what `--place` takes.
public enum PlacementMethod: String, Sendable, Hashable, CaseIterable {
  /// A hard link; where that is not possible, a copy that shares its blocks, else a copy.
  case link
  /// A copy; on file systems that can, it shares its blocks.
  case copy
  /// As a link or a copy; the file goes from where it was.
  case move
  /// The workflow gets the value under which the loader lists the file.
  case updateWorkflow = "update-workflow"
}

/// What was decided about a model.
public enum ModelAnswer: Sendable, Hashable {
  /// It is this model of this machine.
  case take(ModelCandidate)
  /// It is to be downloaded; the URL is already cleaned.
  case download(DownloadIntent)
  /// The file that is meant is to be where the loader lists it under the value, or the value is to
  /// be the one under which it is listed.
  case place(PlacementMethod)
  /// The bytes that are meant are fetched, or copied from elsewhere on this machine, and replace the
  /// other file that is in place. The answer to a ``Match/changed(_:)`` only.
  case restore
  /// The workflow runs without it.
  case makeOptional
  /// Nothing is decided, an earlier answer is taken back; it is asked about in the next run.
  case skip
  /// The earlier answer stands.
  case keep
  /// Ask the previous question again.
  case back
  /// Ask nothing more; what was decided is kept.
  case stop

  /// Whether the manifest says it.
  var isWritten: Bool {
    switch self {
    case .take, .download, .makeOptional, .place: true
    // What is meant is recorded already, or is an intent that stays.
    case .restore, .skip, .keep, .back, .stop: false
    }
  }
}
