internal import SystemPackage

/// Everything that is done to a partial on the disk, in one queue.
final class PartialWriter: @unchecked Sendable {
  // Only the queue's jobs use the variables.
  /// Bytes after which the system is asked to start writing its cache to the disk.
  private static let writeBackPiece = 8 << 20

  let partial: PartialFile
  private let queue: SerialQueue
  /// The bytes that are there.
  private var stored: ByteRangeSet
  private var failure: FileError?
  /// Whether a state is stored that tells of bytes.
  private var hasState: Bool
  /// Bytes in the cache that the system was not yet asked to write.
  private var cached = 0

  /// - Parameter stored: Bytes that an earlier run left.
  init(_ partial: PartialFile, stored: ByteRangeSet, on pool: WorkerPool) {
    self.partial = partial
    self.stored = stored
    hasState = partial.state != nil
    queue = SerialQueue(on: pool)
  }

  /// Does a job once all before it are done.
  func run(_ job: @escaping SerialQueue.Job) { queue.run(job) }

  /// Writes a block. After a failure, which is told once, no more is written.
  ///
  /// - Parameters:
  ///   - written: Called after success.
  ///   - failed: Gets the number of bytes that are there all the same.
  func write(
    _ block: Block, written: @escaping @Sendable () -> Void,
    failed: @escaping @Sendable (FileError, Int64) -> Void
  ) {
    queue.run {
      guard self.failure == nil else { return }
      do throws(FileError) {
        try self.writeNow(block)
        self.stored.insert(block.start..<block.end)
        written()
      } catch {
        self.failure = error
        failed(error, self.stored.count)
      }
    }
  }

  private func writeNow(_ block: Block) throws(FileError) {
    try partial.write(block.bytes, at: block.start)
    cached += block.bytes.count
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
        guard self.partial.isOurs else { return finished(self.partial.loss) }
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
