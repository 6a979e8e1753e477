internal import ArgumentParser
internal import Core
internal import Plumbing
internal import SystemPackage

/// `comfy resolve`: every decision first, then one batch of downloads.
struct Resolve: Command {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Resolve a workflow's models, and download what is missing.")

  @OptionGroup var project: ProjectOptions
  @OptionGroup var network: NetworkOptions

  @Flag(name: [.customShort("y"), .long], help: "Ask nothing: leave open what is not certain.")
  var yes = false
  @Flag(name: .long, help: "Ask even where there is no terminal; answers come on standard input.")
  var interactive = false
  @Flag(name: .long, help: "Also nodes that are muted, bypassed or off.") var all = false
  @Flag(name: .long, help: "Stop before the downloads.") var noFetch = false

  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow) var workflow:
    String

  func validate() throws {
    if yes, interactive {
      throw ValidationError("--yes asks nothing and --interactive asks: give one of them")
    }
  }

  func run(in context: Context) throws -> ExitStatus {
    let environment = project.environment(in: context, flags: network.flags)
    guard let source = try environment.workflowSources([workflow]).first else { return .done }
    var options = ResolutionOptions()
    options.includesInactive = all
    options.fetches = !noFetch
    let display = context.makeFetchDisplay()
    let result = try environment.resolveWorkflow(
      source, modelStrategy: try strategy(context, environment), options: options,
      cancellation: context.cancellation, events: display.show)
    display.finish()
    context.say(result.recordings + (result.fetch?.recordings ?? []))
    ResolutionSummary(result).tell(context)
    if context.cancellation.isRequested() { return .interrupted }
    return result.isComplete && !result.stoppedEarly ? .done : .remains
  }

  /// Who is asked: nobody with `--yes`, or where nobody could answer.
  private func strategy(
    _ context: Context, _ environment: Environment
  ) throws -> (any ModelResolutionStrategy)? {
    let mayAsk = TerminalCapabilities.mayAsk(
      input: context.input, output: .standardError, variables: context.surroundings.variables)
    guard !yes, interactive || mayAsk else { return nil }
    return InteractiveStrategy(
      input: context.input, output: TerminalOutput(variables: context.surroundings.variables),
      search: ModelSearch(try environment.openIndex(for: .write)),
      root: try? environment.modelRoots().first)
  }
}
