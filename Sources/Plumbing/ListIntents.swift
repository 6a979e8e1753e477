public import ArgumentParser
internal import Core

/// `comfy list-intents`: the pending downloads, in the manifest's order.
public struct ListIntents: Command {
  public static let configuration = CommandConfiguration(
    commandName: "list-intents", abstract: "List the downloads that are still to be made.")

  @OptionGroup var project: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Flag(name: .long, help: "Also those of optional models.") var optional = false

  @Argument(
    help: ArgumentHelp("A workflow of the manifest; all without.", valueName: "workflow"),
    completion: .pendingWorkflow)
  var workflows: [String] = []

  public init() {}

  public var reportsJSON: Bool { records.json }

  public func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .intent)
    let environment = try project.environment(in: context)
    for intent in try environment.pendingIntents(of: workflows, includingOptional: optional) {
      writer.write(.intent(intent))
    }
    return .done
  }
}
