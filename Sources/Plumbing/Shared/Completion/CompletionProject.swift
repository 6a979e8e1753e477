package import ComfyCore
internal import SystemPackage

/// The project as a shell sees it while the user still types: what can not be read is passed over
/// without a word.
package struct CompletionProject {
  /// The environment of the shell; the launcher sets them while it answers one.
  @TaskLocal package static var environment: ProcessEnvironment?

  private let words: [String]
  private let project: Project?
  private let manifest: Manifest?

  /// - Parameter words: The command line so far, with the program's name.
  init(_ words: [String]) {
    self.words = words
    guard var environment = Self.environment else {
      (project, manifest) = (nil, nil)
      return
    }
    for (option, value) in zip(words, words.dropFirst()) where option == "-C" {
      environment.currentDirectory = environment.absolute(FilePath(value))
        .lexicallyNormalized()
    }
    let project = Project(environment: environment)
    self.project = project
    manifest = try? project.manifestIfPresent()
  }

  /// In the manifest's order.
  var workflowNames: [String] { manifest?.workflows.map(\.name) ?? [] }

  /// Those with a download still to be made.
  var pendingWorkflowNames: [String] {
    let intents = try? project?.pendingIntents(of: [], includingOptional: true)
    return (intents ?? []).map(\.workflow).unique
  }

  /// Folders and workflow files that `prefix` may become.
  func workflowFiles(_ prefix: String) -> [String] {
    guard let project else { return [] }
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    let directory = project.environment.absolute(FilePath(folder))
    let names = (try? WorkflowFiles.entries(of: directory)) ?? []
    return names.map { folder + $0 }.filter { $0.hasPrefix(prefix) }
  }

  /// The models of the workflow that stands before `position`: the manifest's entries, then what
  /// else its file names.
  func modelNames(before position: Int) -> [String] {
    guard let workflow = workflow(before: position) else { return [] }
    return (entries(of: workflow) + references(of: workflow).map(\.name)).unique
  }

  /// The node types of the workflow that stands before `position`.
  func nodeTypes(before position: Int) -> [String] {
    let source = workflow(before: position).flatMap { try? project?.workflowSources([$0]).first }
    return source.flatMap { try? project?.readWorkflow($0).nodeTypes.map(\.nodeType) } ?? []
  }

  /// The node types that something is decided about in that workflow.
  func decidedNodeTypes(before position: Int) -> [String] {
    workflow(before: position).flatMap {
      manifest?.workflow(named: $0)?.nodeDecisions.keys.sorted()
    }
      ?? []
  }

  private func references(of workflow: String) -> [ModelReference] {
    guard let project else { return [] }
    let source = try? project.workflowSources([workflow]).first
    return source.flatMap { try? project.readWorkflow($0).references } ?? []
  }

  /// The entries of the workflow that stands before `position`.
  func entryNames(before position: Int) -> [String] {
    workflow(before: position).map(entries) ?? []
  }

  /// The nodes that name models in the workflow on the line.
  var nodeIDs: [String] {
    workflow(before: words.count).map(references)?.map(\.nodeID).unique ?? []
  }

  /// Names of files, and their paths below the models directory where `prefix` begins one.
  func modelFiles(_ prefix: String) -> [String] {
    let paths = relativePaths(containing: prefix)
    let names = paths.map(\.filename).filter { $0.hasPrefix(prefix) }
    guard !prefix.isEmpty else { return names.unique }
    return (names + paths.map(\.string).filter { $0.hasPrefix(prefix) }).unique
  }

  /// Paths of files without the folder of their category.
  func loaderValues(_ prefix: String) -> [String] {
    relativePaths(containing: prefix).compactMap { path in
      path.folder.map { String(path.string.dropFirst($0.count + 1)) }
    }.filter { $0.hasPrefix(prefix) }.unique
  }

  /// Most files that a shell is told of.
  private static let limit = 1000

  private func relativePaths(containing text: String) -> [RelativePath] {
    guard let index = try? project?.openIndex(for: .read),
      let models = try? index.models(containing: text, limit: Self.limit)
    else { return [] }
    return models.flatMap(\.locations).map(\.relativePath)
  }

  /// The categories that the manifest's models have.
  var categories: [String] {
    guard let manifest else { return [] }
    return manifest.workflows.flatMap(\.models).compactMap(\.category?.name).unique.sorted()
  }

  private func entries(of workflow: String) -> [String] {
    manifest?.workflow(named: workflow)?.models.map(\.filename) ?? []
  }

  /// The last word before `position` that is a workflow of the manifest or looks like a file of one.
  private func workflow(before position: Int) -> String? {
    words.prefix(max(0, position)).dropFirst(2).last {
      workflowNames.contains($0) || WorkflowFiles.hasWorkflowExtension(FilePath($0))
    }
  }
}
