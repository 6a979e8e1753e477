internal import ComfyCore
internal import Plumbing

/// One run of `resolve` over workflows: first all decisions, then one batch of downloads, then what
/// came of it.
struct ResolveRun {
  private let project: Project
  private let context: Context
  private let strategy: InteractiveStrategy?
  private let options: ResolutionOptions
  /// The options as the user wrote them.
  private let words: [String]
  private let json: Bool
  private let candidates: [SourceCandidate]
  /// The workflows as the user named them.
  private let arguments: [String]
  private let progress: ResolutionProgress
  /// The workflows that were decided about, by their place among the candidates.
  private var decided: [Int: DecidedWorkflow] = [:]
  /// The places of those about which something was asked.
  private var asked: Set<Int> = []
  /// Whether the user ended the questions.
  private var endedQuestions = false
  /// Whether a workflow could not be read.
  private var isAnyUnreadable = false

  init(
    project: Project, context: Context, talk: TerminalOutput, strategy: InteractiveStrategy?,
    options: ResolutionOptions, words: [String], json: Bool, candidates: [SourceCandidate],
    arguments: [String]
  ) {
    self.project = project
    self.context = context
    self.strategy = strategy
    self.options = options
    self.words = words
    self.json = json
    self.candidates = candidates
    self.arguments = arguments
    progress = ResolutionProgress(talk)
  }

  /// Resolves the workflows. One that cannot be read is reported and left out.
  ///
  /// - Throws: The failure itself when it is the only workflow.
  mutating func resolve() throws -> ExitStatus {
    do {
      try decideAndDownload()
    } catch  where !decided.isEmpty {
      // What was decided before is told; the failure matters more than another one here.
      _ = try? tell()
      throw error
    }
    if decided.isEmpty, !isAnyUnreadable { throw Failure.noWorkflows(in: arguments) }
    if decided.isEmpty { return .fatal }
    return try tell()
  }

  private mutating func decideAndDownload() throws {
    if strategy == nil, candidates.count > 1 {
      let recordings = try project.recordTogether { try decide(from: 0) }
      context.say(recordings)
    } else {
      try decide(from: 0)
    }
    while try download(), let place = try goBack(before: candidates.count) {
      try decide(from: place)
    }
  }

  // MARK: Decisions

  /// Decides about the workflows from one on, until the user stops.
  private mutating func decide(from start: Int) throws {
    var place = start
    while place < candidates.count, !isStopped {
      // After a step back, what was settled without a question stays.
      if decided[place] == nil || asked.contains(place) {
        do {
          guard let workflow = try decide(candidates[place], at: place) else {
            place = try goBack(before: place) ?? place
            continue
          }
          keep(workflow, at: place)
        } catch let error as UnreadableWorkflow {
          if candidates[place].isNamed || !error.reason.isAbsence {
            guard candidates.count > 1 else { throw error }
            context.report(error.failure, prefix: "error", json: json)
            isAnyUnreadable = true
          }
        }
      }
      place += 1
    }
  }

  /// - Returns: `nil` if the user went back from the first question.
  private func decide(_ candidate: SourceCandidate, at place: Int) throws -> DecidedWorkflow? {
    if let error = candidate.listingError {
      throw UnreadableWorkflow(shown: candidate.source.shown, reason: .file(error))
    }
    var options = options
    options.followsOthers = asked.contains { $0 < place }
    defer { progress.finish() }
    let workflow = try project.decide(
      candidate.source, nodeStrategy: strategy, modelStrategy: strategy, options: options,
      cancellation: context.cancellation, progress: progress.show)
    guard workflow.wentBack else { return workflow }
    context.say(workflow.recordings)
    return nil
  }

  /// Asks the last question before a workflow again, or the ones before that.
  ///
  /// - Returns: The place of the workflow to continue with; `nil` if nothing was asked before.
  private mutating func goBack(before place: Int) throws -> Int? {
    defer { progress.finish() }
    for place in asked.filter({ $0 < place }).sorted(by: >) {
      guard var workflow = decided[place] else { continue }
      try workflow.askAgain()
      keep(workflow, at: place)
      if !workflow.wentBack { return place + 1 }
    }
    return nil
  }

  private mutating func keep(_ workflow: DecidedWorkflow, at place: Int) {
    decided[place] = workflow
    if workflow.hasQuestions { asked.insert(place) } else { asked.remove(place) }
    endedQuestions = workflow.isStopped
  }

  private var isStopped: Bool { context.cancellation.isRequested() || endedQuestions }

  // MARK: Downloads

  /// Downloads what is pending, unless the user stopped.
  ///
  /// - Returns: Whether the user went back to the questions. Then nothing was downloaded.
  private mutating func download() throws -> Bool {
    guard !options.isDryRun else { return false }
    let display = json ? EventRecords(stream: context.output) : context.makeFetchDisplay()
    defer {
      progress.finish()
      display.finish()
    }
    let places = decided.keys.sorted()
    var batch = ResolutionBatch(
      places.compactMap { decided[$0] }, in: project, cancellation: context.cancellation,
      progress: progress.show, events: display.show)
    let wentBack = try batch.run(asking: strategy, isWanted: !isStopped)
    for (place, workflow) in zip(places, batch.workflows) { decided[place] = workflow }
    return wentBack
  }

  // MARK: Results

  private mutating func tell() throws -> ExitStatus {
    var results: [ResolutionResult] = []
    for place in decided.keys.sorted() {
      guard let result = try decided[place]?.close() else { continue }
      tell(result, of: candidates[place].source)
      results.append(result)
    }
    let isStopped = isStopped || results.contains(where: \.stoppedEarly)
    if !json { tellEnd(results, isStopped: isStopped) }
    if let obstacle = results.lazy.compactMap(\.obstacle).first { throw obstacle }
    if !json, !options.isDryRun, !isStopped {
      try PortabilityNotes(of: results.map(\.workflowName), in: project).tell(context)
    }
    if context.cancellation.isRequested() { return .interrupted }
    let isComplete = !isAnyUnreadable && !isStopped && results.allSatisfy(\.isComplete)
    return isComplete ? .done : .remains
  }

  private func tell(_ result: ResolutionResult, of source: WorkflowSource) {
    let continuing = continuing
    let accepting = continuing.replacing(
      " resolve", with: " resolve --accept-missing", maxReplacements: 1)
    for issue in result.scanIssues { context.warn(issue.failure(acceptedBy: accepting)) }
    context.say(result.recordings + (result.fetch?.recordings ?? []))
    for change in result.widgetChanges {
      context.say("\(source.shown): '\(change.reference.widgetValue)' is now '\(change.value)'")
    }
    for placed in result.placed {
      context.say("'\(placed.path)': \(placed.placement.pastWord) from '\(placed.source)'")
    }
    for error in result.placementFailures { context.warn(Failure(error)) }
    let report = ResolutionReport(result, source: source)
    if json {
      report.writeRecords(to: context.output)
      if result.requiresNodes, result.hasOpenNodes {
        let failure = Failure.openNodeTypes(result.openNodeTypes, of: result.workflowName)
        context.report(failure, prefix: "error", json: true)
      }
    } else {
      ResolutionSummary(result, of: source, isDryRun: options.isDryRun, words: words)
        .tell(context)
    }
    report.tellActions(context)
  }

  /// Tells how to continue a run that ended early.
  private func tellEnd(_ results: [ResolutionResult], isStopped: Bool) {
    let command = ShellText.inSentence(continuing)
    if results.contains(where: \.isObstructed) {
      context.say(
        "nothing was downloaded; what was decided is recorded: run \(command) to continue")
    } else if isStopped {
      let kept = results.contains { $0.decidedNow > 0 } ? "; what was answered is kept" : ""
      context.say("stopped\(kept): run \(command) to continue")
    }
  }

  /// The command that continues where this run ends, for all of its workflows.
  private var continuing: String {
    let named = candidates.count == 1 ? [candidates[0].source.argument] : arguments
    return ShellText.command(["resolve"] + words, on: named)
  }
}

extension WorkflowSource {
  /// What a later command calls the workflow.
  fileprivate var argument: String { file == nil ? "-" : name }
}

extension ResolutionResult {
  /// Whether downloads that are wanted could not begin.
  var isObstructed: Bool { obstacle != nil && pending > 0 }
}

extension PlacementMethod {
  /// What was done with a file.
  fileprivate var pastWord: String {
    switch self {
    case .link: "linked"
    case .copy: "copied"
    case .move: "moved"
    case .updateWorkflow: "named"
    }
  }
}
