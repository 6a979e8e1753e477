internal import SystemLibrary
internal import SystemPackage

/// A directory of models that something may be deleted in, held open: what its path leads to later
/// makes no difference.
struct RemovalPlace: ~Copyable {
  private let descriptor: Int32

  deinit { close(descriptor) }

  /// Opens the directory that a file of `root` lies in.
  ///
  /// The folder of a category may be a link to anywhere, as for downloads; a link further down must
  /// stay in that folder.
  ///
  /// - Throws: ``RemovalError/leadsOut(_:to:)``, ``FileError``.
  init(of path: FilePath, below root: ModelRoot) throws {
    var rest = path
    guard rest.removePrefix(root.path) else { throw RemovalError.outside(path, roots: [root.path]) }
    let directory = path.removingLastComponent()
    let real = try directory.followingEveryLink()
    var home = root.path
    if root.category == nil, let first = rest.components.first, rest.components.count > 1 {
      home.append(first)
    }
    let base = try home.followingEveryLink()
    guard real.starts(with: base) else { throw RemovalError.leadsOut(path, to: real) }
    descriptor = try Self.open(real, below: base)
  }

  /// Follows no link: the path is a real one, and a link in it was put there since.
  private static func open(_ real: FilePath, below base: FilePath) throws(FileError) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    var below = real
    _ = below.removePrefix(base)
    var directory = openat(AT_FDCWD, base.string, flags)
    for component in below.components where directory >= 0 {
      let next = openat(directory, component.string, flags)
      let code = errno
      close(directory)
      errno = code
      directory = next
    }
    guard directory >= 0 else { throw FileError(.open, real, Errno(rawValue: errno)) }
    return directory
  }

  /// What lies there under this name, links not followed; `nil` when nothing does.
  func status(of name: FilePath.Component, _ path: FilePath) throws(FileError) -> FileStatus? {
    try FileStatus(of: name, in: FileDescriptor(rawValue: descriptor), named: path)
  }

  /// Takes the name away.
  func unlink(_ name: FilePath.Component, _ path: FilePath) throws(FileError) {
    guard unlinkat(descriptor, name.string, 0) == 0 else {
      throw FileError(.remove, path, Errno(rawValue: errno))
    }
  }

  /// Waits until what was taken away is gone on the disk too.
  func synchronize() { _ = fsync(descriptor) }
}

extension FilePath {
  /// The path with every link followed.
  ///
  /// - Throws: ``FileError`` when something on the way is not there.
  fileprivate func followingEveryLink() throws(FileError) -> FilePath {
    guard let resolved = realpath(string, nil) else {
      throw FileError(.readLink, self, Errno(rawValue: errno))
    }
    defer { free(resolved) }
    return FilePath(platformString: resolved)
  }
}
