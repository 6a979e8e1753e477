internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What runs that did not come to their end left beside the targets of downloads and copies.
extension PartialFile {
  private static let suffix = ".comfy-part"
  private static let copySuffix = ".comfy-part-copy"

  /// Whether a directory entry of this name holds bytes of a download, or of a copy under way.
  static func isName(_ name: String) -> Bool {
    name.hasPrefix(".") && (name.hasSuffix(suffix) || name.hasSuffix(copySuffix))
      && name.utf8.count > suffix.utf8.count + 1
  }

  /// Bytes of the partial, gaps included, and whether a run is at work on it; `nil` when no partial
  /// lies there.
  static func look(at path: FilePath) -> (bytes: Int64, isBusy: Bool)? {
    guard let status = try? FileStatus(of: path, following: false) else { return nil }
    if status.isRegular, path.string.hasSuffix(copySuffix) {
      return (status.size, !isOld(status))
    }
    guard status.isDirectory, path.string.hasSuffix(suffix) else { return nil }
    var bytes: Int64 = 0
    var isBusy = false
    for name in names(in: path) {
      let file = path.appending(name)
      let descriptor = open(file.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { continue }
      bytes = bytes.addingClamped(Int64(status.st_size))
      isBusy = isBusy || !ClaimName.isFree(file, descriptor)
    }
    return (bytes, isBusy)
  }

  /// Deletes a partial that no run is at work on.
  ///
  /// - Throws: ``Refusal``.
  static func discard(at path: FilePath) throws(Refusal) {
    guard let status = try? FileStatus(of: path, following: false) else { return }
    guard status.isDirectory else {
      guard isOld(status) else { throw .busy }
      guard unlink(path.string) == 0 || errno == ENOENT else {
        throw .file(FileError(.remove, path, Errno(rawValue: errno)))
      }
      return
    }
    for _ in 0..<16 {
      guard let partial = try tryClaim(path, path) else { continue }
      partial.discard()
      guard path.exists else { return }
      throw .file(FileError(.remove, path, .directoryNotEmpty))
    }
    throw .busy
  }

  /// Seconds after which a copy that nobody writes counts as left.
  private static let copyAbandonedAfter = 600

  private static func isOld(_ status: FileStatus) -> Bool {
    time(nil) - status.modifiedSeconds > copyAbandonedAfter
  }
}
