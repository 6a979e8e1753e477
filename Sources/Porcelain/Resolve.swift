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
  @Flag(name: .long, help: "Include nodes that are muted, bypassed or off.") var all = false
  @Flag(
    name: [.customShort("n"), .long], help: "Show what would be done; write and download nothing.")
  var dryRun = false
  @Flag(name: .long, help: "Stop before the downloads.") var noFetch = false
  @Flag(name: .long, help: "Write where models were found into the workflow file.")
  var updateWorkflow = false
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Put files in place that are elsewhere: link, copy, move or update-workflow.",
      valueName: "how"))
  var place: PlacementMethod?
  @Flag(name: .long, help: "Record the file in place if it differs from the recorded one.")
  var repin = false
  @Flag(name: .long, help: "Continue although a model folder is missing or empty.")
  var acceptMissing = false
  @Flag(name: .long, help: "Write events and records, one JSON object per line.") var json = false

  @Argument(
    help: ArgumentHelp(
      "Workflows of the manifest, files or directories; if none is given, all of the project.",
      valueName: "workflow"),
    completion: .workflow)
  var workflows: [String] = []

  var reportsJSON: Bool { json }

  func validate() throws {
    if json, interactive {
      throw ValidationError("--json and --interactive exclude each other")
    }
    if updateWorkflow, let place, place != .updateWorkflow {
      throw ValidationError("--update-workflow and --place \(place.rawValue) exclude each other")
    }
    if yes, interactive {
      throw ValidationError("--yes asks nothing and --interactive asks: give one of them")
    }
    if dryRun, interactive {
      throw ValidationError("--dry-run asks nothing and --interactive asks: give one of them")
    }
  }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context, flags: network.flags)
    let candidates =
      try workflows.isEmpty
      ? project.allSourceCandidates() : project.sourceCandidates(workflows)
    guard candidates.count(where: { $0.source.file == nil }) <= 1 else {
      throw ProjectError.standardInputTwice
    }
    let hasIssues = try context.reportIssues(
      of: project, workflows: candidates.map(\.source.name), json: json)
    let talk = TerminalOutput(variables: context.environment.variables)
    let strategy = try strategy(context, project, talk)
    var run = ResolveRun(
      project: project, context: context, talk: talk, strategy: strategy,
      options: try resolutionOptions(project), words: optionWords, json: json,
      candidates: candidates, arguments: workflows)
    let status = try run.resolve()
    return hasIssues && status == .done ? .remains : status
  }

  /// The options that decide what is done, for a command that does it later.
  private var optionWords: [String] {
    var words: [String] = []
    if all { words.append("--all") }
    if noFetch { words.append("--no-fetch") }
    if updateWorkflow { words.append("--update-workflow") }
    if let place { words += ["--place", place.rawValue] }
    if repin { words.append("--repin") }
    if acceptMissing { words.append("--accept-missing") }
    return words
  }

  private func resolutionOptions(_ project: Project) throws -> ResolutionOptions {
    var options = ResolutionOptions()
    options.includesInactive = all
    options.fetches = !noFetch
    options.isDryRun = dryRun
    options.repins = repin
    options.acceptsMissingRoot = acceptMissing
    options.placement = try placement(project)
    return options
  }

  /// How files are put in place: as an option says, else as `comfy.place` does.
  private func placement(_ project: Project) throws -> PlacementMethod? {
    if updateWorkflow { return .updateWorkflow }
    return try place ?? project.placement()
  }

  /// Who is asked: nobody with `--yes`, or where nobody could answer.
  private func strategy(
    _ context: Context, _ project: Project, _ talk: TerminalOutput
  ) throws -> InteractiveStrategy? {
    let mayAsk = TerminalCapabilities.mayAsk(
      input: context.input, output: talk.descriptor, variables: context.environment.variables)
    guard !yes, !json, !dryRun, interactive || mayAsk else { return nil }
    return InteractiveStrategy(
      input: context.input, output: talk,
      search: ModelSearch(try project.openIndex(for: .write)),
      downloads: DownloadFacts(project, cancellation: context.cancellation))
  }
}
