internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// A wish for help: `comfy help CMD`, `comfy CMD --help`, `comfy CMD -h`.
struct HelpRequest {
  /// A command, or the topic of a manual page (`tutorial`, `manifest`); `nil` for all of it.
  let topic: String?
  /// Whether a manual page is wanted: `--help` and `help`, not `-h`.
  let wantsManual: Bool

  /// The wish that a command line holds; `nil` when it holds none.
  ///
  /// - Parameter words: Without the program's name; the first is a command of ours or a flag.
  init?(_ words: [String]) {
    let options = words.prefix { $0 != "--" }
    guard let first = words.first, words != ["--"] else {
      (topic, wantsManual) = (nil, false)
      return
    }
    if first == "help" {
      topic = words.dropFirst().first { !$0.hasPrefix("-") }
      wantsManual = !options.contains("-h")
    } else if first == "-h" || first == "--help" {
      (topic, wantsManual) = (nil, first == "--help")
    } else if CommandTable.knows(first), let flag = options.first(where: Self.flags.contains) {
      (topic, wantsManual) = (first, flag == "--help")
    } else {
      return nil
    }
  }

  private static let flags: Set<String> = ["-h", "--help"]

  /// Shows the manual page to somebody at a terminal, by `man` where that and the page are installed.
  /// Elsewhere, writes the short help of a command, or the page of a topic.
  func answer(in context: Context) -> ExitStatus {
    let isPage = wantsManual && TerminalDevice.isTerminal(.standardOutput)
    if isPage { openManual(in: context) }
    let columns = min(context.environment["COLUMNS"].flatMap { Int($0) } ?? 80, 100)
    guard let topic, topic != "help" else {
      context.output.write(line: RootUsage.text(columns: columns))
      return .done
    }
    let command = CommandTable.command(named: topic)
    if let command, !isPage {
      context.output.write(line: CommandUsage(command).text(columns: columns))
    } else if let page = EmbeddedManual.text(about: topic, columns: columns) {
      context.output.write(line: page)
    } else {
      let failure = CommandTable.unknown(topic)
      context.report(failure, prefix: "error", json: false)
      return failure.status
    }
    return .done
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
