package import ArgumentParser
internal import ComfyCore
internal import SystemPackage

/// `comfy update-index`: brings the model index up to date with the models directories.
package struct UpdateIndex: Command {
  package static let configuration = CommandConfiguration(
    commandName: "update-index", abstract: "Scan the models directory into the model index.")

  @OptionGroup package var options: ProjectOptions

  @Flag(name: .long, help: "Write the summary as one JSON object.") var json = false
  @Flag(name: .long, help: "Forget the models of a directory that is missing or empty.")
  var acceptMissing = false

  @Argument(
    help: ArgumentHelp("Directories; without, the models directory.", valueName: "dir"),
    completion: .directory)
  var directories: [String] = []

  package init() {}

  package var reportsJSON: Bool { json }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let roots =
      directories.isEmpty
      ? try project.modelRoots()
      : directories.map { ModelRoot(project.environment.absolute(FilePath($0))) }
    try project.setAsideDamagedIndex()
    let summary = try context.showing("Scanning") { progress in
      try project.updateIndex(
        of: roots, acceptsMissingRoot: acceptMissing, cancellation: context.cancellation,
        progress: progress.show)
    }
    for issue in summary.issues { context.warn(Failure(issue)) }
    let record = Record.scan(summary)
    context.output.write(line: json ? record.json : ScanText.line(summary))
    return summary.issues.isEmpty ? .done : .remains
  }
}
