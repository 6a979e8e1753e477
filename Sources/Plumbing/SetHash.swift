package import ArgumentParser
internal import ComfyCore

/// `comfy set-hash`: marks references as resolved by a hash, updates the global table, commits.
package struct SetHash: Command {
  package static let configuration = CommandConfiguration(
    commandName: "set-hash", abstract: "Mark a model of a workflow as resolved by its hash.",
    usage: """
      set-hash [<options>] <workflow> <name> <hash>
      set-hash [<options>] --stdin [-z]
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var reference: ReferenceOptions
  @OptionGroup var expectation: ExpectationOptions

  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow)
  var workflow: String?
  @Argument(help: "The model as the workflow names it.", completion: .model) var name: String?
  @Argument(help: "BLAKE3 of the whole file, 64 hexadecimal digits.") var hash: String?

  package var reportsJSON: Bool { input.json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func validate() throws {
    try input.require([workflow, name, hash], "a workflow, a name and a hash")
    if let hash, ModelHash(hash)?.isFull != true {
      throw ValidationError("'\(hash)' is not a BLAKE3 hash of 64 hexadecimal digits")
    }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    var decisions =
      input.stdin ? try read(from: context, project) : try fromArguments(project)
    guard !decisions.isEmpty else { return .done }
    for index in decisions.indices { decisions[index].decision.expected = expectation.expected }
    do {
      context.say(try project.record(decisions.map(\.decision)))
    } catch let error as ManifestError {
      let line = decisions.first { decision, _ in
        decision.references.first.map {
          error.concerns(.reference($0), of: decision.workflow)
        } ?? false
      }?.line
      guard let line else { throw error }
      throw error.failure.inInput(line: line)
    }
    return .done
  }

  private typealias ReadDecision = (decision: ModelDecision, line: Int?)

  private func fromArguments(_ project: Project) throws -> [ReadDecision] {
    guard let workflow, let name, let hash = self.hash.flatMap({ ModelHash($0) }) else { return [] }
    let targets = try reference.targets(of: workflow, named: name, in: project)
    let row = try project.manifestModel(
      withHash: hash, filename: targets.references.first?.filename ?? name, relativePath: nil)
    return [targets.decision(.resolve(row))].compactMap { $0 }.map { ($0, nil) }
  }

  private func read(from context: Context, _ project: Project) throws -> [ReadDecision] {
    var reader = RecordReader(context, nul: input.nul)
    var decisions: [ReadDecision] = []
    while let record = try reader.next() {
      let reference = try record.reference()
      guard try record.text("hash") != nil else {
        throw RecordError(record.line, .missing(field: "hash"))
      }
      guard reference.hashType == nil, let hash = try record.modelHash("hash"), hash.isFull else {
        throw RecordError(
          record.line, .type(field: "hash", expected: "a BLAKE3 of 64 hexadecimal digits"))
      }
      let row = try project.manifestModel(
        withHash: hash, filename: reference.filename,
        relativePath: try record.relativePath("relative_path"))
      let decision = ModelDecision(
        about: [reference], in: try record.required("workflow"),
        path: try record.workflowPath(in: project), answer: .resolve(row))
      decisions += [decision].compactMap { $0 }.map { ($0, record.line) }
    }
    return decisions
  }
}
