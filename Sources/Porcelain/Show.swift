internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// `comfy show`: all that is known of one model.
struct Show: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all that is known of one model.")

  @OptionGroup var options: ProjectOptions

  @Flag(name: .long, help: "Write one JSON object.") var json = false

  @Argument(help: "A file name, a path, or the start of a hash.", completion: .modelFile)
  var model: String

  var reportsJSON: Bool { json }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    try context.reportIssues(of: project, json: json)
    let found = try project.models(named: model)
    guard found.count == 1, let only = found.first else {
      context.report(try failure(over: found, project), prefix: "error", json: json)
      return .remains
    }
    // A list that cannot be read keeps nobody from looking at a model.
    let variants = (try? project.variants(of: only.filename, in: only.category)) ?? []
    if json {
      context.output.write(line: Record(only, variants: variants).json)
    } else {
      for line in only.lines(variants: variants) {
        context.output.write(line: SafeText.escaped(line))
      }
    }
    return .done
  }

  private func failure(over found: [ModelFacts], _ project: Project) throws -> Failure {
    guard found.isEmpty else { return .ambiguous(model, found.map(\.place)) }
    let nearest = try ModelSearch(project.openIndex(for: .read)).nearestPath(to: model)
    return .unknown(model, nearest: nearest?.string)
  }
}
