internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// A wish for help: `comfy help CMD`, `comfy CMD --help`, `comfy CMD -h`.
struct HelpRequest {
  /// What help is wanted about.
  enum Subject: Equatable {
    /// The list of the commands.
    case commands
    /// The program's own page.
    case program
    /// A command, or the topic of a manual page: `tutorial`, `manifest`.
    case topic(String)
  }

  let subject: Subject
  /// Whether a manual page is wanted: `--help` and `help`, not `-h`.
  let wantsManual: Bool

  /// The wish that a command line holds; `nil` when it holds none.
  ///
  /// - Parameter words: Without the program's name; the first is a command of ours or a flag.
  init?(_ words: [String]) {
    let options = words.prefix { $0 != "--" }
    guard let first = words.first, words != ["--"] else {
      (subject, wantsManual) = (.commands, false)
      return
    }
    if first == "help" {
      subject = words.dropFirst().first { !$0.hasPrefix("-") }.map(Self.subject) ?? .commands
      wantsManual = !options.contains("-h")
    } else if first == "-h" || first == "--help" {
      (subject, wantsManual) = (.commands, first == "--help")
    } else if CommandTable.knows(first), let flag = options.first(where: Self.flags.contains) {
      (subject, wantsManual) = (.topic(first), flag == "--help")
    } else {
      return nil
    }
  }

  /// What a word means. Pages may be named as `man` names them: `comfy-resolve`.
  private static func subject(_ word: String) -> Subject {
    for name in [Program.name, "comfy"] {
      if word == name { return .program }
      if word.hasPrefix(name + "-") { return .topic(String(word.dropFirst(name.count + 1))) }
    }
    return .topic(word)
  }

  private static let flags: Set<String> = ["-h", "--help"]

  /// Shows the manual page: to somebody at a terminal by `man`, where that and the page are
  /// installed; else the copy inside the program as plain text. Writes the short help where no page
  /// is wanted.
  ///
  /// - Parameter json: Whether a program reads the failure.
  func answer(in context: Context, json: Bool) -> ExitStatus {
    let columns = max(20, min(context.environment["COLUMNS"].flatMap { Int($0) } ?? 80, 100))
    if wantsManual, TerminalDevice.isTerminal(.standardOutput) { openManual(in: context) }
    guard let text = text(columns: columns) else {
      let failure = unknown
      context.report(failure, prefix: "error", json: json)
      return failure.status
    }
    context.output.write(line: text)
    return .done
  }

  /// - Returns: `nil` when there is no such page.
  private func text(columns: Int) -> String? {
    switch subject {
    case .commands: return RootUsage.text(columns: columns)
    case .program: return EmbeddedManual.text(about: nil, columns: columns)
    case .topic("help") where !wantsManual: return RootUsage.text(columns: columns)
    case .topic(let topic):
      if !wantsManual, let command = CommandTable.command(named: topic) {
        return CommandUsage(command).text(columns: columns)
      }
      return EmbeddedManual.text(about: topic, columns: columns)
    }
  }

  private var topic: String? { if case .topic(let topic) = subject { topic } else { nil } }

  private var unknown: Failure {
    let topic = topic ?? ""
    let nearest = EditDistance.nearest(to: topic, among: EmbeddedManual.subjects)
    return Failure(
      "usage.topic", "there is no command or manual page '\(topic)'",
      hint: Failure.mostSimilar("page", is: nearest) ?? "see '\(Program.name) help'",
      status: .usage)
  }

  /// Becomes `man`; returns where it or the page is not installed.
  private func openManual(in context: Context) {
    guard let executable = context.environment.executable,
      let page = ManualPages(beside: executable)?.page(about: topic),
      let man = context.environment.program(named: "man")
    else { return }
    context.output.flush()
    Process.replace(with: man, arguments: [page.string])
  }
}
