package import ArgumentParser
internal import ComfyCore

/// `comfy list-models`: what the model index holds.
package struct ListModels: Command {
  package static let configuration = CommandConfiguration(
    commandName: "list-models", abstract: "List the models that the index knows.")

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Option(name: .long, help: ArgumentHelp("Only this hash, of any kind.", valueName: "prefix"))
  var hash: String?
  @Option(
    name: .long, help: ArgumentHelp("Only this path.", valueName: "relative-path"),
    completion: .modelFile)
  var path: String?
  @Option(
    name: .long, help: ArgumentHelp("Only this file name.", valueName: "filename"),
    completion: .modelFile)
  var name: String?
  @Option(name: .long, help: ArgumentHelp("Only models from this URL.", valueName: "url"))
  var source: String?
  @Option(
    name: .long, help: ArgumentHelp("Only this category.", valueName: "folder"),
    completion: .category)
  var category: Category?

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func validate() throws {
    guard [hash, path, name, source].compactMap({ $0 }).count <= 1 else {
      throw ValidationError("--hash, --path, --name and --source exclude each other")
    }
    if let hash, hash.isEmpty || !hash.allSatisfy(\.isHexDigit) {
      throw ValidationError("--hash takes hexadecimal digits, not '\(hash)'")
    }
    if let source {
      do throws(SourceURLError) {
        _ = try SourceURL(source)
      } catch {
        throw ValidationError("--source: \(error.failure.message)")
      }
    }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .model)
    let index = try options.project(in: context).openIndex(for: .read)
    var found = false
    for model in try models(in: index) {
      for location in model.locations where category == nil || location.category == category {
        found = true
        writer.write(.model(model, at: location))
      }
    }
    return found ? .done : .remains
  }

  private func models(in index: ModelIndex) throws -> [IndexedModel] {
    if let hash { return try index.models(withHashPrefix: hash) }
    if let path { return try index.models(atPath: path) }
    if let name { return try index.models(named: name, in: category) }
    if let source { return try index.models(from: try SourceURL(source).cleaned) }
    return try index.models(in: category)
  }
}
