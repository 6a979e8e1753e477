internal import ArgumentParser

/// `comfy help` as the parser sees it, for completions: ``HelpRequest`` answers it.
struct HelpTopic: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Show the help of a command, or a page of the manual.")

  /// The pages of the manual that are about no single command.
  static let pages = ["cli", "index", "loaders", "manifest", "records", "tutorial"]

  @Argument(
    help: ArgumentHelp("A command or a page.", valueName: "topic"),
    completion: .list(CommandTable.all.map { $0._commandName } + pages))
  var topic: String?
}
