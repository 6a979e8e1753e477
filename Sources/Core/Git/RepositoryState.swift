internal import SystemPackage

/// Which operation of git is in progress, judged by its files in the git directory.
///
/// Works without libgit2, because it is also needed for repositories that libgit2 cannot open.
struct RepositoryState {
  let gitDirectory: FilePath

  /// The operation that a commit would disturb. A bisection is not such an operation: `git commit`
  /// works during it.
  var operation: GitOperation? {
    if has("rebase-merge") { return .rebase }
    if has("rebase-apply") { return has("rebase-apply/applying") ? .applyMailbox : .rebase }
    if has("MERGE_HEAD") { return .merge }
    if has("REVERT_HEAD") { return .revert }
    if has("CHERRY_PICK_HEAD") { return .cherryPick }
    guard let next = RepositoryPlace.firstLine(of: gitDirectory.appending("sequencer/todo")) else {
      return nil
    }
    return next.hasPrefix("revert") ? .revert : .cherryPick
  }

  var isBisecting: Bool { has("BISECT_LOG") }

  private func has(_ name: String) -> Bool {
    FileStatus(reaching: gitDirectory.pushing(FilePath(name))) != nil
  }
}
