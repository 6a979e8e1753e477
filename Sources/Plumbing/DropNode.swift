package import ArgumentParser
internal import ComfyCore

/// `comfy drop-node`: forgets what was decided about a node type, commits.
package struct DropNode: Command {
  package static let configuration = CommandConfiguration(
    commandName: "drop-node", abstract: "Forget what was decided about a node type.")

  @OptionGroup package var options: ProjectOptions

  @Flag(name: .long, help: "Report failures as JSON objects.") var json = false

  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow)
  var workflow: String
  @Argument(help: "The node type.", completion: .decidedNodeType) var type: String

  package var reportsJSON: Bool { json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func run(in context: Context) throws -> ExitStatus {
    let answer = NodeAnswer(workflow: workflow, nodeType: type, choice: .undecided)
    context.say(try options.project(in: context).decide([answer], as: "drop-node"))
    return .done
  }
}
