package import ArgumentParser
internal import ComfyCore
internal import SystemPackage

/// `comfy update-catalog`: reads the lists of models on this machine into the catalog.
package struct UpdateCatalog: Command {
  package static let configuration = CommandConfiguration(
    commandName: "update-catalog", abstract: "Read lists of models into the catalog.",
    discussion: """
      Reads ComfyUI's template packages, ComfyUI-Manager's list and the files that comfy.catalog
      names, where they are new or have changed, and writes one record a list.
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Flag(name: .long, help: "Read lists again that have not changed.") var force = false

  @Argument(
    help: ArgumentHelp(
      "Lists in the form of ComfyUI-Manager's model-list.json.", valueName: "file"),
    completion: .file())
  var lists: [String] = []

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .list)
    let project = try options.project(in: context)
    let update = try project.updateCatalog(
      named: lists.map { project.environment.absolute(FilePath($0)).lexicallyNormalized() },
      isForced: force)
    for fault in update.faults { context.warn(fault.failure) }
    for list in update.lists {
      writer.write(.list(list, wasRead: update.read.contains(list.path)))
    }
    return update.faults.isEmpty ? .done : .remains
  }
}
