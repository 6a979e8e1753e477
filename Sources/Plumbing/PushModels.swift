package import ArgumentParser
internal import ComfyCore

/// `comfy push-models`: puts models into a store by hash.
package struct PushModels: Command {
  package static let configuration = CommandConfiguration(
    commandName: "push-models", abstract: "Put models into a store by hash.",
    discussion: "Files that the store already has are not sent.")

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var push: PushOptions
  @OptionGroup var records: RecordOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The recorded models of a workflow; may be repeated.", valueName: "workflow"),
    completion: .recordedWorkflow)
  var workflow: [String] = []
  @Flag(name: .long, help: "Take records with a hash from standard input.") var stdin = false

  @Argument(help: ArgumentHelp("A hash, of any kind, or its beginning.", valueName: "hash"))
  var hashes: [String] = []

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func validate() throws {
    guard push.dryRun || !records.nul && records.format == nil else {
      throw ValidationError("-z and --format are for --dry-run")
    }
    guard stdin || !hashes.isEmpty || !workflow.isEmpty else {
      throw ValidationError("a hash or --workflow is needed, or --stdin")
    }
    for hash in hashes where hash.isEmpty || !hash.allSatisfy(\.isHexDigit) || hash.count > 64 {
      throw ValidationError("a hash has hexadecimal digits, at most 64: not '\(hash)'")
    }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context, flags: push.flags)
    var selection = PushSelection()
    selection.workflows = workflow
    selection.hashes = hashes + (stdin ? try readHashes(from: context) : [])
    return try push.push(selection, of: project, records, in: context)
  }

  private func readHashes(from context: Context) throws -> [String] {
    var reader = RecordReader(context, nul: false)
    var hashes: [String] = []
    while let record = try reader.next() {
      guard let hash = try record.modelHash("hash") else {
        throw RecordError(record.line, .missing(field: "hash"))
      }
      hashes.append(hash.hex)
    }
    return hashes
  }
}
