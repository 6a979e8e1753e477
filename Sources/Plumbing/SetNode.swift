package import ArgumentParser
internal import ComfyCore

/// `comfy set-node`: which package brings a node type of a workflow, commits.
package struct SetNode: Command {
  package static let configuration = CommandConfiguration(
    commandName: "set-node", abstract: "Record which package provides a node type of a workflow.",
    usage: """
      set-node [<options>] [--version <version>] <workflow> <type> <package>
      set-node [<options>] --optional <workflow> <type>
      set-node [<options>] --stdin [-z]
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var input: InputOptions

  @Option(help: "The version of the package, or the commit of its repository.")
  var version: String?
  @Flag(help: "The workflow runs without the type.") var optional = false

  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow)
  var workflow: String?
  @Argument(help: "The node type.", completion: .nodeType) var type: String?
  @Argument(help: "Id in the Comfy Registry, or URL of a repository.") var package: String?

  package var reportsJSON: Bool { input.json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func validate() throws {
    guard optional, !input.stdin else {
      return try input.require([workflow, type, package], "a workflow, a type and a package")
    }
    try input.require([workflow, type], "a workflow and a type")
    guard package == nil, version == nil else {
      throw ValidationError("--optional takes no package")
    }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let answers = input.stdin ? try read(from: context) : try fromArguments()
    guard !answers.isEmpty else { return .done }
    context.say(try project.decide(answers))
    return .done
  }

  private func fromArguments() throws -> [NodeAnswer] {
    guard let workflow, let type else { return [] }
    let choice: NodeAnswer.Choice =
      if let package {
        .package(try ManifestNodePackage(naming: package, version: version))
      } else {
        .optional
      }
    return [NodeAnswer(workflow: workflow, nodeType: type, choice: choice)]
  }

  private func read(from context: Context) throws -> [NodeAnswer] {
    var reader = RecordReader(context, nul: input.nul)
    var answers: [NodeAnswer] = []
    while let record = try reader.next() { answers.append(try record.nodeAnswer()) }
    return answers
  }
}
