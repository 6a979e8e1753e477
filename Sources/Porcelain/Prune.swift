internal import ArgumentParser
internal import Core
internal import Plumbing
internal import SystemPackage

/// `comfy prune`: takes out what is known of files that are gone and models that nothing uses.
struct Prune: Command {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Forget files that are gone and models that nothing uses.",
    discussion: "Takes rows out of the index and the manifest; never touches a model file.")

  @OptionGroup var project: ProjectOptions

  @Flag(name: [.customShort("n"), .long], help: "Say what would be forgotten, and stop.")
  var dryRun = false
  @Flag(name: .long, help: "Write one JSON object for each row.") var json = false

  var reportsJSON: Bool { json }

  func run(in context: Context) throws -> ExitStatus {
    let environment = try project.environment(in: context)
    let plan = try context.showing("Looking") { _ in
      try environment.planPrune(cancellation: context.cancellation)
    }
    if !dryRun, let recording = try environment.prune(plan) { context.say(recording) }
    for record in records(of: plan) {
      context.output.write(line: json ? record.json : line(of: record))
    }
    for root in plan.absentRoots {
      context.warn(
        Failure(
          "scan.missing-root", "'\(root.path)' is missing or empty; what is known below it is kept",
          hint: "mount it, or forget it with \(Program.name) update-index --accept-missing"))
    }
    if !json, plan.isEmpty { context.say("nothing to forget") }
    return .done
  }

  private static let kind = RecordKind(
    type: "pruned", fields: ["from", "hash", "filename", "path"],
    columns: ["from", "hash", "path"])

  private func records(of plan: PrunePlan) -> [Record] {
    plan.locations.map {
      Record(
        Self.kind,
        [
          ("from", .text("index")), ("filename", .text($0.relativePath.filename)),
          ("path", .text($0.path.string)),
        ])
    }
      + plan.models.map {
        Record(
          Self.kind,
          [
            ("from", .text("manifest")), ("hash", .text($0.hash.hex)),
            ("filename", .text($0.filename)),
          ])
      }
  }

  private func line(of record: Record) -> String {
    let subject: String =
      if case .text(let path) = record["path"] {
        "file gone: \(path)"
      } else if case .text(let name) = record["filename"] {
        "used by no workflow: \(name)"
      } else {
        ""
      }
    return SafeText.escaped((dryRun ? "would forget, " : "forgot, ") + subject)
  }
}
