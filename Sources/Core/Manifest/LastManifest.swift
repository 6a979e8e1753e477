internal import Synchronization
internal import SystemLibrary
internal import SystemPackage

/// The manifest of the last text that a store has read, without later changes.
final class LastManifest: Sendable {
  /// A manifest, and the status of its file at the time it was read.
  typealias Read = (manifest: Manifest, status: FileStatus)

  /// The status is `nil` while a change of the file may still leave it as it is.
  private let known = Mutex<(manifest: Manifest, status: FileStatus?)?>(nil)
  private let ahead = Mutex<Ahead<Read>?>(nil)
  private let unwritten = Mutex<Manifest?>(nil)

  /// The manifest with changes that will be written later; `nil` if there are none.
  var draft: Manifest? {
    get { unwritten.withLock { $0 } }
    set { unwritten.withLock { $0 = newValue } }
  }

  /// Empty if nothing was read yet.
  var bytes: [UInt8] { manifest?.document.bytes ?? [] }

  private var manifest: Manifest? {
    _ = takeAhead()
    return known.withLock { $0?.manifest }
  }

  /// The manifest if the file, by its status, is still the one that was read.
  func manifest(ifStill status: FileStatus) -> Manifest? {
    known.withLock { $0?.status == status ? $0?.manifest : nil }
  }

  /// The manifest that was read ahead, for the first caller; waits until it is read.
  func takeAhead() -> Read? {
    guard let read = ahead.withLock({ $0.take()?.value }) else { return nil }
    keep(read.manifest, read.status)
    return read
  }

  /// - Parameter status: That of the file when it was read; `nil` if it is unknown.
  func keep(_ manifest: Manifest, _ status: FileStatus? = nil) {
    known.withLock { $0 = (manifest, status?.isSettled == true ? status : nil) }
  }

  /// Starts to read a manifest ahead, unless that was started already. A caller who asks for the
  /// last manifest waits for it.
  func begin(_ read: @escaping @Sendable () -> Read?) {
    ahead.withLock { if $0 == nil { $0 = Ahead(read) } }
  }

  /// - Throws: ``ManifestError/syntax(path:line:column:reason:)``.
  func manifest(
    parsing bytes: [UInt8], path: FilePath, status: FileStatus? = nil
  ) throws(ManifestError) -> Manifest {
    if let last = manifest, Self.equal(last.document.bytes, bytes) {
      keep(last, status)
      return last
    }
    let manifest = try Manifest(parsing: bytes, path: path)
    keep(manifest, status)
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

extension FileStatus {
  /// Whether another change would show in the status. File systems note times in steps of up to two
  /// seconds, so two changes that follow each other closely may look like one.
  fileprivate var isSettled: Bool {
    let longestStep: Int64 = 3_000_000_000
    return modified.age > longestStep && changed.age > longestStep
  }
}
