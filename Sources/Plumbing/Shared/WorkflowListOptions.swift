package import ArgumentParser
internal import ComfyCore

/// Workflows on the command line or on standard input.
package struct WorkflowListOptions: ParsableArguments {
  @Flag(name: .long, help: "Take paths of workflows from standard input, one a line.")
  package var stdin = false

  @Flag(name: .customLong("null"), help: "Paths on standard input end in NUL.")
  package var nul = false

  @Argument(
    help: ArgumentHelp(
      "Workflows of the manifest, files, directories, or '-'; if none is given, all of the manifest.",
      valueName: "workflow"),
    completion: .workflow)
  package var workflows: [String] = []

  package init() {}

  package func validate() throws {
    guard !stdin || workflows.isEmpty else {
      throw ValidationError("--stdin takes no other arguments")
    }
  }

  /// Reads every workflow, over all cores, and hands each to `body` in the order of the input. One
  /// that cannot be read is told of and left out.
  ///
  /// - Returns: ``ExitStatus/remains`` when some could not be read.
  /// - Throws: The failure itself when it is the only workflow, or none could be read.
  func forEachWorkflow(
    in context: Context, _ project: Project, json: Bool,
    _ body: (WorkflowSource, Workflow) throws -> Void
  ) throws -> ExitStatus {
    let arguments = stdin ? try readArguments(context) : workflows
    if stdin && arguments.isEmpty { return .done }
    var read = 0
    var failures: [UnreadableWorkflow] = []
    try project.readWorkflows(arguments, cancellation: context.cancellation) { item in
      switch item.result {
      case .success(let workflow):
        read += 1
        try body(item.source, workflow)
      case .failure(let error):
        failures.append(error)
      }
    }
    if context.cancellation.isRequested() { throw Failure.interrupted }
    if read == 0, failures.isEmpty, !arguments.isEmpty {
      throw Failure.noWorkflows(in: arguments)
    }
    if read == 0, failures.count == 1, let only = failures.first { throw only }
    for error in failures { context.report(error.failure, prefix: "error", json: json) }
    guard !failures.isEmpty else { return .done }
    return read == 0 ? .fatal : .remains
  }

  private func readArguments(_ context: Context) throws -> [String] {
    var lines = LineReader(
      context.input, separator: nul ? 0 : 10, limit: 1 << 16, cancellation: context.cancellation)
    var arguments: [String] = []
    while let line = try lines.nextOfInput() {
      if !line.isEmpty { arguments.append(String(decoding: line, as: UTF8.self)) }
    }
    return arguments
  }
}
