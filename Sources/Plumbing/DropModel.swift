public import ArgumentParser
internal import Core

/// `comfy drop-model`: removes a model's entry from a workflow, commits. Never touches the file.
public struct DropModel: Command {
  public static let configuration = CommandConfiguration(
    commandName: "drop-model", abstract: "Remove a model's entry from a workflow.",
    usage: """
      drop-model [<options>] <workflow> <name>
      drop-model [<options>] --stdin [-z]
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var expectation: ExpectationOptions

  @Flag(name: [.customShort("z")], help: "Records on standard input end in NUL.")
  var nul = false

  @Argument(help: "A workflow of the manifest.", completion: .recordedWorkflow)
  var workflow: String?
  @Argument(help: "File name of the entry.", completion: .recordedModel) var name: String?

  public var reportsJSON: Bool { input.json }

  public init() {}

  public func validate() throws {
    let words = [workflow, name].compactMap { $0 }
    guard input.stdin ? words.isEmpty : words.count == 2 else {
      throw ValidationError(
        input.stdin
          ? "--stdin takes no further words" : "a workflow and a name are needed, or --stdin")
    }
  }

  public func run(in context: Context) throws -> ExitStatus {
    let environment = project.environment(in: context)
    let drops = try input.stdin ? read(from: context) : fromArguments()
    guard !drops.isEmpty else { return .done }
    context.say(try environment.drop(drops, expecting: expectation.expected))
    return .done
  }

  private func fromArguments() -> [ModelDrop] {
    guard let workflow, let name else { return [] }
    return [ModelDrop(workflow: workflow, selection: .filename(name))]
  }

  /// A record of a reference drops the entry that answers it, one with a `filename` that entry.
  private func read(from context: Context) throws -> [ModelDrop] {
    var reader = RecordReader(context, nul: nul)
    var drops: [ModelDrop] = []
    while let record = try reader.next() {
      let selection: ModelSelection =
        if let filename = try record.text("filename") {
          .filename(filename)
        } else {
          .reference(try record.reference().key)
        }
      drops.append(ModelDrop(workflow: try record.required("workflow"), selection: selection))
    }
    return drops
  }
}
