/// How far a project is.
public struct ProjectStatus: Sendable {
  /// In the manifest's order.
  public var workflows: [WorkflowStatus] = []
  /// Files that the manifest knows by their hash, that a workflow needs, and that are not on this
  /// machine.
  public var gone: [SyncItem] = []
  /// Global rows that no workflow uses, in file order.
  public var unused: [ManifestModel] = []

  public init() {}

  /// Whether every workflow has all that it needs.
  public var isComplete: Bool { gone.isEmpty && workflows.allSatisfy(\.isComplete) }
}

extension Environment {
  /// How far every workflow of the manifest is, and what the manifest and this machine do not have
  /// in common. Nothing is hashed and nothing written.
  ///
  /// - Throws: As ``workflowStatuses()``.
  public func projectStatus() throws -> ProjectStatus {
    let manifest = try manifestStore().read()
    let index = try openIndex(for: .read)
    var status = ProjectStatus()
    status.workflows = try workflowStatuses()
    status.unused = manifest.unusedModels
    status.gone = try manifest.recordedFiles().filter { item in
      let locations = try index.models(withHash: item.hash).flatMap(\.locations)
      return !locations.contains(where: \.isPresent)
    }
    return status
  }
}
