internal import SystemPackage

/// Does all work on a partial on the disk, in the order of the calls, on threads of a pool.
final class PartialWriter: @unchecked Sendable {
  // Only the queue's jobs access the variables.
  /// Number of written bytes after which the system is asked to start flushing its cache.
  private static let writeBackPiece = 8 << 20

  let partial: PartialFile
  private let queue: SerialQueue
  /// The bytes that have been written.
  private var stored: ByteRangeSet
  private var failure: FileError?
  /// Whether the stored state records any bytes.
  private var hasState: Bool
  /// Number of bytes in the cache that the system was not yet asked to flush.
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

  /// Writes a block. After a failure, which is reported once, nothing more is written.
  ///
  /// - Parameters:
  ///   - written: Called after success, on a thread of the pool.
  ///   - failed: Called with the error and the number of bytes that have been written so far.
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

  /// Discards all bytes. If the stored state records some, empties it and the file.
  ///
  /// - Parameters:
  ///   - state: A state that records no bytes.
  ///   - failed: Called after a failure; nothing more is written then.
  func forget(_ state: ResumeState, failed: @escaping @Sendable (FileError) -> Void) {
    queue.run {
      self.stored = ByteRangeSet()
      // If the claim is not ours, the bytes belong to another run; the next checkpoint will notice.
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

  /// Makes a checkpoint: flushes the bytes to disk and stores a state that records them.
  ///
  /// - Parameters:
  ///   - state: Its `done` is replaced by the bytes that have been written.
  ///   - finished: Called with the error, if any; a lost claim is one.
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
  /// - Parameters:
  ///   - state: Its `done` is replaced by the bytes that have been written.
  ///   - finished: Called with the number of bytes that the next run finds; 0 also if they could
  ///     not be recorded.
  func close(
    _ state: ResumeState, keeps: Bool, _ finished: @escaping @Sendable (Int64) -> Void
  ) {
    queue.run {
      var kept: Int64 = 0
      if keeps, self.stored.count > 0 {
        // Bytes that cannot be synchronised (as on a full disk) are not recorded for the next run;
        // the old state stays.
        if self.partial.isOurs, (try? self.partial.synchronize()) != nil,
          (try? self.partial.store(self.complete(state))) != nil
        {
          kept = self.stored.count
        }
        self.partial.release()
      } else {
        self.partial.discard()
      }
      finished(kept)
    }
  }

  private func complete(_ state: ResumeState) -> ResumeState {
    var state = state
    state.done = stored
    return state
  }
}
