public import ArgumentParser
package import ComfyCore
internal import SystemPackage

/// `comfy place-model`: makes a model that is on this machine be where its loader lists it.
package struct PlaceModel: Command {
  package static let configuration = CommandConfiguration(
    commandName: "place-model", abstract: "Put a model of this machine where its loader finds it.",
    discussion: """
      The file is linked, or copied if it is on another volume. An existing file is never replaced.
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var reference: ReferenceOptions

  @Flag(name: .long, help: "Copy the file even where it could be linked.") var copy = false

  @Flag(name: .long, help: "Move the file instead of linking it.") var move = false

  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow)
  var workflow: String
  @Argument(help: "The model as the workflow names it.", completion: .model) var name: String

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func validate() throws {
    guard !copy || !move else { throw ValidationError("--copy and --move exclude each other") }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let hasIssues = try context.reportIssues(
      of: project, workflows: [workflow], json: records.json)
    let writer = try records.writer(to: context.output, for: .placed)
    let progress = context.makeProgress("Reading")
    defer { progress.finish() }
    try project.scanModels(cancellation: context.cancellation, progress: progress.show)
    let placed = try project.place(
      modelsNamed: name, ofWorkflow: workflow, node: reference.node,
      by: copy ? .copy : move ? .move : .link,
      cancellation: context.cancellation
    ) { progress.update(file: $0, bytes: $1, of: $2) }
    progress.finish()
    for model in placed { writer.write(.placed(model, workflow: workflow, name: name)) }
    if placed.isEmpty { context.say("'\(name)' is in place already") }
    return hasIssues ? .remains : .done
  }
}

extension PlacementMethod: ExpressibleByArgument {}

extension RecordKind {
  /// `placed`: a file that was put in place.
  static let placed = RecordKind(
    type: "placed", fields: ["workflow", "name", "placement", "source", "path"],
    columns: ["placement", "source", "path"])
}

extension Record {
  fileprivate static func placed(_ model: PlacedModel, workflow: String, name: String) -> Record {
    Record(
      .placed,
      [
        ("workflow", .text(workflow)), ("name", .text(name)),
        ("placement", .text(model.placement.rawValue)), ("source", .text(model.source.string)),
        ("path", .text(model.path.string)),
      ])
  }
}
