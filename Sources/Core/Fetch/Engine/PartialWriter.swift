internal import SystemPackage

/// Does all work on a partial on the disk, in one queue.
final class PartialWriter: @unchecked Sendable {
  // Only the queue's jobs access the variables.
  /// Number of bytes after which the system is asked to start writing its cache to the disk.
  private static let writeBackPiece = 8 << 20

  let partial: PartialFile
  private let queue: SerialQueue
  /// The bytes that are there.
  private var stored: ByteRangeSet
  private var failure: FileError?
  /// Whether the stored state records any bytes.
  private var hasState: Bool
  /// Number of bytes in the cache that the system was not yet asked to write.
  private var cached = 0

  /// - Parameter stored: Bytes that an earlier run left.
  init(_ partial: PartialFile, stored: ByteRangeSet, on pool: WorkerPool) {
    self.partial = partial
    self.stored = stored
    hasState = partial.state != nil
    queue = SerialQueue(on: pool)
  }

  /// Runs a job after all earlier ones.
  func run(_ job: @escaping SerialQueue.Job) { queue.run(job) }

  /// Writes a block. A failure is reported once; after it, nothing more is written.
  ///
  /// - Parameters:
  ///   - written: Called after success.
  ///   - failed: Called with the number of bytes that are there nevertheless.
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

  /// Forgets all bytes, and removes them from the stored state.
  ///
  /// - Parameters:
  ///   - state: A state that records no bytes.
  ///   - failed: Called after a failure; nothing more is written after it.
  func forget(_ state: ResumeState, failed: @escaping @Sendable (FileError) -> Void) {
    queue.run {
      self.stored = ByteRangeSet()
      // If the claim is not ours, the bytes are another run's; the next checkpoint will notice.
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

  /// Makes a checkpoint: ensures that the next run finds what is there now.
  ///
  /// - Parameter state: Its `done` is replaced by the bytes that are stored.
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

  /// Releases the partial for the next run, or removes it.
  ///
  /// - Parameter finished: Called with the number of bytes kept.
  func close(
    _ state: ResumeState, keeps: Bool, _ finished: @escaping @Sendable (Int64) -> Void
  ) {
    queue.run {
      if keeps, self.stored.count > 0 {
        // Bytes that could not be synchronised (as on a full disk) are not recorded for the next
        // run; the old state stays.
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
