internal import ComfyCore
internal import Plumbing

/// One run of `resolve` over workflows: each is resolved, and what came of it is shown.
struct ResolveRun {
  let project: Project
  let context: Context
  let talk: TerminalOutput
  let strategy: InteractiveStrategy?
  let options: ResolutionOptions
  let json: Bool

  /// Resolves each workflow in turn, until the user stops. One that cannot be read is reported and
  /// left out.
  ///
  /// - Parameter arguments: As the user gave them.
  /// - Throws: The failure itself when it is the only workflow.
  func resolve(_ candidates: [SourceCandidate], named arguments: [String]) throws -> ExitStatus {
    var results: [ExitStatus] = []
    var resolved: [String] = []
    var isStopped = false
    var unreadable = 0
    for candidate in candidates {
      do {
        if let error = candidate.listingError {
          throw UnreadableWorkflow(shown: candidate.source.shown, reason: .file(error))
        }
        let (status, goesOn) = try resolve(candidate.source)
        results.append(status)
        resolved.append(candidate.source.name)
        guard goesOn else {
          isStopped = true
          break
        }
      } catch let error as UnreadableWorkflow {
        if !candidate.isNamed, error.reason.isAbsence { continue }
        guard candidates.count > 1 else { throw error }
        context.report(error.failure, prefix: "error", json: json)
        unreadable += 1
      }
    }
    if results.isEmpty, unreadable == 0 { throw Failure.noWorkflows(in: arguments) }
    if results.isEmpty { return .fatal }
    if !json, !options.isDryRun, !isStopped {
      try PortabilityNotes(of: resolved, in: project).tell(context)
    }
    if results.contains(.interrupted) { return .interrupted }
    return unreadable > 0 || results.contains(.remains) ? .remains : .done
  }

  private func resolve(_ source: WorkflowSource) throws -> (status: ExitStatus, goesOn: Bool) {
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
    for issue in result.scanIssues { context.warn(Failure(issue)) }
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
      ResolutionSummary(result, of: source, isDryRun: options.isDryRun).tell(context)
    }
    report.tellActions(context)
    if let obstacle = result.obstacle { throw obstacle }
    if context.cancellation.isRequested() { return (.interrupted, false) }
    let isDone = result.isComplete && !result.stoppedEarly
    return (isDone ? .done : .remains, !result.stoppedEarly)
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
