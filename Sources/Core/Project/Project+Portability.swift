internal import SystemPackage

extension Project {
  /// What another machine would lack that has the repository and nothing else: workflow files that
  /// git does not track, and recorded models without a source.
  ///
  /// - Throws: ``ManifestError``.
  package func portabilityFaults() throws -> [ProjectFault] {
    let store = try manifestStore()
    let manifest = try store.read()
    let untracked = try untrackedWorkflows(of: manifest, in: store.path.removingLastComponent())
    let withoutSource = try manifest.recordedFiles().filter(\.sources.isEmpty)
    return untracked.map { ProjectFault(.untrackedWorkflow($0)) }
      + withoutSource.map { ProjectFault(.withoutSource($0)) }
  }

  /// The files of workflows that are in the repository's work tree and that git does not track. None
  /// where libgit2 cannot tell.
  private func untrackedWorkflows(
    of manifest: Manifest, in directory: FilePath
  ) throws(ManifestError) -> [FilePath] {
    var files: [FilePath] = []
    for path in manifest.workflows.compactMap(\.path) { files.append(try file(at: path)) }
    do throws(GitError) {
      let repository = try GitRepository(around: directory, environment: environment)
      var untracked: [FilePath] = []
      for file in files where file.exists {
        guard let relative = repository.relativePath(of: file) else { continue }
        if try !repository.tracks(relative) { untracked.append(file) }
      }
      return untracked
    } catch {
      // What keeps the repository from being read is a fault of its own.
      return []
    }
  }
}
