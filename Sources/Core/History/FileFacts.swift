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

  var group: UInt32 { raw.st_gid }
  var size: Int64 { Int64(raw.st_size) }
  var inode: UInt64 { UInt64(raw.st_ino) }
  var permissions: mode_t { raw.st_mode & 0o7777 }

  /// When the content last changed.
  var modified: Moment {
    #if canImport(Darwin)
      Moment(raw.st_mtimespec)
    #else
      Moment(raw.st_mtim)
    #endif
  }

  /// When the content or the facts about the file last changed.
  var changed: Moment {
    #if canImport(Darwin)
      Moment(raw.st_ctimespec)
    #else
      Moment(raw.st_ctim)
    #endif
  }

  /// Equal as long as nobody wrote to the file or put another in its place.
  var version: Version {
    Version(device: device, inode: inode, size: size, modified: modified, changed: changed)
  }

  struct Version: Hashable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let modified: Moment
    let changed: Moment
  }

  struct Moment: Hashable {
    let seconds: Int64
    let nanoseconds: Int64

    /// Nanoseconds since; negative for a moment to come.
    var age: Int64 {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      let (whole, overflow) = (Int64(now.tv_sec) &- seconds).multipliedReportingOverflow(
        by: 1_000_000_000)
      return overflow ? .max : whole &+ Int64(now.tv_nsec) &- nanoseconds
    }

    fileprivate init(_ time: timespec) {
      seconds = Int64(time.tv_sec)
      nanoseconds = Int64(time.tv_nsec)
    }
  }

  /// Whether an earlier look saw the same file with the same content.
  func isUnchanged(since status: FileStatus) -> Bool {
    device == status.device && inode == status.inode && size == status.size
      && modified.seconds == Int64(status.modifiedSeconds)
      && modified.nanoseconds == Int64(status.modifiedNanoseconds)
  }

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
