#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The way of a file's bytes from the system's cache to the disk.
enum WriteBack {
  /// Asks the system to begin with what it has of a file, as far as it can be asked, and does not
  /// wait for it. Whoever synchronises the file is told what went wrong.
  static func begin(_ descriptor: Int32) {
    #if os(Linux)
      // 0 bytes from 0 on are the whole file.
      _ = synchronizeRange?(descriptor, 0, 0, 2)
    #endif
  }

  #if os(Linux)
    // The header shows it only to those who ask for GNU's own, which Swift does not.
    private static let synchronizeRange = dlsym(nil, "sync_file_range").map {
      unsafeBitCast($0, to: SynchronizeRange.self)
    }

    private typealias SynchronizeRange = @convention(c) (Int32, Int64, Int64, UInt32) -> Int32
  #endif
}
