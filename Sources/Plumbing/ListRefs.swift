package import ArgumentParser
internal import ComfyCore

/// `comfy list-refs`: one record per model reference of workflows, in node order.
package struct ListRefs: Command {
  package static let configuration = CommandConfiguration(
    commandName: "list-refs", abstract: "List the model references of workflows.")

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var input: WorkflowListOptions

  @Flag(name: .long, help: "List the models that a workflow describes and no node names.")
  var stale = false
  @Flag(name: .long, help: "List the models that nodes need although no value names a file.")
  var implied = false

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func validate() throws {
    if stale, implied { throw ValidationError("--stale and --implied exclude each other") }
  }

  private var kind: RecordKind {
    if implied { return .implied }
    return stale ? .stale : .reference
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    try context.reportIssues(of: project, workflows: input.workflows, json: records.json)
    let writer = try records.writer(to: context.output, for: kind)
    var statuses = ReferenceStatuses(manifest: try project.manifestIfPresent())
    var found = false
    let status = try input.forEachWorkflow(in: context, project, json: records.json) {
      source, workflow in
      found = true
      if stale {
        for entry in workflow.staleEntries {
          writer.write(.stale(entry, workflow: source.name))
        }
        return
      }
      if implied {
        for model in workflow.impliedModels {
          writer.write(.implied(model, workflow: source.name))
        }
        return
      }
      for reference in workflow.references {
        writer.write(
          .reference(
            reference, workflow: source.name, path: source.file == nil ? nil : source.shown,
            status: statuses.status(of: reference, in: source.name)))
      }
    }
    return found ? status : .remains
  }
}
