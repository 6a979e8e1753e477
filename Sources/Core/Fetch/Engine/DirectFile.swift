internal import CSystemCalls
internal import SystemLibrary
internal import SystemPackage

/// A file whose bytes go from memory to the disk without a copy in the system's cache, where system
/// and file system can do that.
final class DirectFile {
  /// Below 0 where there is no such way.
  private var descriptor: Int32

  init(_ path: FilePath) {
    descriptor = path.withPlatformString { comfy_open_past_cache($0) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Writes whole pages from the beginning of the bytes on.
  ///
  /// - Returns: How many bytes that were. The rest, all of them if need be, is for an ordinary
  ///   write, which also finds out what is wrong when something is.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int {
    let page = BlockPool.alignment
    let whole = bytes.count & ~(page - 1)
    guard offset % Int64(page) == 0 else { return 0 }
    var done = 0
    while descriptor >= 0, done < whole {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done..<whole])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EINVAL {
        close(descriptor)
        descriptor = -1
      }
      // A part of a page leaves the rest where no direct write may start.
      guard count > 0, count % page == 0 else { return done + max(0, count) }
      done += count
    }
    return done
  }
}
