internal import SystemPackage

/// A download that a workflow still waits for.
public struct PendingIntent: Sendable, Hashable {
  /// Name of the workflow.
  public let workflow: String
  /// The manifest's entry; its state is ``ManifestWorkflowModel/State/intended(_:)``.
  public let entry: ManifestWorkflowModel
}

extension Manifest {
  /// The pending downloads in file order.
  ///
  /// - Parameters:
  ///   - names: Only these workflows; all when empty.
  ///   - includingOptional: Also those of optional models.
  /// - Throws: ``ManifestError/unknownWorkflow(_:)``.
  public func pendingIntents(
    of names: [String] = [], includingOptional: Bool = false
  ) throws(ManifestError) -> [PendingIntent] {
    for name in names where workflow(named: name) == nil { throw .unknownWorkflow(name) }
    return workflows.filter { names.isEmpty || names.contains($0.name) }.flatMap { workflow in
      workflow.models.compactMap { model in
        guard case .intended = model.state else { return nil }
        guard includingOptional || model.criticality != .optional else { return nil }
        return PendingIntent(workflow: workflow.name, entry: model)
      }
    }
  }
}

extension Environment {
  /// The pending downloads of the manifest; see ``Manifest/pendingIntents(of:includingOptional:)``.
  ///
  /// - Parameter workflows: Names, or paths of workflow files whose stem is the name.
  /// - Throws: ``ManifestError``.
  public func pendingIntents(
    of workflows: [String] = [], includingOptional: Bool = false
  ) throws(ManifestError) -> [PendingIntent] {
    let manifest = try manifestStore().read()
    let names = workflows.map { argument in
      manifest.workflow(named: argument) == nil
        ? FilePath(argument).stem ?? argument : argument
    }
    return try manifest.pendingIntents(of: names, includingOptional: includingOptional)
  }
}
