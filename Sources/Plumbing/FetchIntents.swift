public import ArgumentParser
internal import Core

/// `comfy fetch-intents`: downloads pending intents as one batch.
public struct FetchIntents: Command {
  public static let configuration = CommandConfiguration(
    commandName: "fetch-intents", abstract: "Download the pending intents as one batch.",
    discussion: "Each file that lands is verified, indexed, written to the manifest, committed.")

  @OptionGroup var project: ProjectOptions
  @OptionGroup var network: NetworkOptions

  @Flag(name: .long, help: "Write events, one JSON object per line.") var json = false
  @Flag(name: .long, help: "Also the intents of optional models.") var optional = false
  @Flag(name: .long, help: "Replace another file that stands at a target.") var replace = false
  @Flag(name: .long, help: "Take intent records from standard input; fetch only those.")
  var stdin = false

  @Argument(
    help: ArgumentHelp("Workflows of the manifest; all without.", valueName: "workflow"),
    completion: .pendingWorkflow)
  var workflows: [String] = []

  public init() {}

  public var reportsJSON: Bool { json }

  public func run(in context: Context) throws -> ExitStatus {
    let environment = project.environment(in: context, flags: network.flags)
    var selection = FetchSelection()
    selection.workflows = workflows
    selection.includesOptional = optional
    selection.replaces = replace
    if stdin {
      let named = try readNames(from: context)
      guard !named.isEmpty else { return .done }
      selection.workflows = named.map(\.workflow)
      selection.filenames = Set(named.map(\.filename))
    }
    let display = json ? EventRecords(stream: context.output) : context.makeFetchDisplay()
    let report = try environment.fetchIntents(
      selection, cancellation: context.cancellation, events: display.show)
    display.finish()
    guard let report else { return .done }
    context.say(report.recordings)
    if report.wasCancelled { throw Failure.interrupted }
    if !json { context.tellFailures(of: report) }
    return report.failed.isEmpty ? .done : .remains
  }

  /// The entries that intent records name.
  private func readNames(
    from context: Context
  ) throws -> [(workflow: String, filename: String)] {
    var reader = RecordReader(context, nul: false)
    var names: [(workflow: String, filename: String)] = []
    while let record = try reader.next() {
      names.append((try record.required("workflow"), try record.required("filename")))
    }
    return names
  }
}
