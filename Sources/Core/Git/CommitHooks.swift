internal import SystemPackage

/// The hooks that `git commit` would run.
struct CommitHooks {
  /// File names of the existing, executable hooks, in the order git runs them.
  let names: [String]

  init(_ repository: borrowing GitRepository) {
    self.init(
      repository.configuration, repository.commonDirectory.appending("hooks"),
      top: repository.workTree)
  }

  init(_ place: RepositoryPlace, _ configuration: borrowing GitConfiguration) {
    self.init(configuration, place.commonDirectory.appending("hooks"), top: place.workTree)
  }

  private init(_ configuration: borrowing GitConfiguration, _ own: FilePath, top: FilePath?) {
    let configured = (try? configuration.path("core.hooksPath")) ?? nil
    // A relative path starts at the top of the work tree, where git runs hooks.
    let folder = configured.map { (top ?? own).pushing($0) } ?? own
    names = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"].filter {
      guard let facts = FileStatus(reaching: folder.appending($0)) else { return false }
      return facts.isRegular && facts.isExecutable
    }
  }
}
