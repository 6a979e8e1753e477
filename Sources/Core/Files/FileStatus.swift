internal import SystemLibrary
package import SystemPackage

/// What the system says about a file: enough to detect that it was changed or replaced.
struct FileStatus: Sendable, Hashable {
  let device: UInt64
  let inode: UInt64
  let size: Int64
  /// Number of names (hard links) that the file has.
  let linkCount: UInt64
  /// When the content last changed.
  let modified: FileTime
  /// When the content or this status last changed.
  let changed: FileTime
  /// Type and permission bits.
  let mode: UInt32
  let owner: UInt32
  let group: UInt32

  var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
  var isDirectory: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
  var isPipe: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFIFO) }
  var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }
  /// Whether its owner may run it.
  var isExecutable: Bool { mode & UInt32(S_IXUSR) != 0 }
  var permissions: mode_t { mode_t(mode & 0o7777) }
  /// Whether this process may change the permissions.
  var isOwn: Bool { owner == geteuid() }

  /// Status of what a path names.
  ///
  /// - Parameter following: Whether to follow a symbolic link to its target.
  /// - Returns: `nil` if nothing exists there.
  init?(of path: FilePath, following: Bool = true) throws(FileError) {
    var status = stat()
    let result = path.withPlatformString { following ? stat($0, &status) : lstat($0, &status) }
    guard result == 0 else {
      if errno == ENOENT { return nil }
      throw FileError(.status, path, Errno(rawValue: errno))
    }
    self.init(status)
  }

  /// Status of what a path names, links followed; `nil` if nothing exists there or it cannot be
  /// reached.
  init?(reaching path: FilePath) {
    guard let found = try? FileStatus(of: path) else { return nil }
    self = found
  }

  /// Status of an open file.
  init(of descriptor: FileDescriptor, named path: FilePath) throws(FileError) {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else {
      throw FileError(.status, path, Errno(rawValue: errno))
    }
    self.init(status)
  }

  /// Status of a name in an open directory, links not followed; `nil` if nothing exists there.
  ///
  /// - Parameter path: The path of that name, for error messages.
  init?(
    of name: FilePath.Component, in directory: FileDescriptor, named path: FilePath
  ) throws(FileError) {
    var status = stat()
    guard fstatat(directory.rawValue, name.string, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return nil }
      throw FileError(.status, path, Errno(rawValue: errno))
    }
    self.init(status)
  }

  /// Reads the result of a call of the `stat` family.
  private init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    linkCount = UInt64(status.st_nlink)
    mode = UInt32(status.st_mode)
    owner = status.st_uid
    group = status.st_gid
    #if canImport(Darwin)
      modified = FileTime(status.st_mtimespec)
      changed = FileTime(status.st_ctimespec)
    #else
      modified = FileTime(status.st_mtim)
      changed = FileTime(status.st_ctim)
    #endif
  }

  /// Whether both statuses are of the same file with the same content.
  func isUnchanged(since other: FileStatus) -> Bool {
    isSameFile(as: other) && size == other.size && modified == other.modified
  }

  /// Whether both are the same file, not just equal ones.
  func isSameFile(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }
}

extension FilePath {
  /// Whether anything exists at this path; symbolic links are followed.
  package var exists: Bool { FileStatus(reaching: self) != nil }

  /// Whether a directory is at this path; symbolic links are followed.
  var isDirectory: Bool { FileStatus(reaching: self)?.isDirectory == true }

  /// Whether the system refuses to let this process read the existing file, or list the existing
  /// directory, at this path.
  var refusesReading: Bool {
    do {
      // Without `nonBlocking`, opening a named pipe would wait for its other end.
      try FileDescriptor.open(self, .readOnly, options: [.closeOnExec, .nonBlocking]).close()
      return false
    } catch {
      return [.permissionDenied, .notPermitted].contains(error as? Errno)
    }
  }

  /// Absolute, with every symbolic link followed; `nil` if a part is missing.
  var real: FilePath? {
    withPlatformString { path in
      guard let resolved = realpath(path, nil) else { return nil }
      defer { free(resolved) }
      return FilePath(platformString: resolved)
    }
  }

  /// Absolute, with links followed in the part that exists; the part that does not exist is
  /// appended.
  var resolvingLinks: FilePath {
    if let real { return real }
    let parent = removingLastComponent()
    guard let name = lastComponent, parent != self, !parent.isEmpty else { return self }
    return parent.resolvingLinks.appending(name)
  }

  /// The path at the end of a chain of symbolic links; the path itself if it is not a link. The
  /// last target need not exist.
  ///
  /// - Throws: ``FileError`` with `tooManySymbolicLinkLevels` for a loop.
  func followingLinks() throws(FileError) -> FilePath {
    var path = self
    // Linux follows as many.
    for _ in 0..<40 {
      guard let status = try FileStatus(of: path, following: false), status.isLink else {
        return path
      }
      path = path.removingLastComponent().pushing(try path.linkTarget())
    }
    throw FileError(.readLink, self, .tooManySymbolicLinkLevels)
  }

  private func linkTarget() throws(FileError) -> FilePath {
    let capacity = 4096
    var bytes = [CChar](repeating: 0, count: capacity + 1)
    let count = withPlatformString { readlink($0, &bytes, capacity) }
    guard count > 0 else { throw FileError(.readLink, self, Errno(rawValue: errno)) }
    return FilePath(platformString: bytes)
  }
}

extension FileDescriptor {
  /// Whether the open file is still the one at this path.
  func isStill(at path: FilePath, following: Bool = true) -> Bool {
    guard let mine = try? FileStatus(of: self, named: path),
      let there = try? FileStatus(of: path, following: following)
    else { return false }
    return mine.isSameFile(as: there)
  }

  /// Waits until what was written to the file is on the disk: `fsync`.
  func synchronize(named path: FilePath) throws(FileError) {
    while fsync(rawValue) != 0 {
      guard errno == EINTR else { throw FileError(.synchronize, path, Errno(rawValue: errno)) }
    }
  }

  /// Waits until a directory's names are on the disk. It is not an error if the file system cannot
  /// do that.
  static func synchronizeDirectory(_ path: FilePath) throws(FileError) {
    let named = path.isEmpty ? FilePath(".") : path
    let directory: FileDescriptor
    do {
      directory = try FileDescriptor.open(named, .readOnly, options: [.directory, .closeOnExec])
    } catch {
      throw FileError(.open, named, error as? Errno ?? .ioError)
    }
    defer { try? directory.close() }
    guard fsync(directory.rawValue) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw FileError(.synchronize, named, Errno(rawValue: errno))
    }
  }
}
