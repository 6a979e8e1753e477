internal import CGit2
internal import SystemPackage

/// The commits of one file by libgit2.
struct LibraryCommit: ~Copyable {
  enum Failure: Error {
    case refused(CommitRefusal)
    /// Only the `git` program can make this commit.
    case needsProgram(GitProgramReason)
    /// Another process interfered; another attempt may succeed.
    case contended(SkipReason)

    /// Reading attributes and line endings also reads the index, so any call may find it
    /// unreadable.
    static func library(_ failure: GitFailure) -> Failure {
      failure.category == GIT_ERROR_INDEX.rawValue
        ? .needsProgram(.unsupportedIndex(failure.message)) : .refused(.git(.library(failure)))
    }
    static func skip(_ reason: SkipReason) -> Failure { .refused(.skip(reason)) }
  }

  let repository: GitRepository
  private let environment: ProcessEnvironment

  init(_ repository: consuming GitRepository, environment: ProcessEnvironment) {
    self.repository = repository
    self.environment = environment
  }

  /// Commits the states of `file`, a real path; the last is what is on disk.
  ///
  /// - Parameter companions: As ``HistoryRecorder`` takes them.
  func record(
    _ file: FilePath, _ steps: [HistoryStep], _ stored: StoredContents,
    companions: [FilePath] = []
  ) throws(Failure) -> [CommitOutcome] {
    let path = try pathInWorkTree(file)
    try checkSettings()
    try checkAttributes(of: path)
    let companions = companions.compactMap { try? pathInWorkTree($0) }.unique
      .filter { $0 != path }
    var backoff = Backoff()
    while true {
      do throws(Failure) {
        return try attempt(path, steps, stored, companions)
      } catch {
        guard case .contended(let reason) = error else { throw error }
        guard backoff.wait() else { throw .skip(reason) }
      }
    }
  }

  private func pathInWorkTree(_ file: FilePath) throws(Failure) -> FilePath {
    guard let workTree = repository.workTree else {
      throw .skip(.bareRepository(repository.gitDirectory))
    }
    guard let path = repository.relativePath(of: file),
      !file.starts(with: repository.gitDirectory), !file.starts(with: repository.commonDirectory)
    else { throw .skip(.outsideWorkTree(file: file, workTree: workTree)) }
    return path
  }

  func setting<Value>(
    _ read: (borrowing GitConfiguration) throws(GitError) -> Value
  ) throws(Failure) -> Value {
    do throws(GitError) { return try read(repository.configuration) } catch {
      throw .refused(.git(error))
    }
  }
}

// MARK: - One try

extension LibraryCommit {
  private func attempt(
    _ path: FilePath, _ steps: [HistoryStep], _ stored: StoredContents,
    _ companions: [FilePath]
  ) throws(Failure) -> [CommitOutcome] {
    try checkState()
    let head = try readHead(path)
    let file = try readFile(path, like: head.recorded, stored)
    let changes = try changes(
      steps, to: path, since: head.recorded, upTo: file.recorded, stored.ids)
    guard !changes.isEmpty else {
      try finishKilledCommit()
      throw .refused(.unchanged)
    }
    let people = try identities()

    let lock = try lockDirectory()
    var draft = try openDraft()
    try check(draft.entry(at: path), of: path, head: head.recorded, file: file.recorded)
    let unknown = try unknownFiles(companions, draft)
    do throws(IndexDraft.Failure) {
      try draft.lock(
        with: [(path, file.indexEntry)] + unknown.map { ($0.path, $0.file.indexEntry) })
    } catch {
      throw Self.failure(error)
    }
    try checkState()
    let ids = try commit(
      changes, path, with: unknown.map { ($0.path, $0.file.recorded) }, on: head, people)
    do throws(GitError) { try draft.publish() } catch { throw .refused(.git(error)) }
    lock.release()
    let notices = notices
    var outcomes: [CommitOutcome] = steps.map { _ in .unchanged }
    for (change, id) in zip(changes, ids) {
      outcomes[change.step] = .committed(RecordedCommit(id: id, notices: notices))
    }
    return outcomes
  }

  /// A state that becomes a commit.
  struct Change {
    /// The index of the step that led to it.
    let step: Int
    let state: TreeEntry
    let message: String
  }

  /// The steps that changed something; their contents are stored.
  private func changes(
    _ steps: [HistoryStep], to path: FilePath, since start: TreeEntry?, upTo end: TreeEntry,
    _ stored: [ObjectID]
  ) throws(Failure) -> [Change] {
    // A killed process may have made the commits in its note before it died.
    guard start != end || !steps.contains(where: \.isOwed) else { return [] }
    let earlier = steps.dropLast()
    var ids = Array(stored.prefix(earlier.count))
    if ids.count < earlier.count {
      ids = []
      for step in earlier { ids.append(try name(of: step.content, at: path) ?? end.id) }
    }
    var changes: [Change] = []
    for (index, step) in steps.enumerated() {
      let state = index < ids.count ? TreeEntry(id: ids[index], mode: end.mode) : end
      guard state != changes.last?.state ?? start else { continue }
      changes.append(Change(step: index, state: state, message: step.message.rendered))
    }
    return changes
  }

  /// `nil` for the file on disk.
  private func name(
    of content: HistoryStep.Content, at path: FilePath
  ) throws(Failure) -> ObjectID? {
    switch content {
    case .onDisk: return nil
    case .stored(let id): return id
    case .bytes(let bytes):
      do throws(GitFailure) {
        return try repository.store(repository.filtered([bytes], as: path) ?? [bytes]).first
      } catch {
        throw .library(error)
      }
    }
  }

  /// Of these files, those that neither the index nor HEAD has and that are not ignored.
  private func unknownFiles(
    _ paths: [FilePath], _ draft: borrowing IndexDraft
  ) throws(Failure) -> [(path: FilePath, file: File)] {
    var unknown: [(path: FilePath, file: File)] = []
    for path in paths where isUnknown(path, draft) {
      try checkAttributes(of: path)
      unknown.append((path, try readFile(path, like: nil, StoredContents(written: nil, ids: []))))
    }
    return unknown
  }

  private func isUnknown(_ path: FilePath, _ draft: borrowing IndexDraft) -> Bool {
    let entry = draft.entry(at: path)
    guard entry.staged == nil, !entry.isUnmerged,
      (try? readHead(path))?.recorded == nil,
      (try? repository.isIgnored(path)) == false
    else { return false }
    let full = (repository.workTree ?? repository.gitDirectory).pushing(path)
    guard (try? FileStatus(of: full, following: false))?.isRegular == true else { return false }
    // A repository inside of this one tracks its files itself.
    let around = RepositoryPlace(around: full.removingLastComponent(), environment: environment)
    return around?.gitDirectory == repository.gitDirectory
  }

  /// Removes what a process left that was killed after it had made the commit.
  private func finishKilledCommit() throws(Failure) {
    guard IndexDraft.isLeft(in: repository.gitDirectory) else { return }
    let lock = try lockDirectory()
    do throws(IndexDraft.Failure) {
      try IndexDraft.recover(in: repository.gitDirectory, repository)
    } catch {
      throw Self.failure(error)
    }
    lock.release()
  }

  private func checkState() throws(Failure) {
    let state = RepositoryState(gitDirectory: repository.gitDirectory)
    if let operation = state.operation { throw .skip(.inProgress(operation)) }
  }

  /// HEAD's commit (`nil` if unborn), and what it has at the path.
  struct Head {
    var commit: git_oid?
    var recorded: TreeEntry?
  }

  private func readHead(_ path: FilePath) throws(Failure) -> Head {
    let handle = repository.handle.raw
    var id = git_oid()
    let status = git_reference_name_to_id(&id, handle, "HEAD")
    if status == GIT_ENOTFOUND.rawValue { return Head() }
    guard status >= 0 else { throw .library(.last(status)) }
    do throws(GitFailure) {
      let commit = try GitPointer(freedBy: git_commit_free) { git_commit_lookup($0, handle, &id) }
      let tree = try GitPointer(freedBy: git_tree_free) { git_commit_tree($0, commit.raw) }
      return Head(commit: id, recorded: try TreeEntry.find(path, in: tree.raw))
    } catch {
      throw .library(error)
    }
  }

  private func identities() throws(Failure) -> (author: CommitIdentity, committer: CommitIdentity) {
    do throws(CommitIdentity.Missing) {
      return (
        try CommitIdentity(.author, repository.configuration, environment),
        try CommitIdentity(.committer, repository.configuration, environment)
      )
    } catch {
      switch error {
      case .keys(let keys): throw .skip(.noIdentity(missing: keys))
      case .git(let error): throw .refused(.git(error))
      }
    }
  }

  private func lockDirectory() throws(Failure) -> DirectoryLock {
    let directory = repository.gitDirectory
    do throws(Errno) {
      guard let lock = try DirectoryLock.acquire(directory) else {
        throw Errno.wouldBlock
      }
      return lock
    } catch {
      switch error {
      case .wouldBlock: throw .contended(.busy(directory))
      // Errors of network file systems.
      case .badFileDescriptor, .noLocks, .notSupported, .noFunction:
        throw .needsProgram(.fileSystem)
      default: throw .refused(.git(.file(FileError(.lock, directory, error))))
      }
    }
  }

  private func openDraft() throws(Failure) -> IndexDraft {
    do throws(IndexDraft.Failure) {
      try IndexDraft.recover(in: repository.gitDirectory, repository)
      return try IndexDraft(of: repository.gitDirectory)
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ failure: IndexDraft.Failure) -> Failure {
    switch failure {
    case .locked(let path): .contended(.locked(path))
    case .outdated: .contended(.headKeptMoving)
    case .unlinkable: .needsProgram(.fileSystem)
    case .unreadable(let failure): .needsProgram(.unsupportedIndex(failure.message))
    case .git(let error): .refused(.git(error))
    }
  }

  /// Refuses if the commit would include, or lose, something that the user staged.
  private func check(
    _ entry: IndexDraft.Entry, of path: FilePath, head: TreeEntry?, file: TreeEntry
  ) throws(Failure) {
    guard !entry.isUnmerged else { throw .skip(.unmerged(path)) }
    guard let staged = entry.staged else {
      guard head == nil else { throw .skip(.stagedEdit(path)) }
      do throws(GitError) {
        guard try repository.isIgnored(path) else { return }
      } catch {
        throw .refused(.git(error))
      }
      throw .skip(.ignored(path))
    }
    let extended = git_index_entry_extended_flag_t(UInt32(staged.flags_extended))
    let overlooked =
      staged.flags & UInt16(GIT_INDEX_ENTRY_VALID.rawValue) != 0
      || extended.rawValue & GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue != 0
    guard !overlooked else { throw .skip(.overlooked(path)) }
    guard extended.rawValue & GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue == 0 else { return }
    let stagedID = ObjectID(staged.id)
    guard stagedID == head?.id || stagedID == file.id else { throw .skip(.stagedEdit(path)) }
  }

  /// What the user may not expect about the commit just made.
  private var notices: [CommitNotice] {
    var notices: [CommitNotice] = []
    if (try? repository.configuration.bool("commit.gpgSign")) == true { notices.append(.unsigned) }
    let hooks = CommitHooks(repository).names
    if !hooks.isEmpty { notices.append(.hooksNotRun(hooks)) }
    if git_repository_head_detached(repository.handle.raw) == 1 { notices.append(.detachedHead) }
    if RepositoryState(gitDirectory: repository.gitDirectory).isBisecting {
      notices.append(.bisecting)
    }
    return notices
  }
}
