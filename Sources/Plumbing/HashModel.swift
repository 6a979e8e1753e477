package import ArgumentParser
internal import ComfyCore
internal import SystemPackage

/// `comfy hash-model`: the hashes of model files.
package struct HashModel: Command {
  package static let configuration = CommandConfiguration(
    commandName: "hash-model", abstract: "Print the hashes of model files.")

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Flag(name: [.customShort("w")], help: "Enter the files in the model index.") var write = false

  @Argument(help: ArgumentHelp("Files.", valueName: "file"), completion: .file()) var files:
    [String]

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .model)
    let project = try options.project(in: context)
    for file in files {
      let path = project.environment.absolute(FilePath(file))
      let hashed = try context.showing("Hashing") { progress in
        try project.hashModel(
          path, entering: write, cancellation: context.cancellation
        ) { progress.update(files: 0, of: 1, bytes: $0, current: file) }
      }
      writer.write(.model(hashed, shown: file))
    }
    return .done
  }
}
