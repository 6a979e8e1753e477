package import ArgumentParser
internal import ComfyCore

/// `comfy embed-models`: what the record knows of models, written into the workflows themselves.
package struct EmbedModels: Command {
  package static let configuration = CommandConfiguration(
    commandName: "embed-models",
    abstract: "Write recorded URLs and hashes of models into workflow files.",
    discussion: """
      Writes name, URL, folder and SHA-256 of each recorded model where ComfyUI's frontend looks
      for them, and changes no other byte. A friend's ComfyUI then offers the downloads by itself.
      """)

  @OptionGroup package var options: ProjectOptions

  @Flag(name: .long, help: "Remove the entries of recorded models.") var strip = false
  @Flag(name: .long, help: "Write failures as JSON.") var json = false

  @Argument(
    help: ArgumentHelp("A workflow of the manifest, or its file.", valueName: "workflow"),
    completion: .workflow)
  var workflows: [String]

  package init() {}

  package var reportsJSON: Bool { json }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    var status = ExitStatus.done
    func change(_ source: WorkflowSource, isTrial: Bool) throws -> EmbeddedModels {
      try strip
        ? project.stripModels(from: source, isTrial: isTrial)
        : project.embedModels(in: source, isTrial: isTrial, cancellation: context.cancellation)
    }
    let sources = try project.workflowSources(workflows)
    if try context.reportIssues(of: project, workflows: sources.map(\.name)) { status = .remains }
    // What cannot be done for one is not done for the others.
    if sources.count > 1 { for source in sources { _ = try change(source, isTrial: true) } }
    for source in sources {
      let result = try change(source, isTrial: false)
      if result.names.isEmpty {
        status = .remains
        context.say("'\(result.shown)': none of its models is recorded")
      } else {
        let count = result.names.count == 1 ? "1 model" : "\(result.names.count) models"
        let done = strip ? "removed" : "written"
        context.say(
          "'\(result.shown)': \(count) \(result.isChanged ? done : "already up to date")")
      }
    }
    return status
  }
}
