/// What is already decided in one workflow.
public struct ModelResolutionContext: Sendable {
  public var workflowName: String
  /// The manifest's whole entry for each reference it knows.
  public var previousResolutions: [ReferenceKey: ManifestWorkflowModel]

  public init(
    workflowName: String, previousResolutions: [ReferenceKey: ManifestWorkflowModel] = [:]
  ) {
    self.workflowName = workflowName
    self.previousResolutions = previousResolutions
  }

  /// What `manifest` knows of the workflow; nothing when it does not know the workflow.
  public init(workflowName: String, manifest: Manifest) {
    self.workflowName = workflowName
    previousResolutions = [:]
    for model in manifest.workflow(named: workflowName)?.models ?? [] {
      for node in model.nodes where previousResolutions[node] == nil {
        previousResolutions[node] = model
      }
    }
  }
}

/// The contexts of the workflows of one manifest, each built once.
public struct ResolutionContexts {
  private let manifest: Manifest?
  private var known: [String: ModelResolutionContext] = [:]

  /// - Parameter manifest: `nil` when nothing is decided anywhere.
  public init(manifest: Manifest?) {
    self.manifest = manifest
  }

  /// The context of a workflow, empty for one that the manifest does not know.
  public subscript(workflow: String) -> ModelResolutionContext {
    mutating get {
      if let context = known[workflow] { return context }
      let context =
        manifest.map { ModelResolutionContext(workflowName: workflow, manifest: $0) }
        ?? ModelResolutionContext(workflowName: workflow)
      known[workflow] = context
      return context
    }
  }
}
