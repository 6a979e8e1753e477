public import ArgumentParser
package import ComfyCore
internal import SystemPackage

/// `comfy add-intent`: writes where missing models are to be downloaded from, and commits.
package struct AddIntent: Command {
  package static let configuration = CommandConfiguration(
    commandName: "add-intent", abstract: "Record where to download a missing model.",
    usage: """
      add-intent [<options>] <workflow> <name> <url>
      add-intent [<options>] --stdin [-z]
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var reference: ReferenceOptions

  @Option(
    name: .long,
    help: ArgumentHelp("Target below the models directory.", valueName: "relative-path"))
  var path: String?

  @Option(
    name: .long, help: ArgumentHelp("The model's category.", valueName: "folder"),
    completion: .category)
  var category: Category?

  @Option(name: .long, help: "required, flexible or optional.")
  var criticality: Criticality?

  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow)
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
    let decisions =
      input.stdin ? try read(from: context, project) : [try fromArguments(project)]
    guard !decisions.isEmpty else { return .done }
    context.say(try project.record(decisions))
    return .done
  }

  private func fromArguments(_ project: Project) throws -> ModelDecision {
    guard let workflow, let name, let url = self.url else {
      throw ValidationError("a workflow, a name and a URL are needed")
    }
    let relativePath = try target()
    let targets = try reference.targets(of: workflow, named: name, in: project)
    var first = targets.references.first
    if let category { first?.category = category }
    try project.refuseLocalFile(url, for: first, at: relativePath)
    try checkPin(of: targets, relativePath, in: project)
    var decision = try IntentDraft(
      references: targets.references, workflow: targets.workflow,
      workflowPath: targets.workflowPath, urls: [SourceURL(url)],
      relativePath: relativePath,
      category: category
    ).decision()
    decision.criticality = criticality
    return decision
  }

  /// Makes sure that no option is ignored: the entry of a model with a hash gets another source, and
  /// keeps its path and category.
  private func checkPin(
    of targets: ReferenceTargets, _ path: RelativePath?, in project: Project
  ) throws {
    guard path != nil || category != nil,
      let entry = targets.references.first.flatMap({ reference in
        try? project.manifestIfPresent()?.workflow(named: targets.workflow)?.model(
          for: reference.key)
      }), let hash = entry.hash
    else { return }
    let row = try project.manifestIfPresent()?.models.first { $0.hash == hash }
    let recorded = entry.relativePath ?? row?.relativePath
    let isSame =
      (path == nil || path == recorded) && (category == nil || category == entry.category)
    guard isSame else { throw Failure.pinnedPlace(entry.filename, in: targets.workflow) }
  }

  /// The value of `--path`; what cannot be one is the command line's fault.
  private func target() throws -> RelativePath? {
    guard let path else { return nil }
    do throws(RelativePathError) {
      return try RelativePath(ofNewModel: path)
    } catch {
      var failure = error.failure
      failure.status = .usage
      throw failure
    }
  }

  /// Every record is checked before the first byte of the manifest changes.
  private func read(from context: Context, _ project: Project) throws -> [ModelDecision] {
    var reader = RecordReader(context, nul: input.nul)
    var drafts: [IntentDraft] = []
    while let record = try reader.next() {
      drafts.append(try IntentDraft(record, in: project))
    }
    return try IntentDraft.merged(drafts).map { try $0.decision() }
  }
}

extension Criticality: ExpressibleByArgument {}

extension Category: ExpressibleByArgument {
  /// A folder below the models directory, or one in it.
  package init?(argument: String) {
    guard (try? RelativePath(argument)) != nil else { return nil }
    self.init(argument)
  }
}
