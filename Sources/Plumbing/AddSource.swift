package import ArgumentParser
internal import ComfyCore

/// `comfy add-source`: another URL for a model that the manifest has; commits. Never changes its pin.
package struct AddSource: Command {
  package static let configuration = CommandConfiguration(
    commandName: "add-source", abstract: "Add a download URL to a recorded model.",
    usage: """
      add-source [<options>] <workflow> <name> <url>
      add-source [<options>] --stdin [-z]
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var reference: ReferenceOptions
  @OptionGroup var expectation: ExpectationOptions

  @Argument(help: "A workflow of the manifest.", completion: .recordedWorkflow)
  var workflow: String?
  @Argument(help: "The model as the workflow names it.", completion: .model) var name: String?
  @Argument(help: "An http or https URL of the file.") var url: String?

  package var reportsJSON: Bool { input.json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func validate() throws {
    try input.require([workflow, name, url], "a workflow, a name and a URL")
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let editing = SourceEditing(kind: .add, project: project, context: context)
    var edits: [SourceEditing.Edit] = []
    if input.stdin {
      edits = try editing.edits(nul: input.nul)
    } else if let workflow, let name, let url {
      edits = [try editing.edit(workflow, name, url, reference)]
    }
    for edit in edits { try compare(edit, project, context) }
    return try editing.record(edits, expecting: expectation.expected)
  }

  /// Makes sure that it is the recorded file: by the hash that the record declares, else by asking
  /// the hub. That it cannot be had now is no obstacle.
  private func compare(
    _ edit: SourceEditing.Edit, _ project: Project, _ context: Context
  ) throws {
    guard let reference = edit.reference else { return }
    do {
      for url in edit.change.urls {
        _ = try url.request()
        if let declared = edit.declared,
          try project.agrees(declared, at: url, withPinOf: reference, in: edit.change.workflow)
        {
          continue
        }
        let refusal = try project.compare(
          url, withPinOf: reference, in: edit.change.workflow, cancellation: context.cancellation)
        if let refusal { context.warn(refusal.failure) }
      }
    } catch let error as SourceChangeError {
      guard let line = edit.line else { throw error }
      throw error.failure.inInput(line: line)
    }
  }
}
