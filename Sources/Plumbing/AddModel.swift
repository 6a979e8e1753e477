package import ArgumentParser
internal import ComfyCore

/// `comfy add-model`: records a model that the whole environment needs, commits.
package struct AddModel: Command {
  package static let configuration = CommandConfiguration(
    commandName: "add-model", abstract: "Record a model that no workflow names.")

  @OptionGroup package var options: ProjectOptions

  @Option(
    name: .long,
    help: ArgumentHelp("BLAKE3 of the whole file; without it, the file is read.", valueName: "hash")
  )
  var hash: String?
  @Flag(name: .long, help: "The environment works without it.") var optional = false
  @Flag(name: .long, help: "Report failures as JSON objects.") var json = false

  @Argument(
    help: ArgumentHelp("Path below the models directory.", valueName: "relative-path"),
    completion: .modelFile)
  var path: String
  @Argument(help: ArgumentHelp("URLs of the file.", valueName: "url")) var urls: [String] = []

  package var reportsJSON: Bool { json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func validate() throws {
    guard hash.map({ ModelHash($0)?.isFull == true }) ?? true else {
      throw ValidationError("--hash takes 64 hexadecimal digits")
    }
    guard let target = try? RelativePath(ofNewFile: path), target.folder != nil else {
      throw ValidationError("the path starts with a category: upscale_models/NAME.pth")
    }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let model = EnvironmentModel(
      path: try RelativePath(ofNewFile: path), sources: try urls.map { try SourceURL($0) },
      hash: hash.flatMap { ModelHash($0) }, criticality: optional ? .optional : .required)
    let recording = try context.showing("Hashing") { progress in
      try project.add(model, cancellation: context.cancellation) {
        progress.update(files: 0, of: 1, bytes: $0, current: path)
      }
    }
    context.say(recording)
    return .done
  }
}
