internal import CGit2
internal import SystemLibrary
internal import SystemPackage

/// A new version of the index, written next to it. It takes git's own lock before it replaces the
/// index.
///
/// git takes the lock by creating `index.lock`, and publishes the new index by renaming that file
/// to `index`. Here, the new version is complete before it is linked to `index.lock`, and it keeps
/// its first name until the end. An `index.lock` that is the same file as the draft is therefore
/// one of ours, and ``recover(in:_:)`` can remove what a killed process left. We never touch a lock
/// of another program. Use this only while holding the ``DirectoryLock`` of the git directory.
struct IndexDraft: ~Copyable {
  enum Failure: Error {
    /// Another process holds this lock file.
    case locked(FilePath)
    /// The index changed after it was read and has to be read again.
    case outdated
    /// The file system has no hard links.
    case unlinkable
    /// libgit2 cannot read the index.
    case unreadable(GitFailure)
    case git(GitError)
  }

  /// The names of the index and of the files next to it.
  struct Paths {
    let gitDirectory: FilePath
    var index: FilePath { gitDirectory.appending("index") }
    var lock: FilePath { gitDirectory.appending("index.lock") }
    var draft: FilePath { gitDirectory.appending("index.comfy") }
    /// libgit2 first writes the draft under this name.
    var draftLock: FilePath { gitDirectory.appending("index.comfy.lock") }
  }

  private let paths: Paths
  private let contents: GitPointer
  private let original: FileStatus?
  private var isLocked = false

  /// Copies the index, which need not exist yet.
  init(of gitDirectory: FilePath) throws(Failure) {
    let paths = Paths(gitDirectory: gitDirectory)
    let original = FileStatus(reaching: paths.index)
    contents = try Self.open(paths, copies: original != nil)
    self.original = original
    self.paths = paths
  }

  private static func open(_ paths: Paths, copies: Bool) throws(Failure) -> GitPointer {
    if copies { try copy(paths.index, to: paths.draft) }
    do throws(GitFailure) {
      return try GitPointer(freedBy: git_index_free) { out in
        paths.draft.withPlatformString { git_index_open(out, $0) }
      }
    } catch {
      remove(paths.draft)
      throw .unreadable(error)
    }
  }

  private static func copy(_ source: FilePath, to target: FilePath) throws(Failure) {
    do {
      let input = try FileDescriptor.open(source, .readOnly, options: .closeOnExec)
      defer { try? input.close() }
      let output = try FileDescriptor.open(
        target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite)
      defer { try? output.close() }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
        guard count > 0 else { return }
        _ = try output.writeAll(buffer.prefix(count))
      }
    } catch {
      let reason = (error as? Errno) ?? .ioError
      if reason == .fileExists { throw .locked(target) }
      remove(target)
      throw .git(.file(FileError(.write, target, reason)))
    }
  }

  deinit {
    if isLocked { Self.remove(paths.lock) }
    Self.remove(paths.draft)
  }

  /// The entry of a file, and whether it is unmerged.
  func entry(at path: FilePath) -> Entry {
    let index = contents.raw
    return path.withPlatformString { name in
      Entry(
        staged: git_index_get_bypath(index, name, 0)?.pointee,
        isUnmerged: (1...3).contains { git_index_get_bypath(index, name, Int32($0)) != nil })
    }
  }

  struct Entry {
    let staged: git_index_entry?
    let isUnmerged: Bool
  }

  /// Writes the entries of files into the draft and takes git's lock.
  mutating func lock(with entries: [(FilePath, git_index_entry)]) throws(Failure) {
    let index = contents.raw
    do throws(GitFailure) {
      try smudgeRacyEntries()
      for (path, entry) in entries {
        try git {
          path.withPlatformString { name in
            var entry = entry
            entry.path = name
            return git_index_add(index, &entry)
          }
        }
      }
      try git { git_index_write(index) }
    } catch {
      throw error.isCode(GIT_ELOCKED) ? .locked(paths.draftLock) : .git(.library(error))
    }
    try takeLock()
    isLocked = true
    guard FileStatus(reaching: paths.index) == original else { throw .outdated }
  }

  private func takeLock() throws(Failure) {
    let made = paths.draft.withPlatformString { draft in
      if let mode = original?.permissions { chmod(draft, mode) }
      return paths.lock.withPlatformString { link(draft, $0) }
    }
    guard made != 0 else { return }
    let reason = Errno(rawValue: errno)
    switch reason {
    case .fileExists: throw .locked(paths.lock)
    case .notPermitted, .notSupported, .noFunction: throw .unlinkable
    default: throw .git(.file(FileError(.link, paths.lock, reason)))
    }
  }

  /// Makes the draft the index, and releases the lock.
  consuming func publish() throws(GitError) {
    try Self.publish(paths)
    isLocked = false
  }

  private static func publish(_ paths: Paths) throws(GitError) {
    let status = paths.lock.withPlatformString { lock in
      paths.index.withPlatformString { rename(lock, $0) }
    }
    guard status == 0 else {
      throw .file(FileError(.rename, paths.index, Errno(rawValue: errno)))
    }
  }

  /// Ensures that git still compares the content of files that changed in the second in which the
  /// index was written.
  ///
  /// If a file is not older than the index, git knows that an equal time proves nothing. The new
  /// index is newer, so git would no longer know this. A recorded size of zero makes git compare
  /// the content whatever the times are.
  private func smudgeRacyEntries() throws(GitFailure) {
    guard let written = original?.modified.seconds else { return }
    let index = contents.raw
    for position in 0..<git_index_entrycount(index) {
      guard var entry = git_index_get_byindex(index, position)?.pointee,
        Int64(entry.mtime.seconds) >= written, entry.file_size != 0
      else { continue }
      entry.file_size = 0
      try git { git_index_add(index, &entry) }
    }
  }

  private static func remove(_ path: FilePath) {
    _ = path.withPlatformString { unlink($0) }
  }
}

extension IndexDraft {
  /// Whether a draft exists: of a process that is working on it, or of one that was killed.
  static func isLeft(in gitDirectory: FilePath) -> Bool {
    FileStatus(reaching: Paths(gitDirectory: gitDirectory).draft) != nil
  }

  /// Removes what a killed process of ours left, and completes its work if the commit was made.
  ///
  /// - Throws: ``Failure/locked(_:)`` for a lock on HEAD's branch that another process may still
  ///   hold.
  static func recover(
    in gitDirectory: FilePath, _ repository: borrowing GitRepository
  ) throws(Failure) {
    let paths = Paths(gitDirectory: gitDirectory)
    defer { remove(paths.draftLock) }
    guard let draft = FileStatus(reaching: paths.draft) else { return }
    if let lock = FileStatus(reaching: paths.lock), lock.isSameFile(as: draft) {
      try recoverBranchLock(since: draft.changed, repository)
      if isRecorded(paths, repository) {
        do throws(GitError) { try publish(paths) } catch { throw .git(error) }
      } else {
        remove(paths.lock)
      }
    }
    remove(paths.draft)
  }

  /// Removes the lock that the killed process had on HEAD's branch.
  ///
  /// That lock was made after the index was locked. git's own processes hold such a lock only for
  /// moments, so one that still exists after half a second has no holder.
  private static func recoverBranchLock(
    since locked: FileTime, _ repository: borrowing GitRepository
  ) throws(Failure) {
    let path = repository.headLock
    guard let lock = FileStatus(reaching: path), lock.modified.seconds >= locked.seconds,
      lock.size <= 41
    else { return }
    guard lock.modified.age > 500_000_000 else { throw .locked(path) }
    remove(path)
  }

  /// Whether the draft and the index differ, and HEAD has the draft's version of each such file.
  private static func isRecorded(_ paths: Paths, _ repository: borrowing GitRepository) -> Bool {
    guard let draft = try? opened(paths.draft), let index = try? opened(paths.index) else {
      return false
    }
    var isRecorded = false
    for position in 0..<git_index_entrycount(draft.raw) {
      guard let entry = git_index_get_byindex(draft.raw, position), let name = entry.pointee.path
      else { continue }
      var id = entry.pointee.id
      if let old = git_index_get_bypath(index.raw, name, 0) {
        var oldID = old.pointee.id
        if git_oid_equal(&id, &oldID) != 0 { continue }
      }
      guard let head = try? repository.entry(FilePath(platformString: name), at: "HEAD") else {
        return false
      }
      guard head.id == ObjectID(id) else { return false }
      isRecorded = true
    }
    return isRecorded
  }

  private static func opened(_ path: FilePath) throws(GitFailure) -> GitPointer {
    try GitPointer(freedBy: git_index_free) { out in
      path.withPlatformString { git_index_open(out, $0) }
    }
  }
}
