internal import CGit2
internal import SystemLibrary
internal import SystemPackage

/// A new version of the index, written beside it, that takes git's own lock before it counts.
///
/// git takes the lock by making `index.lock`, and publishes by renaming it to `index`. Here the new
/// version is complete before it is linked to `index.lock`, and its first name stays until the end:
/// an `index.lock` that is the same file as the draft is thereby known to be one of ours, and what
/// a killed process left is cleared away by ``recover(in:_:)``. A lock of anybody else is never
/// touched. To be used under the ``DirectoryLock`` of the git directory.
struct IndexDraft: ~Copyable {
  enum Failure: Error {
    /// Another process holds this lock file.
    case locked(FilePath)
    /// The index changed after it was read: read it again.
    case outdated
    /// The file system has no hard links.
    case unlinkable
    /// libgit2 can't read the index.
    case unreadable(GitFailure)
    case git(GitError)
  }

  /// The names of the index and what stands beside it.
  struct Paths {
    let gitDirectory: FilePath
    var index: FilePath { gitDirectory.appending("index") }
    var lock: FilePath { gitDirectory.appending("index.lock") }
    var draft: FilePath { gitDirectory.appending("index.comfy") }
    /// libgit2 writes the draft by this name first.
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

  /// Makes the draft the index, and lets go of the lock.
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

  /// Keeps git looking at the content of files that changed in the second the index was written.
  ///
  /// git compares a file's time with the index's own to know that an equal time proves nothing; the
  /// new index is younger and would lose that. A size of zero says the same for good.
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
  /// Whether a draft lies there: of a process that works on it, or of one that was killed.
  static func isLeft(in gitDirectory: FilePath) -> Bool {
    FileStatus(reaching: Paths(gitDirectory: gitDirectory).draft) != nil
  }

  /// Clears away what a killed process of ours left, finishing its work where the commit was made.
  ///
  /// - Throws: ``Failure/locked(_:)`` for a lock on HEAD's branch that may be somebody's still.
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
  /// It was made after the index was locked. git's own processes hold such a lock for moments, so
  /// one that is still there half a second later has nobody.
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

  /// Whether HEAD holds the files in which draft and index differ, as the draft has them.
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
