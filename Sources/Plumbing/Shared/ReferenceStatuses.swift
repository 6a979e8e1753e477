internal import ComfyCore

/// The manifest's word on references: `resolved pending optional unresolved new automatic`.
struct ReferenceStatuses {
  private var contexts: ResolutionContexts

  /// - Parameter manifest: `nil` makes every reference new.
  init(manifest: Manifest?) {
    contexts = ResolutionContexts(manifest: manifest)
  }

  /// The word for a reference of a workflow.
  mutating func status(of reference: ModelReference, in workflow: String) -> String {
    contexts[workflow].entry(for: reference)?.statusWord
      ?? (reference.isAutomatic ? "automatic" : "new")
  }
}
