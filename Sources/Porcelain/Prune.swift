internal import ArgumentParser
internal import Core
internal import Plumbing
internal import SystemPackage

/// `comfy prune`: takes out what is known of files that are gone and models that nothing uses; of
/// files, deletes those that are named.
struct Prune: Command {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Forget what is gone or unused; delete named model files.",
    usage: """
      prune [<options>]
      prune [<options>] [--force] <model>...
      prune [<options>] --partials
      """,
    discussion: "Without words it takes rows out of the index and the manifest, and no file.")

  @OptionGroup var project: ProjectOptions

  @Flag(name: [.customShort("n"), .long], help: "Say what would be done, and stop.")
  var dryRun = false
  @Flag(name: [.customShort("f"), .long], help: "Delete files that workflows use, too.")
  var force = false
  @Flag(name: .long, help: "Delete what is left of downloads that nothing goes on with.")
  var partials = false
  @Flag(name: .long, help: "Write one JSON object for each row or file.") var json = false

  @Argument(
    help: ArgumentHelp(
      "A file to delete: its path, name, or start of its hash.", valueName: "model"),
    completion: .modelFile)
  var models: [String] = []

  var reportsJSON: Bool { json }

  func validate() throws {
    guard models.isEmpty || !partials else {
      throw ValidationError("--partials takes no further words")
    }
    guard !models.isEmpty || !force else {
      throw ValidationError("--force needs the files that are to be deleted")
    }
  }

  func run(in context: Context) throws -> ExitStatus {
    let environment = try project.environment(in: context)
    if partials || !models.isEmpty {
      try deleteFiles(environment, context)
    } else {
      try forgetRows(environment, context)
    }
    return .done
  }

  // MARK: Rows

  private func forgetRows(_ environment: Environment, _ context: Context) throws {
    let (plan, left) = try context.showing("Looking") { progress in
      let plan = try environment.planPrune(cancellation: context.cancellation) {
        progress.update(files: $0, of: $1, bytes: nil, current: "")
      }
      return (plan, try partials(environment, context))
    }
    if !dryRun, let recording = try environment.prune(plan) { context.say(recording) }
    for location in plan.locations { write(.pruned(location), "file gone", context) }
    for model in plan.models { write(.pruned(model), "used by no workflow", context) }
    for root in plan.absentRoots {
      context.warn(
        Failure(
          "scan.missing-root", "'\(root.path)' is missing or empty; what is known below it is kept",
          hint: "mount it, or forget it with \(Program.name) update-index --accept-missing"))
    }
    if !json, plan.isEmpty { context.say("nothing to forget") }
    guard let left, !left.items.isEmpty else { return }
    let count = Quantity.count(left.items.count, "partial download", "partial downloads")
    context.say(
      "note: \(Quantity.size(left.freed)) in \(count) that nothing goes on with; "
        + "--partials deletes them")
  }

  /// `nil` where nothing tells where models live: the rows of the index are looked at all the same.
  private func partials(_ environment: Environment, _ context: Context) throws -> RemovalPlan? {
    do {
      return try environment.planRemovalOfPartials(cancellation: context.cancellation)
    } catch EnvironmentError.noModelsDirectory {
      return nil
    }
  }

  // MARK: Files

  private func deleteFiles(_ environment: Environment, _ context: Context) throws {
    let plan = try context.showing("Looking") { _ in
      partials
        ? try environment.planRemovalOfPartials(cancellation: context.cancellation)
        : try environment.planRemoval(
          of: models, isForced: force, cancellation: context.cancellation)
    }
    if dryRun {
      for item in plan.items { write(item, context) }
    } else {
      let recording = try environment.remove(plan) { write($0, context) }
      if let recording { context.say(recording) }
    }
    for model in plan.models { write(.pruned(model), "used by no workflow", context) }
    guard !json else { return }
    let freed = Quantity.size(plan.freed)
    context.say(
      plan.items.isEmpty ? "nothing to delete" : dryRun ? "would free \(freed)" : "freed \(freed)")
  }

  private func write(_ item: RemovalItem, _ context: Context) {
    if json { return context.output.write(line: Record.pruned(item).json) }
    let what =
      switch item.kind {
      case .file: Quantity.size(item.size)
      case .link: "a link; what it leads to stays"
      case .partial: "\(Quantity.size(item.size)) of a download"
      }
    let name = item.kind == .file && item.freed == 0 && item.size > 0 ? ", has another name" : ""
    let users =
      item.workflows.isEmpty ? "" : ", used by \(item.workflows.joined(separator: ", "))"
    let verb = dryRun ? "would delete" : "deleted"
    context.output.write(
      line: SafeText.escaped("\(verb) \(item.path)  (\(what)\(name)\(users))"))
  }

  private func write(_ record: Record, _ reason: String, _ context: Context) {
    if json { return context.output.write(line: record.json) }
    let subject = (record["path"] ?? record["filename"])?.plain ?? ""
    let verb = dryRun ? "would forget" : "forgot"
    context.output.write(line: SafeText.escaped("\(verb), \(reason): \(subject)"))
  }
}
