internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

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
      prune [<options>] --store [--force] [<model>...]
      """,
    discussion: "Without arguments, it removes rows from the index and the manifest, but no file.")

  @OptionGroup var options: ProjectOptions

  @Flag(name: [.customShort("n"), .long], help: "Say what would be done, and stop.")
  var dryRun = false
  @Flag(name: [.customShort("f"), .long], help: "Delete files that workflows use, too.")
  var force = false
  @Flag(name: .long, help: "Delete what is left of downloads that nothing will resume.")
  var partials = false
  @Flag(name: .long, help: "List what a store has and this project does not record, or delete it.")
  var store = false
  @Flag(name: .long, help: "Write one JSON object for each row or file.") var json = false

  @Argument(
    help: ArgumentHelp(
      "A file to delete: its path, name, or start of its hash.", valueName: "model"),
    completion: .modelFile)
  var models: [String] = []

  var reportsJSON: Bool { json }

  func validate() throws {
    guard models.isEmpty && !store || !partials else {
      throw ValidationError("--partials takes no other arguments")
    }
    guard !models.isEmpty || !force else {
      throw ValidationError("--force needs the files that are to be deleted")
    }
  }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    if store {
      try StorePrune(
        context: context, project: project, isDryRun: dryRun, isForced: force, json: json
      ).run(models)
    } else if partials || !models.isEmpty {
      try deleteFiles(project, context)
    } else {
      let hasIssues = try context.reportIssues(of: project, json: json)
      try forgetRows(project, context)
      return hasIssues ? .remains : .done
    }
    return .done
  }

  private func report(in context: Context) -> PruneReport {
    PruneReport(context: context, isDryRun: dryRun, json: json)
  }

  // MARK: Rows

  private func forgetRows(_ project: Project, _ context: Context) throws {
    let report = report(in: context)
    let (plan, left) = try context.showing("Looking") { progress in
      let plan = try project.planPrune(cancellation: context.cancellation) {
        progress.update(files: $0, of: $1, bytes: nil, current: "")
      }
      return (plan, try partials(project, context))
    }
    if !dryRun, let recording = try project.prune(plan) { context.say(recording) }
    for location in plan.locations { report.tell(.pruned(location), "file gone") }
    for model in plan.models { report.tell(.pruned(model), "used by no workflow") }
    for root in plan.absentRoots { context.warn(.absentRoot(root)) }
    if !json, plan.isEmpty { context.say("nothing to forget") }
    guard let left, !left.items.isEmpty else { return }
    let count = Quantity.count(left.items.count, "partial download", "partial downloads")
    context.say(
      "note: \(Quantity.size(left.freed)) in \(count) that nothing will resume; "
        + "--partials deletes them")
  }

  /// `nil` where nothing tells where models live: the rows of the index are looked at all the same.
  private func partials(_ project: Project, _ context: Context) throws -> RemovalPlan? {
    do {
      return try project.planRemovalOfPartials(cancellation: context.cancellation)
    } catch ProjectError.noModelsDirectory {
      return nil
    }
  }

  // MARK: Files

  private func deleteFiles(_ project: Project, _ context: Context) throws {
    let report = report(in: context)
    let plan = try context.showing("Looking") { _ in
      partials
        ? try project.planRemovalOfPartials(cancellation: context.cancellation)
        : try project.planRemoval(
          of: models, isForced: force, cancellation: context.cancellation)
    }
    guard !dryRun else { return report.tell(plan) }
    let removal = try project.remove(plan, cancellation: context.cancellation) {
      report.tell($0)
    }
    if let recording = removal.recording { context.say(recording) }
    report.tell(removal, of: plan)
    if !removal.isWhole { throw Failure.interrupted }
  }
}
