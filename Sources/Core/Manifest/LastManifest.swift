internal import Synchronization
internal import SystemLibrary
internal import SystemPackage

/// The manifest of the last text that a store has read, without later changes.
final class LastManifest: Sendable {
  /// A manifest, and the status of its file at the time it was read.
  typealias Read = (manifest: Manifest, status: FileStatus)

  private let known = Mutex<Manifest?>(nil)
  private let ahead = Mutex<Ahead<Read>?>(nil)

  /// Empty if nothing was read yet.
  var bytes: [UInt8] { manifest?.document.bytes ?? [] }

  private var manifest: Manifest? {
    _ = takeAhead()
    return known.withLock { $0 }
  }

  /// The manifest that was read ahead, for the first caller; waits until it is read.
  func takeAhead() -> Read? {
    guard let read = ahead.withLock({ $0.take()?.value }) else { return nil }
    keep(read.manifest)
    return read
  }

  func keep(_ manifest: Manifest) { known.withLock { $0 = manifest } }

  /// Starts to read a manifest ahead, unless that was started already. A caller who asks for the
  /// last manifest waits for it.
  func begin(_ read: @escaping @Sendable () -> Read?) {
    ahead.withLock { if $0 == nil { $0 = Ahead(read) } }
  }

  /// - Throws: ``ManifestError/syntax(path:line:column:reason:)``.
  func manifest(parsing bytes: [UInt8], path: FilePath) throws(ManifestError) -> Manifest {
    if let last = manifest, Self.equal(last.document.bytes, bytes) { return last }
    let manifest = try Manifest(parsing: bytes, path: path)
    keep(manifest)
    return manifest
  }

  private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        guard let start = left.baseAddress, let twin = right.baseAddress, start != twin else {
          return true
        }
        return memcmp(start, twin, left.count) == 0
      }
    }
  }
}
