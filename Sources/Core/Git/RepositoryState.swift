internal import SystemPackage

/// What git is in the middle of, by the files it leaves in the git directory.
///
/// Looked up without libgit2, since it must be known of repositories that libgit2 can't open.
struct RepositoryState {
  let gitDirectory: FilePath

  /// The operation that a commit would disturb. A bisection is none: `git commit` works in it.
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
