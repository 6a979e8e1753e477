internal import SystemLibrary
internal import SystemPackage

/// A directory of models in which files may be deleted. It is held open, so it does not matter
/// where its path leads later.
struct RemovalPlace: ~Copyable {
  private let descriptor: Int32

  deinit { close(descriptor) }

  /// Opens the directory of a file below `root`.
  ///
  /// A category folder may be a link to anywhere, as for downloads; a link below it must stay
  /// in that folder. No link may leave the root's boundary.
  ///
  /// - Throws: ``RemovalError/leadsOut(_:to:)``, ``RemovalError/outsideProject(_:to:)``,
  ///   ``FileError``.
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
    if let boundary = root.boundary, !real.starts(with: boundary) {
      throw RemovalError.outsideProject(path, to: real)
    }
    descriptor = try Self.open(real, below: base)
  }

  /// Follows no link. The path had no links when it was resolved, so any link in it is newer.
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

  /// Status of this name in the directory, links not followed; `nil` if nothing has the name.
  func status(of name: FilePath.Component, _ path: FilePath) throws(FileError) -> FileStatus? {
    try FileStatus(of: name, in: FileDescriptor(rawValue: descriptor), named: path)
  }

  /// Removes the name.
  func unlink(_ name: FilePath.Component, _ path: FilePath) throws(FileError) {
    guard unlinkat(descriptor, name.string, 0) == 0 else {
      throw FileError(.remove, path, Errno(rawValue: errno))
    }
  }

  /// Waits until the removals are on the disk. A failure is ignored.
  func synchronize() { _ = fsync(descriptor) }
}

extension FilePath {
  /// The path with every link followed.
  ///
  /// - Throws: ``FileError`` if a part of the path does not exist.
  fileprivate func followingEveryLink() throws(FileError) -> FilePath {
    guard let resolved = realpath(string, nil) else {
      throw FileError(.readLink, self, Errno(rawValue: errno))
    }
    defer { free(resolved) }
    return FilePath(platformString: resolved)
  }
}
