internal import ArgumentParser
internal import Plumbing

/// What a shell reads to complete command lines: `--generate-completion-script SHELL`.
struct CompletionScript {
  /// The script.
  let text: String

  private static let option = "--generate-completion-script"

  /// The script for a shell; `nil` for an unknown one.
  init?(for shell: String) { self.init([Self.option, shell]) }

  /// The script that a command line asks for; `nil` when it asks for none, or for an unknown shell.
  init?(_ words: [String]) {
    guard words.first == Self.option else { return nil }
    do {
      _ = try CompletionRoot.parseAsRoot(words)
      return nil
    } catch {
      guard CompletionRoot.exitCode(for: error) == .success else { return nil }
      var script = ShellScript(CompletionRoot.fullMessage(for: error))
      // The parser adds a command `help` of its own behind ours, which would take its place.
      script.remove(linesWith: "Show subcommand help information.")
      script.removeRepetitions(ofFunction: "_\(Program.name)_help")
      switch words.dropFirst().first {
      case "bash": Self.takingWordsWhole(&script, program: Program.name)
      // The words as typed have their quotes still, and those behind the cursor do not matter.
      case "zsh":
        script.replace(
          line: #"local -ar command_line=("${words[@]}")"#,
          by: #"    local -ar command_line=("${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}")"#)
        script.takeValuesBehindEqualSigns()
      default: break
      }
      text = script.text
    }
  }
}

/// The program as completion scripts know it: with what the launcher answers before the parser does.
private struct CompletionRoot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Program.name, abstract: RootCommand.configuration.abstract,
    version: Version.line, subcommands: CommandTable.all + [HelpTopic.self])

  @Option(
    name: [.customShort("C")], parsing: .singleValue,
    help: ArgumentHelp("Run as if started in DIR.", valueName: "dir"), completion: .directory)
  var directory: [String] = []
}

/// `help TOPIC`, which `HelpRequest` answers.
private struct HelpTopic: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Show the help of a command, or a page of the manual.")

  @Argument(
    help: ArgumentHelp("A command or a page.", valueName: "topic"),
    completion: .list(CommandTable.all.map { $0._commandName } + EmbeddedManual.topics))
  var topic: String?
}
