internal import ComfyCore
internal import Plumbing

/// One run of `resolve` over workflows: each is resolved, and what came of it is shown.
struct ResolveRun {
  let project: Project
  let context: Context
  let talk: TerminalOutput
  let strategy: InteractiveStrategy?
  let options: ResolutionOptions
  /// The options as the user wrote them.
  let words: [String]
  let json: Bool

  /// Resolves each workflow in turn, until the user stops. One that cannot be read is reported and
  /// left out.
  ///
  /// - Parameter arguments: As the user gave them.
  /// - Throws: The failure itself when it is the only workflow.
  func resolve(_ candidates: [SourceCandidate], named arguments: [String]) throws -> ExitStatus {
    var results: [Int: ExitStatus] = [:]
    var asked: [Int: AskedQuestions] = [:]
    var returning: AskedQuestions?
    var unreadable: Set<Int> = []
    var isStopped = false
    var place = 0
    while place < candidates.count, !isStopped {
      let candidate = candidates[place]
      do {
        if let error = candidate.listingError {
          throw UnreadableWorkflow(shown: candidate.source.shown, reason: .file(error))
        }
        let previous = asked.keys.filter { $0 < place }.max()
        var options = options
        options.returning = returning
        options.followsOthers = previous != nil
        returning = nil
        let command = continuing(candidate, among: candidates, arguments)
        let end = try resolve(candidate.source, options, continuing: command)
        asked[place] = end.questions.isEmpty ? nil : end.questions
        if end.wentBack, let previous {
          returning = asked[previous]
          place = previous
          continue
        }
        results[place] = end.status
        isStopped = !end.goesOn
      } catch let error as UnreadableWorkflow {
        if candidate.isNamed || !error.reason.isAbsence {
          guard candidates.count > 1 else { throw error }
          context.report(error.failure, prefix: "error", json: json)
          unreadable.insert(place)
        }
      }
      place += 1
    }
    if results.isEmpty, unreadable.isEmpty { throw Failure.noWorkflows(in: arguments) }
    if results.isEmpty { return .fatal }
    if !json, !options.isDryRun, !isStopped {
      let resolved = results.keys.sorted().map { candidates[$0].source.name }
      try PortabilityNotes(of: resolved, in: project).tell(context)
    }
    if results.values.contains(.interrupted) { return .interrupted }
    return !unreadable.isEmpty || results.values.contains(.remains) ? .remains : .done
  }

  /// The command that continues where this run ends, for all of its workflows.
  private func continuing(
    _ candidate: SourceCandidate, among candidates: [SourceCandidate], _ arguments: [String]
  ) -> String {
    let only = candidate.source.file == nil ? "-" : candidate.source.name
    let named = candidates.count == 1 ? [only] : arguments
    return ShellText.command(["resolve"] + words, on: named)
  }

  /// How the work on one workflow ended.
  private struct End {
    let status: ExitStatus
    /// Whether the next workflow follows.
    let goesOn: Bool
    /// Whether the user went back to the workflow before.
    let wentBack: Bool
    let questions: AskedQuestions
  }

  private func resolve(
    _ source: WorkflowSource, _ options: ResolutionOptions, continuing command: String
  ) throws -> End {
    let progress = ResolutionProgress(talk)
    let display = json ? EventRecords(stream: context.output) : context.makeFetchDisplay()
    let result: ResolutionResult
    do {
      defer {
        progress.finish()
        display.finish()
      }
      result = try project.resolveWorkflow(
        source, nodeStrategy: strategy, modelStrategy: strategy, options: options,
        cancellation: context.cancellation, progress: progress.show, events: display.show)
    }
    if result.wentBack, !result.stoppedEarly, !context.cancellation.isRequested() {
      context.say(result.recordings)
      return End(status: .remains, goesOn: true, wentBack: true, questions: result.questions)
    }
    let accepting = command.replacing(
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
    } else {
      ResolutionSummary(
        result, of: source, isDryRun: options.isDryRun, words: words, continuing: command
      ).tell(context)
    }
    report.tellActions(context)
    if let obstacle = result.obstacle { throw obstacle }
    let isStopped = result.stoppedEarly || context.cancellation.isRequested()
    var status = result.isComplete && !isStopped ? ExitStatus.done : .remains
    if context.cancellation.isRequested() { status = .interrupted }
    return End(
      status: status, goesOn: !isStopped, wentBack: false, questions: result.questions)
  }
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
