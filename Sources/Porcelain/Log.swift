internal import ArgumentParser
internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// `comfy log`: the decisions that led to the manifest, newest first.
struct Log: Command {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show the decisions that were recorded, newest first.")

  @OptionGroup var options: ProjectOptions

  @Flag(name: .long, help: "Write one JSON object per decision.") var json = false

  @Flag(name: .long, help: "Show what each decision changed, in full.") var long = false

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("Show at most this many.", valueName: "count"))
  var limit: Int?

  @Argument(help: "Only decisions about this workflow.", completion: .recordedWorkflow)
  var workflow: String?

  var reportsJSON: Bool { json }

  func validate() throws {
    guard !json || !long else { throw ValidationError("--json and --long exclude each other") }
    guard limit ?? 1 >= 0 else { throw ValidationError("--limit takes no negative number") }
  }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let name = try workflow.map { try project.workflowName($0) }
    let terminal = TerminalOutput(.standardOutput, variables: context.environment.variables)
    var isEmpty = true
    try project.forEachLoggedDecision(of: name, limit: limit, withChanges: json || long) { logged in
      isEmpty = false
      if json {
        context.output.write(line: Record.decision(logged).json)
      } else if long {
        for line in DecisionText.lines(logged) {
          context.output.write(line: SafeText.escaped(line))
        }
      } else {
        let line = DecisionText.line(logged, columns: terminal.size.columns)
        context.output.write(line: line)
      }
    }
    if isEmpty, let name { context.say(try nothingKnown(about: name, in: project)) }
    return isEmpty ? .remains : .done
  }

  private func nothingKnown(about name: String, in project: Project) throws -> String {
    let known = try project.manifestIfPresent()?.workflows.map(\.name) ?? []
    let nearest =
      known.contains(name) ? nil : Failure.mostSimilar("workflow", to: name, among: known)
    return "no decision is about a workflow '\(name)'"
      + (nearest.map { "; \($0)" } ?? "")
  }
}

extension Project {
  /// The name of the workflow that an argument means, which the manifest need not have any more.
  fileprivate func workflowName(_ argument: String) throws -> String {
    guard argument.contains("/") || argument.hasSuffix(".json") else { return argument }
    return try workflowSources([argument]).first?.name ?? argument
  }
}
