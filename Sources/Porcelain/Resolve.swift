internal import ArgumentParser
internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// `comfy resolve`: every decision first, then one batch of downloads.
struct Resolve: Command {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Resolve a workflow's models, and download what is missing.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var network: NetworkOptions

  @Flag(name: [.customShort("y"), .long], help: "Ask nothing: leave open what is not certain.")
  var yes = false
  @Flag(name: .long, help: "Ask even where there is no terminal; answers come on standard input.")
  var interactive = false
  @Flag(name: .long, help: "Also nodes that are muted, bypassed or off.") var all = false
  @Flag(name: .long, help: "Stop before the downloads.") var noFetch = false
  @Flag(name: .long, help: "Write where models were found into the workflow file.")
  var updateWorkflow = false
  @Flag(name: .long, help: "Write events and records, one JSON object per line.") var json = false

  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow) var workflow:
    String

  var reportsJSON: Bool { json }

  func validate() throws {
    if json, interactive {
      throw ValidationError("--json and --interactive exclude each other")
    }
    if yes, interactive {
      throw ValidationError("--yes asks nothing and --interactive asks: give one of them")
    }
  }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context, flags: network.flags)
    guard let source = try project.workflowSources([workflow]).first else { return .done }
    var options = ResolutionOptions()
    options.includesInactive = all
    options.fetches = !noFetch
    let talk = TerminalOutput(variables: context.environment.variables)
    let strategy = try strategy(context, project, talk)
    // People add files meanwhile; scripts scan when they want to.
    options.scans = strategy != nil
    let progress = ResolutionProgress(talk)
    let display = json ? EventRecords(stream: context.output) : context.makeFetchDisplay()
    let result: ResolutionResult
    do {
      defer {
        progress.finish()
        display.finish()
      }
      result = try project.resolveWorkflow(
        source, modelStrategy: strategy, options: options,
        cancellation: context.cancellation, progress: progress.show, events: display.show)
    }
    for issue in result.scanIssues { context.warn(Failure(issue)) }
    context.say(result.recordings + (result.fetch?.recordings ?? []))
    if updateWorkflow { try update(source, with: result, project, context) }
    let report = ResolutionReport(result, source: source)
    if json {
      report.writeRecords(to: context.output)
    } else {
      ResolutionSummary(result).tell(context)
    }
    report.tellActions(context)
    if let obstacle = result.obstacle { throw obstacle }
    if context.cancellation.isRequested() { return .interrupted }
    return result.isComplete && !result.stoppedEarly ? .done : .remains
  }

  /// Gives the loaders the paths at which their models were found, in one write and one commit. A
  /// value that cannot be changed in place is told of and left.
  private func update(
    _ source: WorkflowSource, with result: ResolutionResult, _ project: Project,
    _ context: Context
  ) throws {
    var changes = result.widgetChanges
    while !changes.isEmpty {
      do {
        let update = try project.setWidgets(changes, in: source)
        if let recording = update.recording { context.say(recording) }
        for change in update.changes {
          context.say("\(source.shown): '\(change.reference.widgetValue)' is now '\(change.value)'")
        }
        return
      } catch let error as WidgetUpdateError {
        context.warn(Failure(error))
        // The others are still wanted.
        guard case .edit(_, let reference, _) = error else { return }
        changes.removeAll { $0.reference == reference }
      }
    }
  }

  /// Who is asked: nobody with `--yes`, or where nobody could answer.
  private func strategy(
    _ context: Context, _ project: Project, _ talk: TerminalOutput
  ) throws -> (any ModelResolutionStrategy)? {
    let mayAsk = TerminalCapabilities.mayAsk(
      input: context.input, output: talk.descriptor, variables: context.environment.variables)
    guard !yes, !json, interactive || mayAsk else { return nil }
    return InteractiveStrategy(
      input: context.input, output: talk,
      search: ModelSearch(try project.openIndex(for: .write)),
      downloads: DownloadFacts(project, cancellation: context.cancellation))
  }
}
