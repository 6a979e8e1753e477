package import SystemPackage

/// The state of a clone: the commit that is checked out, and whether tracked files differ from it.
package struct CloneState: Sendable, Hashable {
  /// 40 or 64 lower-case hexadecimal digits.
  package let commit: String
  /// Whether a tracked file was changed, added or removed.
  package let isDirty: Bool

  /// Asks the `git` program about a folder. No program that the repository names is run.
  ///
  /// - Returns: `nil` if the folder is not the top of a clone, the clone has no commit, git refuses
  ///   it, or there is no git.
  package init?(of folder: FilePath, environment: ProcessEnvironment) {
    guard let program = GitProgram(environment),
      let place = RepositoryPlace(around: folder, environment: environment), !place.isExplicit,
      place.entrance.removingLastComponent() == folder.real ?? folder,
      (try? place.checkFiles()) != nil
    else { return nil }
    // Content is only compared, so no filter runs, not even one of the user's.
    guard let filters = try? FilterDrivers(of: place, environment).names,
      let head = try? program.run("rev-parse", ["--verify", "HEAD^{commit}"], in: folder),
      head.status == 0,
      let status = try? program.run(
        // In a submodule, git would run what the settings of that repository name.
        "status", ["--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all"],
        in: folder, without: filters),
      status.status == 0
    else { return nil }
    commit = String(String(decoding: head.output, as: UTF8.self).prefix { !$0.isWhitespace })
    isDirty = !status.output.isEmpty
  }
}
