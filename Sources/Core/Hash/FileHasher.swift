public import SystemPackage

/// Hashes whole files, each byte read once, in constant memory.
public enum FileHasher {
  /// Hashes the regular file at `path`; links are followed.
  ///
  /// - Parameters:
  ///   - kinds: The hashes that are wanted; for none, the file's size is all that is found out.
  ///   - progress: Bytes hashed so far and to hash; called from the calling thread, about every
  ///     4 MiB.
  public static func hash(
    _ path: FilePath, _ kinds: HashKinds = [.blake3, .sha256],
    cancellation: Cancellation = .never, progress: (Int64, Int64) -> Void = { _, _ in }
  ) throws(HashError) -> FileHashes { throw .cancelled }
}
