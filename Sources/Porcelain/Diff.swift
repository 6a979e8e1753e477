internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// `comfy diff`: what changed between two states of the manifest, in models.
struct Diff: Command {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what changed between two states, in models.",
    usage: "diff [<options>] [<revision> [<revision>]]")

  @OptionGroup var options: ProjectOptions

  @Flag(name: .long, help: "Write one JSON object per changed model.") var json = false

  @Argument(help: ArgumentHelp("The state before (default HEAD).", valueName: "revision")) var old:
    String?
  @Argument(
    help: ArgumentHelp("The state after (default the file as it is).", valueName: "revision"))
  var new: String?

  var reportsJSON: Bool { json }

  func run(in context: Context) throws -> ExitStatus {
    for change in try options.project(in: context).changes(from: old, to: new) {
      let line =
        json
        ? Record.change(change).json
        : SafeText.escaped(ChangeText.line(change, showsWorkflow: true))
      context.output.write(line: line)
    }
    return .done
  }
}
