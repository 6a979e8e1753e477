internal import SystemPackage

/// Everything that is done to a partial on the disk, in one queue.
final class PartialWriter: @unchecked Sendable {
  // Only the queue's jobs use the variables.
  /// Bytes after which the system is asked to begin with what it has in its cache.
  private static let writeBackPiece = 8 << 20

  let partial: PartialFile
  private let disk: DiskWatch
  private let queue: SerialQueue
  /// The bytes that are there.
  private var stored: ByteRangeSet
  private var failure: FileError?
  /// Whether a state is stored that tells of bytes.
  private var hasState: Bool
  private lazy var direct = DirectFile(partial.path)
  /// Bytes in the cache that the system was not asked to begin with.
  private var cached = 0

  /// - Parameter stored: Bytes that an earlier run left.
  init(
    _ partial: PartialFile, stored: ByteRangeSet, on pool: WorkerPool, watching disk: DiskWatch
  ) {
    self.partial = partial
    self.stored = stored
    self.disk = disk
    hasState = partial.state != nil
    queue = SerialQueue(on: pool)
  }

  /// Does a job once all before it are done.
  func run(_ job: @escaping SerialQueue.Job) { queue.run(job) }

  /// Writes a block. After a failure, which is told once, no more is written.
  ///
  /// - Parameters:
  ///   - bypassingCache: For bytes that nobody reads back soon: the system is spared a copy of
  ///     them, and keeps in memory what it has there. Not done on a slow disk.
  ///   - written: Called after success.
  ///   - failed: Gets the number of bytes that are there all the same.
  func write(
    _ block: Block, bypassingCache: Bool, written: @escaping @Sendable () -> Void,
    failed: @escaping @Sendable (FileError, Int64) -> Void
  ) {
    disk.queue(block.bytes.count)
    queue.run {
      defer { self.disk.write(block.bytes.count) }
      guard self.failure == nil else { return }
      do throws(FileError) {
        try self.writeNow(block, bypassingCache: bypassingCache)
        self.stored.insert(block.start..<block.end)
        written()
      } catch {
        self.failure = error
        failed(error, self.stored.count)
      }
    }
  }

  private func writeNow(_ block: Block, bypassingCache: Bool) throws(FileError) {
    let done =
      bypassingCache && !disk.isSlow ? direct.write(block.bytes, at: block.start) : 0
    let rest = UnsafeRawBufferPointer(rebasing: block.bytes[done...])
    try partial.write(rest, at: block.start + Int64(done))
    cached += rest.count
    if cached >= Self.writeBackPiece {
      partial.beginWriteBack()
      cached = 0
    }
  }

  /// Forgets all bytes, and leaves no note of them.
  ///
  /// - Parameters:
  ///   - state: What tells of no bytes.
  ///   - failed: Called after a failure, behind which no more is written.
  func forget(_ state: ResumeState, failed: @escaping @Sendable (FileError) -> Void) {
    queue.run {
      self.stored = ByteRangeSet()
      // Else they are another run's; the next note finds that out.
      guard self.hasState, self.failure == nil, self.partial.isOurs else { return }
      do throws(FileError) {
        try self.partial.empty(state)
        self.hasState = false
      } catch {
        self.failure = error
        failed(error)
      }
    }
  }

  /// Makes sure that the next run finds what is there now.
  ///
  /// - Parameter state: With any bytes.
  func note(_ state: ResumeState, _ finished: @escaping @Sendable (FetchError?) -> Void) {
    queue.run {
      do throws(FileError) {
        try self.partial.synchronize()
        guard self.partial.isOurs else { return finished(.busy(self.partial.target)) }
        self.hasState = true
        try self.partial.store(self.complete(state))
        finished(nil)
      } catch {
        finished(FetchError(error))
      }
    }
  }

  /// Gives the partial back for the next run, or removes it.
  ///
  /// - Parameter finished: Gets the number of bytes kept.
  func close(
    _ state: ResumeState, keeps: Bool, _ finished: @escaping @Sendable (Int64) -> Void
  ) {
    queue.run {
      if keeps, self.stored.count > 0 {
        // Unsynchronised bytes are not promised to the next run: without room, the old note stands.
        if self.partial.isOurs, (try? self.partial.synchronize()) != nil {
          try? self.partial.store(self.complete(state))
        }
        self.partial.release()
      } else {
        self.partial.discard()
      }
      finished(self.stored.count)
    }
  }

  private func complete(_ state: ResumeState) -> ResumeState {
    var state = state
    state.done = stored
    return state
  }
}
