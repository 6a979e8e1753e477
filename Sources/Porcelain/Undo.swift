internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// `comfy undo`: takes the last decisions back, commits.
struct Undo: Command {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take the last decisions back.",
    usage: """
      undo [<options>] [<count>]
      undo [<options>] --commit <revision>
      """)

  @OptionGroup var options: ProjectOptions

  @Flag(name: .long, help: "Write one JSON object per decision taken back.") var json = false

  @Option(
    name: .long,
    help: ArgumentHelp("Take this decision back; an undo is undone.", valueName: "revision"))
  var commit: String?

  @Argument(help: "How many decisions (default 1).") var count: Int?

  var reportsJSON: Bool { json }

  func validate() throws {
    guard count == nil || commit == nil else {
      throw ValidationError("a count and --commit exclude each other")
    }
    guard count ?? 1 >= 1 else { throw ValidationError("the count is at least 1") }
  }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let undoing = try project.undo(commit.map { .revision($0) } ?? .last(count ?? 1))
    for logged in undoing.decisions {
      if json {
        context.output.write(line: Record.decision(logged).json)
      } else {
        let plain = LoggedDecision(logged.decision, changes: logged.changes, undoneBy: nil)
        for (number, line) in DecisionText.lines(plain).enumerated() {
          context.output.write(line: SafeText.escaped((number == 0 ? "took back " : "") + line))
        }
      }
    }
    context.say(undoing.recording)
    return .done
  }
}
