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

  /// Opens the manual page when there is one and somebody to read it; does not return then. Else
  /// writes the short help.
  func answer(in context: Context) -> ExitStatus {
    if wantsManual { openManual(in: context) }
    let columns = min(context.environment["COLUMNS"].flatMap { Int($0) } ?? 80, 100)
    if let command = topic.flatMap({ CommandTable.command(named: $0) }) {
      context.output.write(line: CommandUsage(command).text(columns: columns))
    } else if topic == nil || topic == "help" {
      context.output.write(line: RootUsage.text(columns: columns))
    } else if let topic {
      return refuse(topic, context)
    }
    return .done
  }

  private func openManual(in context: Context) {
    guard TerminalDevice.isTerminal(.standardOutput), let executable = Process.executable(),
      let page = ManualPages(beside: executable)?.page(about: topic)
    else { return }
    context.output.flush()
    Process.replace(with: "man", arguments: [page.string])
  }

  private func refuse(_ topic: String, _ context: Context) -> ExitStatus {
    let isInstalled = Process.executable().flatMap { ManualPages(beside: $0) }?.page(about: topic)
    let failure =
      isInstalled.map {
        Failure(
          "usage.terminal", "the manual page '\($0)' is shown on a terminal only",
          hint: "man \($0)", status: .usage)
      } ?? CommandTable.unknown(topic)
    context.report(failure, prefix: "error", json: false)
    return failure.status
  }
}
