extension Project {
  /// The pending downloads in the manifest; see ``Manifest/pendingIntents(of:includingOptional:)``.
  ///
  /// - Parameter workflows: Names, or paths of workflow files.
  /// - Throws: ``ManifestError``.
  public func pendingIntents(
    of workflows: [String] = [], includingOptional: Bool = false
  ) throws(ManifestError) -> [PendingIntent] {
    let manifest = try manifestStore().read()
    let names = workflows.map { workflowName(of: $0, in: manifest) }
    return try manifest.pendingIntents(of: names, includingOptional: includingOptional)
  }
}
