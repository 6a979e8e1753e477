/// How far one workflow is.
public struct WorkflowStatus: Sendable {
  public var name: String
  /// As the manifest writes it; `nil` when it does not.
  public var path: String?
  /// References and what is known of each, in node order; those of nodes that do not run left out.
  public var references: [MatchedReference] = []
  /// Why the workflow could not be read; ``references`` is empty then.
  public var problem: UnreadableWorkflow?

  /// Models that `isCounted` holds for; several references to one file are one model.
  public func count(where isCounted: (Match) -> Bool) -> Int {
    ModelGroup.groups(of: references).count { isCounted($0.match) }
  }

  /// Whether every reference is on this machine or optional.
  public var isComplete: Bool {
    problem == nil
      && references.allSatisfy {
        switch $0.match {
        case .resolved, .optional: true
        case .pending, .ambiguous, .downloadable, .missing: false
        }
      }
  }
}

extension Project {
  /// How far every workflow of the manifest is, in its order. Nothing is hashed and nothing written.
  ///
  /// - Throws: ``ManifestError``, ``IndexError``, ``LoaderFileError``.
  public func workflowStatuses() throws -> [WorkflowStatus] {
    let manifest = try manifestStore().read()
    let resolver = Resolver(index: try openIndex(for: .read)) { $0.isPresent }
    let reader = try workflowReader()
    return try manifest.workflows.map { workflow in
      var status = WorkflowStatus(name: workflow.name, path: workflow.path)
      guard workflow.path != nil, let source = try workflowSources([workflow.name]).first else {
        return status
      }
      do {
        let context = ModelResolutionContext(workflowName: workflow.name, manifest: manifest)
        status.references = try readWorkflow(source, with: reader).references
          .filter { $0.state == .active }
          .map { MatchedReference(reference: $0, match: try resolver.match($0, in: context)) }
      } catch let error as UnreadableWorkflow {
        status.problem = error
      }
      return status
    }
  }
}
