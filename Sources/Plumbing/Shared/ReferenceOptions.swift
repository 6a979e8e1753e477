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
  /// - Parameter recordedOnly: Whether what has no entry counts only if no entry has the name.
  /// - Throws: As `Project.targets(of:named:node:)`.
  package func targets(
    of workflow: String, named name: String, in project: Project, recordedOnly: Bool = false
  ) throws -> ReferenceTargets {
    try project.targets(of: workflow, named: name, node: node, recordedOnly: recordedOnly)
  }

  /// The arguments that name a model: `--node`, where the name alone does not tell which one is
  /// meant, then `WORKFLOW NAME`.
  ///
  /// - Parameter options: Further options of that command.
  static func arguments(
    _ workflow: String, _ name: String, node: String?, options: [String] = []
  ) -> String {
    let node = node.map { "--node \(ShellText.optionValue($0))" }
    return (options + [node, ShellText.arguments([workflow, name])].compactMap { $0 })
      .joined(separator: " ")
  }
}

extension EntryName {
  /// The arguments of a command that name the entry.
  package var arguments: String { ReferenceOptions.arguments(workflow, name, node: node) }
}
