public import SystemPackage

/// Whether writes are recorded: the setting `comfy.commit`.
package enum CommitPolicy: String, Sendable, Hashable, CaseIterable {
  /// Every write that changed the manifest is committed.
  case always
  /// Nothing is committed and nothing is staged.
  case never
}

/// The result of recording a written manifest.
public enum CommitOutcome: Sendable, Hashable {
  /// A commit was made and HEAD's branch moved to it.
  case committed(RecordedCommit)
  /// HEAD has the file as it is on disk: there was nothing to record.
  case unchanged
  /// The file stays as written, but nothing was recorded.
  case skipped(SkipReason)
}

/// A commit that was made.
public struct RecordedCommit: Sendable, Hashable {
  /// The commit.
  public let id: ObjectID
  /// What the user should know about the commit, in the order of ``CommitNotice``.
  package let notices: [CommitNotice]

  package init(id: ObjectID, notices: [CommitNotice] = []) {
    self.id = id
    self.notices = notices
  }
}

/// Something about a commit that the user may not expect.
package enum CommitNotice: Sendable, Hashable {
  /// `commit.gpgSign` is set; commits made here are never signed.
  case unsigned
  /// Hooks that `git commit` would have run, in its order; commits made here run none. File names.
  case hooksNotRun([String])
  /// HEAD is detached: no branch contains the commit.
  case detachedHead
  /// A bisection is in progress. As `git commit` does, the commit is made on the commit under test.
  case bisecting
  /// The `git` program made the commit, because libgit2 cannot; the reason.
  case byGitProgram(GitProgramReason)
}

/// Why a commit needs the `git` program instead of libgit2.
public enum GitProgramReason: Sendable, Hashable {
  /// libgit2 cannot be loaded; the reason, untrusted text.
  case noLibrary(String)
  /// libgit2 cannot open the repository; its reason, untrusted text.
  case unsupportedRepository(String)
  /// libgit2 cannot read the index (split, sparse, without checksum); its reason, untrusted text.
  case unsupportedIndex(String)
  /// `.gitattributes` gives the file a filter driver; its name.
  case filter(String)
  /// `.gitattributes` gives the file a `working-tree-encoding`; its name.
  case encoding(String)
  /// A configuration variable that libgit2 does not support; its key, or the first part of the key.
  case setting(String)
  /// The file system of the git directory has no hard links, or no locks of directories.
  case fileSystem
  /// The environment has a setting that cannot be passed to libgit2; the variable's name.
  case environment(String)
}

/// Why a written manifest was not recorded.
public enum SkipReason: Sendable, Hashable {
  /// ``CommitPolicy/never`` is set.
  case policyNever
  /// No repository contains the file; its real path.
  case outsideRepository(FilePath)
  /// The repository has no work tree; its git directory.
  case bareRepository(FilePath)
  /// There is a repository, but the file is not in its work tree (`GIT_WORK_TREE`, `.git/…`).
  case outsideWorkTree(file: FilePath, workTree: FilePath)
  /// The repository belongs to another user. Fix: `git config --global --add safe.directory`.
  case foreignOwner(directory: FilePath, owner: UInt32)
  /// libgit2 cannot make this commit, and there is no `git` program on PATH.
  case needsGitProgram(GitProgramReason)
  /// A merge, rebase or the like is in progress. Fix: finish or abort it.
  case inProgress(GitOperation)
  /// The file is ignored and not tracked; its path in the work tree. Fix: `git add -f`.
  case ignored(FilePath)
  /// The user has staged the removal of the file, or an edit that differs from the file on disk;
  /// its path in the work tree. Fix: `git commit`, `git add` or `git reset` it.
  case stagedEdit(FilePath)
  /// The file is unmerged in the index, as after `git stash pop`; its path in the work tree.
  case unmerged(FilePath)
  /// Git is set to ignore changes to the file (`update-index --assume-unchanged` or
  /// `--skip-worktree`); its path in the work tree.
  case overlooked(FilePath)
  /// Another process holds this lock file, or a killed process left it. We never delete it.
  case locked(FilePath)
  /// Another comfy process held the lock of this git directory during every attempt.
  case busy(FilePath)
  /// Neither the environment nor the configuration names an author or committer; the missing keys,
  /// `user.name`, `user.email` or both.
  case noIdentity(missing: [String])
  /// A source in the manifest, written by hand, contains secrets, which would stay in the history
  /// forever: `userinfo`, or the names of parameters, sorted. Fix: remove them, or `git commit` the
  /// file.
  case secret(names: [String])
  /// `.gitattributes` would pass the file through this filter, whose program the repository's own
  /// configuration names. Fix: `git commit` the file, which runs the filter.
  case filterOfRepository(String)
  /// HEAD or the index changed during each attempt to commit.
  case headKeptMoving
}

/// An operation of git in progress that a commit from outside would disturb.
public enum GitOperation: String, Sendable, Hashable, CaseIterable {
  case merge, rebase, revert
  case cherryPick = "cherry-pick"
  case applyMailbox = "am"
}
