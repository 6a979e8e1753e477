extension Project {
  /// Removes workflows from the manifest, and the global rows that no other workflow uses, in one
  /// write and one commit. No file is touched.
  ///
  /// - Parameter arguments: Names in the manifest, or paths of files, which need not exist any
  ///   more.
  /// - Throws: ``ManifestError``. Then nothing was written.
  package func drop(workflows arguments: [String]) throws -> Recording {
    let manifest = try manifestStore().read()
    let names = try arguments.map { argument in
      manifest.hasWorkflow(named: argument) || argument.isEmpty
        ? argument : try source(argument, in: manifest).name
    }.unique
    let message = { CommitMessage(action: "drop-workflow", workflows: names) }
    return try record(message: message) { manifest throws(ManifestError) in
      for name in names { try manifest.dropWorkflow(name) }
    }
  }
}
