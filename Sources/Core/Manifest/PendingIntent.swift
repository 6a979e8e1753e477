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
  ///   - names: Only these workflows; all if empty.
  ///   - includingOptional: Whether optional models are included.
  /// - Throws: ``ManifestError/unknownWorkflow(_:)``.
  package func pendingIntents(
    of names: [String] = [], includingOptional: Bool = false
  ) throws(ManifestError) -> [PendingIntent] {
    for name in names where !hasWorkflow(named: name) {
      throw .unknownWorkflow(name, known: workflowStates.map(\.name))
    }
    return workflowStates.filter { names.isEmpty || names.contains($0.name) }.flatMap { state in
      pendingEntries(of: state).compactMap { entry in
        guard case .intended = entry.state else { return nil }
        guard includingOptional || entry.criticality != .optional else { return nil }
        return PendingIntent(workflow: state.name, entry: entry)
      }
    }
  }

  /// The entries that may be pending. The others, which are most of them, are not read.
  private func pendingEntries(of state: WorkflowState) -> [ManifestWorkflowModel] {
    if let entries = state.entries { return entries.models }
    return ManifestReader(document).entries(of: state.origin) { node in
      document.child("sources", of: node) != nil
        && document.child("hash", of: node).flatMap(document.string).flatMap { ModelHash($0) }
          == nil
    }
  }
}
