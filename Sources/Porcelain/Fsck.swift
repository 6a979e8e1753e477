internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// `comfy fsck`: whether manifest, workflows, index, files and git agree.
struct Fsck: Command {
  static let configuration = CommandConfiguration(
    commandName: "fsck", abstract: "Check that manifest, index, files and git agree.",
    discussion: "Each fault is shown with the command that corrects it; nothing is changed.")

  @OptionGroup var options: ProjectOptions

  @Flag(name: .long, help: "Read every recorded file in full and compare its hash.")
  var full = false
  @Flag(name: .long, help: "Report also what another machine could not get.")
  var portable = false
  @Flag(name: .long, help: "Look at the stores, and at nothing else.") var store = false
  @Flag(name: .long, help: "Write one JSON object per fault.") var json = false

  var reportsJSON: Bool { json }

  func validate() throws {
    guard !store || !portable else {
      throw ValidationError("--store and --portable exclude each other")
    }
  }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    if store { return try checkStores(of: project, context) }
    var options = CheckOptions()
    options.isFull = full
    var faults = try context.showing("Checking") { progress in
      try project.check(
        options, cancellation: context.cancellation, progress: progress.show)
    }
    let gaps = try project.portabilityFaults(acceptingPrivateSources: !portable)
    if portable { faults += gaps }
    tell(faults.map(\.failure), context)
    if !json {
      if !portable {
        for gap in gaps { context.say("note: \(gap.failure.placedMessage)") }
        if !gaps.isEmpty {
          context.say(
            "hint: \(ShellText.commandInSentence("fsck --portable")) shows how to fix this")
        }
      }
      context.say(
        faults.isEmpty
          ? "no fault found" : Quantity.count(faults.count, "fault", "faults"))
    }
    return faults.isEmpty ? .done : .remains
  }

  private func checkStores(of project: Project, _ context: Context) throws -> ExitStatus {
    let faults = try context.showing("Checking") { progress in
      try project.storeFaults(isFull: full, cancellation: context.cancellation) {
        progress.update(files: $0, of: $1, bytes: $3 > 0 ? $3 : nil, current: $2)
      }
    }
    tell(faults.map(\.failure), context)
    if !json {
      context.say(
        faults.isEmpty ? "no fault found" : Quantity.count(faults.count, "fault", "faults"))
    }
    return faults.isEmpty ? .done : .remains
  }

  private func tell(_ failures: [Failure], _ context: Context) {
    let actions = GitHubActions(context)
    for failure in failures {
      context.output.write(line: json ? Record(fault: failure).json : failure.faultLine)
      actions?.annotate(failure)
    }
  }
}

extension Failure {
  /// Whether the hint is a command, to be run as it is but for words in capitals.
  fileprivate var hintIsCommand: Bool {
    guard let word = hint?.prefix(while: { $0 != " " }) else { return false }
    return ["git", "mv", "rm", "cp", "mkdir", "chmod", "sudo", Program.name[...]].contains(word)
  }

  /// `model.gone: checkpoints/a.ckpt: …`, and below it the command that mends it, or a hint.
  fileprivate var faultLine: String {
    let line = SafeText.escaped("\(code): \(placedMessage)")
    guard let hint else { return line }
    return "\(line)\n  \(hintIsCommand ? "mend" : "hint"): \(SafeText.escaped(hint))"
  }
}

extension Record {
  private static let faultKind = RecordKind(
    type: "fault", fields: ["code", "message", "path", "line", "mend", "hint"],
    columns: ["code", "path", "mend", "message"])

  /// A fault, with the command that mends it, or with a hint where no command alone does.
  init(fault failure: Failure) {
    self.init(
      Self.faultKind,
      [
        ("code", .text(failure.code)), ("message", .text(failure.message)),
        ("path", failure.path.map { .text($0) }),
        ("line", failure.line.map { .integer(Int64($0)) }),
        ("mend", failure.hintIsCommand ? failure.hint.map { .text($0) } : nil),
        ("hint", failure.hintIsCommand ? nil : failure.hint.map { .text($0) }),
      ])
  }
}
