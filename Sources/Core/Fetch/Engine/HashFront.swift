internal import SystemPackage

/// The hashes of a file, computed up to the end of its contiguous beginning.
///
/// BLAKE3 and SHA-256 have separate queues, so that they use two cores. Bytes are hashed from
/// memory as they arrive; those of an earlier run, and those that arrived before their turn, are
/// read back from disk.
final class HashFront: @unchecked Sendable {
  // `position` and `reading` belong to the network thread, and each hash to the jobs of its queue.
  /// Largest number of bytes that are read back at a time. In between, the network thread sees how
  /// far the hashes are.
  private static let longestReading: Int64 = 64 << 20
  /// Reading back up to this many bytes is so fast that blocks may wait for it in memory.
  private static let shortReading: Int64 = 8 << 20

  private let blake3: HashQueue<Blake3AndSamples>
  private let sha256: HashQueue<SHA256Hasher>
  /// Number of bytes that are hashed or queued for hashing.
  private(set) var position: Int64 = 0
  /// Number of bytes that are being read back.
  private var reading: Int64 = 0

  init(on pool: WorkerPool) {
    blake3 = HashQueue(Blake3AndSamples(), on: pool)
    sha256 = HashQueue(SHA256Hasher(), on: pool)
  }

  // MARK: What comes next

  var isReading: Bool { reading > 0 }

  /// Advances past a block that will be hashed from memory.
  ///
  /// - Parameter size: Size of the whole file in bytes, if known.
  /// - Returns: `false` when it is not the block's turn.
  func take(_ block: Block, of size: Int64?) -> Bool {
    guard block.start == position, reading <= Self.shortReading else { return false }
    advance(to: block.end, of: size)
    return true
  }

  /// Advances past bytes that will be read back; all bytes below `end` must be in the file or
  /// queued for writing.
  ///
  /// - Returns: The range to read; `nil` when there is nothing to read, or some bytes are already
  ///   being read.
  func beginReading(upTo end: Int64, of size: Int64?) -> Range<Int64>? {
    guard !isReading, end > position else { return nil }
    let range = position..<min(end, position + Self.longestReading)
    advance(to: range.upperBound, of: size)
    reading = Int64(range.count)
    return range
  }

  private func advance(to end: Int64, of size: Int64?) {
    if position == 0, let size { blake3.change { $0.takeSamples(ofSize: size) } }
    position = end
  }

  func endReading() { reading = 0 }

  // MARK: Hashing
  // Bytes are hashed in the order of the calls. Any thread may call, but only one at a time.

  func update(_ block: Block) {
    blake3.update(block)
    sha256.update(block)
  }

  /// Reads back bytes of a partial and hashes them.
  ///
  /// - Parameter finished: Called on a thread of the pool. After an error, the hashes are wrong.
  func read(
    _ range: Range<Int64>, of partial: PartialFile, until stop: Cancellation,
    finished: @escaping @Sendable (HashError?) -> Void
  ) {
    blake3.read(range, of: partial, until: stop)
    sha256.read(range, of: partial, until: stop)
    afterAll { _, _, error in finished(error) }
  }

  /// Passes the hashes of all bytes given so far to `finished`, on a thread of the pool. The
  /// sampled ones are `nil` when the size was not known at the beginning.
  func finish(_ finished: @escaping @Sendable (FileHashes, SampledHashes?) -> Void) {
    afterAll { content, sha256, _ in
      let blake3 = content.blake3
      finished(
        FileHashes(
          blake3: blake3.finalize(), sha256: sha256.finalize(), size: Int64(blake3.count)),
        content.samples?.finalize())
    }
  }

  private func afterAll(
    _ body: @escaping @Sendable (Blake3AndSamples, SHA256Hasher, HashError?) -> Void
  ) {
    blake3.run { [sha256] blake3, failure in
      sha256.run { body(blake3, $0, failure ?? $1) }
    }
  }
}

/// A hash of bytes that come piece by piece.
protocol IncrementalHash: Sendable {
  mutating func update(_ bytes: UnsafeRawBufferPointer)
}

extension SHA256Hasher: IncrementalHash {}

/// BLAKE3 of a file, and its sampled hashes.
private struct Blake3AndSamples: IncrementalHash {
  private(set) var blake3 = Blake3Hasher()
  private(set) var samples: SampledHasher?

  /// Call this before the first bytes.
  mutating func takeSamples(ofSize size: Int64) { samples = SampledHasher(size: size) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    blake3.update(bytes)
    samples?.update(bytes)
  }
}

/// One hash of a file, and the queue that updates it.
private final class HashQueue<Hash: IncrementalHash>: @unchecked Sendable {
  // Only the queue's jobs use `hash` and `failure`.
  private static var readSize: Int { 256 << 10 }

  private var hash: Hash
  private var failure: HashError?
  private let queue: SerialQueue

  init(_ hash: Hash, on pool: WorkerPool) {
    self.hash = hash
    queue = SerialQueue(on: pool)
  }

  func run(_ body: @escaping @Sendable (Hash, HashError?) -> Void) {
    queue.run { body(self.hash, self.failure) }
  }

  func change(_ body: @escaping @Sendable (inout Hash) -> Void) {
    queue.run { body(&self.hash) }
  }

  func update(_ block: Block) { change { $0.update(block.bytes) } }

  func read(_ range: Range<Int64>, of partial: PartialFile, until stop: Cancellation) {
    queue.run {
      do throws(HashError) {
        try self.readNow(range, of: partial, until: stop)
      } catch {
        self.failure = error
      }
    }
  }

  private func readNow(
    _ range: Range<Int64>, of partial: PartialFile, until stop: Cancellation
  ) throws(HashError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(range.count, Self.readSize), alignment: 64)
    defer { buffer.deallocate() }
    var position = range.lowerBound
    while position < range.upperBound {
      if stop.isRequested() { throw .cancelled }
      let wanted = min(Int64(buffer.count), range.upperBound - position)
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(wanted)])
      let count = try read(partial, into: part, at: position)
      hash.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
      position += Int64(count)
    }
  }

  private func read(
    _ partial: PartialFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(HashError) -> Int {
    do throws(FileError) {
      let count = try partial.read(into: buffer, at: offset)
      guard count > 0 else { throw FileError(.read, partial.target, .ioError) }
      return count
    } catch {
      throw .file(error)
    }
  }
}
