/// Answers the questions that matching leaves open. Porcelain asks the user.
public protocol ModelResolutionStrategy {
  /// Called once, before the first question, with what is settled and what will be asked.
  ///
  /// - Throws: Anything; this ends the resolution. Earlier decisions are kept.
  func begin(_ overview: ResolutionOverview) throws

  /// Decides about one model. The answer is written and committed before anything else is asked.
  ///
  /// - Parameter question: The references, all naming the same file, and what is known about it.
  /// - Throws: Anything; this ends the resolution. Earlier decisions are kept.
  func answer(_ question: ModelQuestion) throws -> ModelAnswer

  /// Decides about the downloads before the first byte. It is asked again after every answer that
  /// changes them, until they start or are put off.
  ///
  /// - Throws: Anything; this ends the resolution. Earlier decisions are kept.
  func confirm(_ batch: DownloadBatch) throws -> DownloadAnswer
}

extension ModelResolutionStrategy {
  /// Does nothing.
  public func begin(_ overview: ResolutionOverview) throws {}

  /// Downloads everything.
  public func confirm(_ batch: DownloadBatch) throws -> DownloadAnswer { .start }
}

/// What a resolution found before it asks anything. Counts models, not references.
public struct ResolutionOverview: Sendable, Hashable {
  /// The workflow, as the manifest names it.
  public var workflowName: String
  /// Settled by the manifest: on this machine, to be downloaded or optional.
  public var decidedEarlier = 0
  /// Found on this machine in this run.
  public var found = 0
  /// To be downloaded from the workflow's own URL.
  public var downloadable = 0
  /// To be downloaded from a source that this run found.
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
  /// The value under which the loader lists the file that is meant; `nil` if it does not list it.
  public var listedValue: String?
  /// The answer that the user gave before coming back to the question. It is already written, and
  /// ``ModelAnswer/keep`` leaves it as it is.
  public var earlierAnswer: ModelAnswer?
  /// Whether the file was picked just now, and only its place is open. ``ModelAnswer/skip`` then
  /// takes nothing back, and ``ModelAnswer/back`` leads to the pick.
  public var isAboutPick = false
  /// Why the last answer could not be carried out, if that is why the question is asked again.
  public var refusal: (any Error)?
  /// Where the file can be downloaded, best first.
  package var proposals: [SourceProposal] = []
  /// Names of known variants of the model: in another precision or another format.
  package var variants: [String] = []
  /// The hash that the workflow gives, if none of the candidates has it.
  public var contradictedHash: GivenHash? {
    guard let hash = references.first.flatMap({ GivenHash($0) }), !match.candidates.isEmpty,
      match.candidates.allSatisfy({ hash.contradicts($0.model) })
    else { return nil }
    return hash
  }
  /// Whether other questions came before the first one: about node types, or about an earlier
  /// workflow in the same run.
  package var followsOthers = false
  /// Whether there is a question before this one to go back to.
  public var hasPrevious: Bool { number > 1 || isAboutPick || followsOthers }
}

/// How a file on this machine is put in place. The raw value is what `--place` takes.
public enum PlacementMethod: String, Sendable, Hashable, CaseIterable {
  /// A hard link. If that is not possible, a copy that shares its blocks, or else a plain copy.
  case link
  /// A copy. It shares its blocks on file systems that can do that.
  case copy
  /// A link or a copy; the file is then removed from its old place.
  case move
  /// The value in the workflow is changed to the one under which the loader lists the file.
  case updateWorkflow = "update-workflow"
}

/// What was decided about a model.
public enum ModelAnswer: Sendable, Hashable {
  /// It is this model on this machine.
  case take(ModelCandidate)
  /// It is to be downloaded. The URL is already cleaned.
  case download(DownloadIntent)
  /// The file that is meant is put where the loader lists it under the value, or the value is
  /// changed to the one under which the loader lists it.
  case place(PlacementMethod)
  /// The bytes that are meant are downloaded, or copied from elsewhere on this machine, and replace
  /// the file in place. Only an answer to ``Match/changed(_:)``.
  case restore
  /// The workflow runs without it.
  case makeOptional
  /// Nothing is decided, and an earlier answer is taken back. The next run asks again.
  case skip
  /// The earlier answer stays.
  case keep
  /// Ask the previous question again.
  case back
  /// Ask nothing more; what was decided is kept.
  case stop

  /// Whether the answer is written to the manifest.
  var isWritten: Bool {
    switch self {
    case .take, .download, .makeOptional, .place: true
    // After `restore`, the manifest already has what is meant.
    case .restore, .skip, .keep, .back, .stop: false
    }
  }
}
