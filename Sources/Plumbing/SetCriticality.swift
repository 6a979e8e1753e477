package import ArgumentParser
internal import ComfyCore

/// `comfy set-criticality`: how much a workflow needs a model, commits.
package struct SetCriticality: Command {
  package static let configuration = CommandConfiguration(
    commandName: "set-criticality", abstract: "Say how much a workflow needs a model.",
    usage: """
      set-criticality [<options>] <criticality> <workflow> <name>
      set-criticality [<options>] <criticality> --stdin [-z]
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var reference: ReferenceOptions

  @Argument(help: "required, flexible or optional.") var criticality: Criticality
  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow)
  var workflow: String?
  @Argument(help: "The model as the workflow names it.", completion: .model) var name: String?

  package var reportsJSON: Bool { input.json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func validate() throws {
    try input.require([workflow, name], "a workflow and a name")
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let decisions =
      input.stdin ? try read(from: context, project) : try fromArguments(project)
    guard !decisions.isEmpty else { return .done }
    context.say(try project.record(decisions))
    return .done
  }

  private func fromArguments(_ project: Project) throws -> [ModelDecision] {
    guard let workflow, let name else { return [] }
    let targets = try reference.targets(of: workflow, named: name, in: project)
    return [targets.decision(.setCriticality(criticality))].compactMap { $0 }
  }

  private func read(from context: Context, _ project: Project) throws -> [ModelDecision] {
    var reader = RecordReader(context, nul: input.nul)
    var decisions: [ModelDecision] = []
    while let record = try reader.next() {
      let decision = ModelDecision(
        about: [try record.reference()], in: try record.required("workflow"),
        path: try record.workflowPath(in: project), answer: .setCriticality(criticality))
      decisions += [decision].compactMap { $0 }
    }
    return decisions
  }
}
