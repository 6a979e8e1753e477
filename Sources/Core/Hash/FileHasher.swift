package import SystemPackage

/// Hashes whole files in constant memory; each byte is read once.
package enum FileHasher {
  /// Bytes read at once; two such blocks are held.
  private static let blockSize = 2 << 20

  /// Hashes the regular file at `path`; links are followed.
  ///
  /// - Parameters:
  ///   - kinds: The hashes that are wanted; if there are none, only the file's size is returned.
  ///   - progress: Called on the calling thread after every 2 MiB, with the bytes hashed so far and
  ///     the size of the file.
  /// - Throws: ``HashError``, with `changed` if the file changed while it was read.
  package static func hash(
    _ path: FilePath, _ kinds: HashKinds = [.blake3, .sha256],
    cancellation: Cancellation = .never, progress: (Int64, Int64) -> Void = { _, _ in }
  ) throws(HashError) -> FileHashes {
    try hash(OpenFile(path), kinds, cancellation: cancellation, progress: progress)
  }

  static func hash(
    _ file: borrowing OpenFile, _ kinds: HashKinds, cancellation: Cancellation,
    progress: (Int64, Int64) -> Void
  ) throws(HashError) -> FileHashes {
    var work = Work(kinds)
    if !kinds.isEmpty {
      try work.run(over: file, cancellation: cancellation, progress: progress)
    }
    try file.checkUnchanged()
    return FileHashes(
      blake3: work.blake3?.finalize(), sha256: work.sha256?.finalize(), size: file.state.size)
  }

  /// The hashers, and two blocks: one is hashed while the reader fills the other.
  private struct Work: ~Copyable {
    var blake3: Blake3Hasher?
    var sha256: SHA256Hasher?

    init(_ kinds: HashKinds) {
      blake3 = kinds.contains(.blake3) ? Blake3Hasher() : nil
      sha256 = kinds.contains(.sha256) ? SHA256Hasher() : nil
    }

    mutating func run(
      over file: borrowing OpenFile, cancellation: Cancellation,
      progress: (Int64, Int64) -> Void
    ) throws(HashError) {
      let size = file.state.size
      let length = Int(min(Int64(blockSize), size))
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * length, alignment: 64)
      defer { memory.deallocate() }
      var filled = UnsafeMutableRawBufferPointer(rebasing: memory[..<length])
      var spare = UnsafeMutableRawBufferPointer(rebasing: memory[length...])
      var count = try file.read(into: filled, at: 0)
      var done: Int64 = 0
      while count > 0 {
        if cancellation.isRequested() { throw .cancelled }
        let block = UnsafeRawBufferPointer(rebasing: filled[..<count])
        done += Int64(count)
        count = try hash(block, whileReading: file, into: spare, at: done)
        swap(&filled, &spare)
        progress(done, size)
      }
      guard done == size else { throw .changed(file.path) }
    }

    /// Hashes a block while the next block is read; each algorithm runs on its own core.
    private mutating func hash(
      _ block: UnsafeRawBufferPointer, whileReading file: borrowing OpenFile,
      into spare: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(HashError) -> Int {
      let rest = min(file.state.size - offset, Int64(spare.count))
      let next = UnsafeMutableRawBufferPointer(rebasing: spare[..<Int(max(0, rest))])
      // A second core helps only if both hashes are made. BLAKE3 alone is faster than waking a
      // thread.
      guard blake3 != nil, sha256 != nil else {
        blake3?.update(block)
        sha256?.update(block)
        return try file.read(into: next, at: offset)
      }
      return try Work.hash(block, &blake3, &sha256) { () throws(HashError) in
        try file.read(into: next, at: offset)
      }
    }

    private static func hash(
      _ block: UnsafeRawBufferPointer, _ blake3: inout Blake3Hasher?,
      _ sha256: inout SHA256Hasher?, whileReading read: () throws(HashError) -> Int
    ) throws(HashError) -> Int {
      var outcome: Result<Int, HashError> = .success(0)
      Concurrently.run({ sha256?.update(block) }) {
        blake3?.update(block)
        outcome = Result(catching: read)
      }
      return try outcome.get()
    }
  }
}
