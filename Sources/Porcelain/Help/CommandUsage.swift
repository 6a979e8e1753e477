internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// How a command is called, read from its parser: one truth for `-h`, errors and tests.
struct CommandUsage {
  /// An option or argument of the command.
  private struct Argument {
    /// `-y, --yes`, `--path <relative-path>`, `<workflow>`.
    let shown: String
    let about: String
    let isOption: Bool
    /// `--yes`
    let longNames: [String]
    /// `[<workflow>...]`, as in the synopsis.
    let synopsis: String

    init?(_ value: JSONValue) {
      let name = value["valueName"]?.string ?? ""
      guard value["shouldDisplay"]?.bool != false, name != "help", name != "version" else {
        return nil
      }
      let names = value["names"]?.elements.compactMap { Argument.dashed($0) } ?? []
      isOption = !names.isEmpty
      longNames = names.filter { $0.hasPrefix("--") }
      let takesValue = value["kind"]?.string != "flag"
      shown =
        names.joined(separator: ", ") + (takesValue ? (isOption ? " " : "") + "<\(name)>" : "")
      about = value["abstract"]?.string ?? ""
      let repeated = value["isRepeating"]?.bool == true ? "<\(name)>..." : "<\(name)>"
      synopsis = value["isOptional"]?.bool == true ? "[\(repeated)]" : repeated
    }

    private static func dashed(_ value: JSONValue) -> String? {
      guard let name = value["name"]?.string else { return nil }
      return (value["kind"]?.string == "long" ? "--" : "-") + name
    }
  }

  private let type: any ParsableCommand.Type
  private let arguments: [Argument]

  init(_ type: any ParsableCommand.Type) {
    self.type = type
    let dump = try? JSONDocument(parsing: type._dumpHelp()).root
    arguments = dump?["command"]?["arguments"]?.elements.compactMap { Argument($0) } ?? []
  }

  /// `usage: comfy list-refs [<options>] [<workflow>...]`; one line for each form of the call.
  var synopsis: [String] {
    let forms = type.configuration.usage?.split(separator: "\n").map(String.init) ?? [automaticForm]
    return forms.enumerated().map { number, form in
      (number == 0 ? "usage: " : "   or: ") + "\(Program.name) \(form)"
    }
  }

  /// The long names of the options: `--json`.
  var options: [String] { arguments.flatMap(\.longNames) }

  /// The whole short help.
  func text(columns: Int) -> String {
    var lines = synopsis.flatMap { TextLayout.wrapped($0, columns: columns, indent: 11) }
    lines += ["", type.configuration.abstract]
    if !type.configuration.discussion.isEmpty {
      lines += [""]
      lines += TextLayout.wrapped(type.configuration.discussion, columns: columns)
    }
    for part in [arguments.filter { !$0.isOption }, arguments.filter(\.isOption)]
    where !part.isEmpty {
      lines.append("")
      for argument in part {
        lines += TextLayout.entry(argument.shown, argument.about, columns: columns)
      }
    }
    return lines.joined(separator: "\n")
  }

  private var automaticForm: String {
    let places = arguments.filter { !$0.isOption }.map(\.synopsis)
    let options = arguments.contains(where: \.isOption) ? ["[<options>]"] : []
    return ([type._commandName] + options + places).joined(separator: " ")
  }
}
