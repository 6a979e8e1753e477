public import SystemPackage

/// Whether writes are recorded: the setting `comfy.commit`.
package enum CommitPolicy: String, Sendable, Hashable, CaseIterable {
  /// Every write that changed the manifest is committed.
  case always
  /// Nothing is committed and nothing is staged.
  case never
}

/// What became of the wish to record a written manifest.
public enum CommitOutcome: Sendable, Hashable {
  /// A commit was made and HEAD's branch moved to it.
  case committed(RecordedCommit)
  /// HEAD holds the file as it is on disk: there was nothing to record.
  case unchanged
  /// The file stands as written, and nothing was recorded.
  case skipped(SkipReason)
}

/// A commit that was made.
public struct RecordedCommit: Sendable, Hashable {
  /// The commit.
  public let id: ObjectID
  /// What a user may want to be told about it once, in the order of ``CommitNotice``.
  package let notices: [CommitNotice]

  package init(id: ObjectID, notices: [CommitNotice] = []) {
    self.id = id
    self.notices = notices
  }
}

/// Something true of a commit that was made which its user may not expect.
package enum CommitNotice: Sendable, Hashable {
  /// `commit.gpgSign` is set; commits made here are never signed.
  case unsigned
  /// Hooks that `git commit` would have run; commits made here run none. File names, sorted.
  case hooksNotRun([String])
  /// HEAD is detached: no branch holds the commit.
  case detachedHead
  /// A bisection is in progress. As `git commit` does, the commit is made on the commit under test.
  case bisecting
  /// The commit was made by the `git` program, since libgit2 can't; its reason.
  case byGitProgram(GitProgramReason)
}

/// Why libgit2 can't make a commit that the `git` program can.
public enum GitProgramReason: Sendable, Hashable {
  /// There is no libgit2 that could be loaded; the reason, untrusted text.
  case noLibrary(String)
  /// libgit2 can't open the repository; its reason, untrusted text.
  case unsupportedRepository(String)
  /// libgit2 can't read the index (split, sparse, without checksum); its reason, untrusted text.
  case unsupportedIndex(String)
  /// `.gitattributes` gives the file a filter driver; its name.
  case filter(String)
  /// `.gitattributes` gives the file a `working-tree-encoding`; its name.
  case encoding(String)
  /// A configuration variable that libgit2 does not know; its key, or the first part of it.
  case setting(String)
  /// The file system of the git directory has no hard links, or no locks of directories.
  case fileSystem
  /// The environment holds something that libgit2 can't be told; the variable's name.
  case environment(String)
}

/// Why a written manifest was not recorded.
public enum SkipReason: Sendable, Hashable {
  /// ``CommitPolicy/never`` holds.
  case policyNever
  /// No repository holds the file; its real path.
  case outsideRepository(FilePath)
  /// The repository has no work tree; its git directory.
  case bareRepository(FilePath)
  /// A repository is there, but the file is not in its work tree (`GIT_WORK_TREE`, `.git/…`).
  case outsideWorkTree(file: FilePath, workTree: FilePath)
  /// The repository belongs to another user. Way out: `git config --global --add safe.directory`.
  case foreignOwner(directory: FilePath, owner: UInt32)
  /// libgit2 can't make this commit, and there is no `git` program on PATH.
  case needsGitProgram(GitProgramReason)
  /// A merge, rebase or the like is under way. Way out: finish or abort it.
  case inProgress(GitOperation)
  /// The file is ignored and not tracked; its path in the work tree. Way out: `git add -f`.
  case ignored(FilePath)
  /// The user has staged another edit of the file than the one on disk, or its removal; its path in
  /// the work tree. Way out: `git commit`, `git add` or `git reset` it.
  case stagedEdit(FilePath)
  /// The file is unmerged in the index, as after `git stash pop`; its path in the work tree.
  case unmerged(FilePath)
  /// The user told git to overlook changes of the file (`update-index --assume-unchanged` or
  /// `--skip-worktree`); its path in the work tree.
  case overlooked(FilePath)
  /// Another process holds this lock file, or a dead one left it there. Never deleted here.
  case locked(FilePath)
  /// Another process of ours has been committing there all the while; the git directory.
  case busy(FilePath)
  /// Neither the environment nor the configuration names an author or committer; the missing keys,
  /// `user.name`, `user.email` or both.
  case noIdentity(missing: [String])
  /// A source that was written into the manifest by hand holds secrets, which would be in the
  /// history for good: `userinfo`, or names of parameters, sorted. Way out: take them out, or
  /// `git commit` the file.
  case secret(names: [String])
  /// `.gitattributes` would pass the file through this filter, whose program the repository's own
  /// configuration names. Way out: `git commit` the file, which runs it.
  case filterOfRepository(String)
  /// HEAD moved every time a commit was tried.
  case headKeptMoving
}

/// Something that git is in the middle of, and that a commit from outside would disturb.
public enum GitOperation: String, Sendable, Hashable, CaseIterable {
  case merge, rebase, revert
  case cherryPick = "cherry-pick"
  case applyMailbox = "am"
}
