internal import ArgumentParser
internal import Plumbing

/// Every command, in the order of the help text.
enum CommandTable {
  /// The commands people type.
  static let porcelain: [any Command.Type] = [
    Init.self, Resolve.self, Status.self, Sync.self, Fsck.self, Search.self, Show.self,
    Prune.self, Log.self, Undo.self, Diff.self, Push.self, Completion.self, ShowVersion.self,
  ]

  /// The commands scripts are made of.
  static let plumbing: [any Command.Type] = [
    ListRefs.self, MatchRefs.self, ListIntents.self, AddIntent.self, FetchIntents.self,
    SetHash.self, SetCriticality.self, SetWidget.self, AddSource.self, DropSource.self,
    DropModel.self, DropWorkflow.self, HashModel.self, UpdateIndex.self, ListModels.self,
    SuggestPath.self, PlaceModel.self, FindSources.self, UpdateCatalog.self, EmbedModels.self,
    ListNodes.self, MatchNodes.self, SetNode.self, DropNode.self, AddModel.self, PushModels.self,
  ]

  /// Every command.
  static let all = porcelain + plumbing

  private static let names = all.map { $0._commandName } + ["help"]

  /// Whether `name` is a command of ours.
  static func knows(_ name: String) -> Bool { names.contains(name) }

  /// The command of that name; `nil` for `help`, which is no type of its own.
  static func command(named name: String) -> (any Command.Type)? {
    all.first { $0._commandName == name }
  }

  /// Whether it is one of the commands for people.
  static func isPorcelain(_ command: any ParsableCommand.Type) -> Bool {
    porcelain.contains { $0 == command }
  }

  /// Whether the command of that name is run to change the manifest.
  static func changesManifest(_ name: String) -> Bool {
    command(named: name)?.changesManifest ?? false
  }

  /// What is told about a name that is no command.
  static func unknown(_ name: String) -> Failure {
    Failure(
      "usage.command", "'\(name)' is not a \(Program.name) command",
      hint: Failure.mostSimilar("command", is: nearest(to: name))
        ?? "see '\(Program.name) --help'",
      status: .usage)
  }

  /// What is told about a workflow file where a command belongs.
  static func workflow(_ path: String) -> Failure {
    Failure(
      "usage.command", "'\(path)' is a workflow, not a command",
      hint: ShellText.command("resolve \(ShellText.quoted(path))"), status: .usage)
  }

  /// The command that `name` was most likely meant to be; `nil` when none is near.
  static func nearest(to name: String) -> String? {
    EditDistance.nearest(to: name, among: names)
  }
}

/// `comfy` without a command: help, version, completion scripts.
struct RootCommand: ParsableCommand {
  // Made once, after the launcher has set the program's name: the parser asks for it often.
  static let configuration = CommandConfiguration(
    commandName: Program.name,
    abstract: "Turn ComfyUI workflows into a reproducible record and the files on disk.",
    version: Version.line, subcommands: CommandTable.all)
}
