package import ArgumentParser
internal import ComfyCore

/// `comfy drop-model`: removes a model's entry from a workflow, commits. Never touches the file.
package struct DropModel: Command {
  package static let configuration = CommandConfiguration(
    commandName: "drop-model", abstract: "Remove a model's entry from a workflow.",
    usage: """
      drop-model [<options>] <workflow> <name>
      drop-model [<options>] --stdin [-z]
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var input: InputOptions
  @Option(
    name: .long, help: ArgumentHelp("The entry with this node.", valueName: "id"),
    completion: .node)
  var node: String?

  @OptionGroup var expectation: ExpectationOptions

  @Argument(help: "A workflow of the manifest.", completion: .recordedWorkflow)
  var workflow: String?
  @Argument(help: "File name of the entry.", completion: .recordedModel) var name: String?

  package var reportsJSON: Bool { input.json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func validate() throws {
    try input.require([workflow, name], "a workflow and a name")
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let drops = try input.stdin ? read(from: context) : fromArguments(project)
    guard !drops.isEmpty else { return .done }
    do {
      context.say(
        try project.drop(drops.map(\.drop), expecting: expectation.expected))
    } catch let error as ManifestError {
      guard
        let line = drops.first(where: { error.concerns($0.drop.selection, of: $0.drop.workflow) })?
          .line
      else { throw error }
      throw error.failure.inInput(line: line)
    }
    return .done
  }

  private func fromArguments(_ project: Project) throws -> [(drop: ModelDrop, line: Int?)] {
    guard let workflow, let name else { return [] }
    if let node {
      let key = try project.recordedReference(of: workflow, named: name, node: node)
      return [(ModelDrop(workflow: workflow, selection: .reference(key)), nil)]
    }
    return [(ModelDrop(workflow: workflow, selection: .filename(name)), nil)]
  }

  /// A record of a reference drops the entry that answers it, one with a `filename` that entry.
  private func read(from context: Context) throws -> [(drop: ModelDrop, line: Int?)] {
    var reader = RecordReader(context, nul: input.nul)
    var drops: [(drop: ModelDrop, line: Int?)] = []
    while let record = try reader.next() {
      let selection: ModelSelection =
        if let filename = try record.text("filename") {
          .filename(filename)
        } else {
          .reference(try record.reference().key)
        }
      let workflow = try record.required("workflow")
      drops.append((ModelDrop(workflow: workflow, selection: selection), record.line))
    }
    return drops
  }
}
