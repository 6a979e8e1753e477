package import ArgumentParser
package import ComfyCore

/// A model of a workflow on the command line: `WORKFLOW NAME`, narrowed by `--node`.
package struct ReferenceOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("Only the reference in this node.", valueName: "id"),
    completion: .node)
  package var node: String?

  package init() {}

  /// The references meant.
  ///
  /// - Throws: As `Project.targets(of:named:node:)`.
  package func targets(
    of workflow: String, named name: String, in project: Project
  ) throws -> ReferenceTargets {
    try project.targets(of: workflow, named: name, node: node)
  }
}
