package import ArgumentParser
internal import ComfyCore

/// `comfy drop-source`: takes a URL from a model that the manifest has; commits. Never changes its
/// pin.
package struct DropSource: Command {
  package static let configuration = CommandConfiguration(
    commandName: "drop-source", abstract: "Remove a URL from a recorded model.",
    usage: """
      drop-source [<options>] <workflow> <name> <url>
      drop-source [<options>] --stdin [-z]
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var reference: ReferenceOptions
  @OptionGroup var expectation: ExpectationOptions

  @Argument(help: "A workflow of the manifest.", completion: .recordedWorkflow)
  var workflow: String?
  @Argument(help: "The model as the workflow names it.", completion: .model) var name: String?
  @Argument(help: "The URL, as the manifest has it.") var url: String?

  package var reportsJSON: Bool { input.json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func validate() throws {
    try input.require([workflow, name, url], "a workflow, a name and a URL")
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let editing = SourceEditing(kind: .drop, project: project, context: context)
    var edits: [SourceEditing.Edit] = []
    if input.stdin {
      edits = try editing.edits(nul: input.nul)
    } else if let workflow, let name, let url {
      edits = [try editing.edit(workflow, name, url, reference)]
    }
    return try editing.record(edits, expecting: expectation.expected)
  }
}
