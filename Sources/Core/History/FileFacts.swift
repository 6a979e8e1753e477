internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What `stat` says of a file.
struct FileFacts {
  let raw: stat

  /// `nil` when there is no such file, or it can't be reached.
  init?(following path: FilePath) {
    var facts = stat()
    guard path.withPlatformString({ stat($0, &facts) }) == 0 else { return nil }
    raw = facts
  }

  var isRegular: Bool { raw.st_mode & S_IFMT == S_IFREG }
  var isDirectory: Bool { raw.st_mode & S_IFMT == S_IFDIR }
  var isExecutable: Bool { raw.st_mode & S_IXUSR != 0 }
  var owner: UInt32 { raw.st_uid }
  var device: UInt64 { UInt64(raw.st_dev) }

  /// Whether both are the same file, not just equal ones.
  func isSameFile(as other: FileFacts) -> Bool {
    raw.st_dev == other.raw.st_dev && raw.st_ino == other.raw.st_ino
  }
}

extension FilePath {
  /// Absolute, with every symbolic link followed; `nil` when a part is missing.
  var real: FilePath? {
    withPlatformString { path in
      guard let resolved = realpath(path, nil) else { return nil }
      defer { free(resolved) }
      return FilePath(platformString: resolved)
    }
  }
}
