internal import SystemLibrary
internal import SystemPackage

/// The bytes that another run is fetching, kept open to recognize them when that run has moved them
/// to the target.
final class ClaimedBytes: Sendable {
  /// Until it is closed, no other file gets the inode.
  private let descriptor: FileDescriptor

  /// Opens the bytes of the run that has claimed the partial of `target`. Claims nothing.
  ///
  /// - Returns: `nil` if no run has claimed it, or the name of its claim does not say that the run
  ///   is fetching the file with the identity `key`.
  init?(_ target: FilePath, for key: String) {
    let directory = PartialFile.directory(for: target)
    let names = PartialFile.names(in: directory)
    guard let name = names.first(where: { Claimant.isName($0, for: key) }) else { return nil }
    let file = open(
      directory.appending(name).string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return nil }
    descriptor = FileDescriptor(rawValue: file)
  }

  deinit { try? descriptor.close() }

  /// Whether these bytes are the file at `target`.
  func are(at target: FilePath) -> Bool { descriptor.isStill(at: target) }
}
