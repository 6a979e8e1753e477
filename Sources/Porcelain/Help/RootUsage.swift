internal import ArgumentParser
internal import Plumbing

/// The help of the program as a whole.
enum RootUsage {
  /// How the program is called.
  static var synopsis: String {
    "usage: \(Program.name) [-C <dir>] [--version] [-h | --help] <command> [<args>]"
  }

  /// Every command with one line about it.
  static func text(columns: Int) -> String {
    var lines = TextLayout.wrapped(synopsis, columns: columns, indent: 11)
    lines += ["", RootCommand.configuration.abstract]
    let groups = [
      ("for people", CommandTable.porcelain), ("for scripts", CommandTable.plumbing),
    ]
    for (title, commands) in groups {
      lines += ["", title]
      for command in commands {
        lines += TextLayout.entry(
          command._commandName, command.configuration.abstract, columns: columns)
      }
    }
    lines += [
      "",
      "'\(Program.name) help COMMAND' explains one command; '\(Program.name) help tutorial' is an introduction.",
    ].flatMap { TextLayout.wrapped($0, columns: columns) }
    return lines.joined(separator: "\n")
  }
}
