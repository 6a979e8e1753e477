/// How a batch of downloads is followed from outside; each callback is optional.
///
/// All are called from the thread that runs the batch, one at a time. Several files are fetched
/// at once: the position's index tells whose news it is.
public struct BatchDownloadCallbacks: Sendable {
  /// The number of files.
  public var onBatchStart: (@Sendable (_ count: Int) -> Void)?
  /// Work on a file starts.
  public var onFileStart: (@Sendable (FetchPosition) -> Void)?
  /// Bytes of the file on this disk so far, and bytes of the whole file where known.
  public var onFileProgress: (@Sendable (FetchPosition, _ bytes: Int64, _ total: Int64?) -> Void)?
  /// The file's outcome is final.
  public var onFileComplete: (@Sendable (FetchPosition, FetchOutcome) -> Void)?
  /// The number of files that are there now, and of all files.
  public var onBatchComplete: (@Sendable (_ succeeded: Int, _ count: Int) -> Void)?

  /// Calls what is given; the rest is not told.
  public init(
    onBatchStart: (@Sendable (_ count: Int) -> Void)? = nil,
    onFileStart: (@Sendable (FetchPosition) -> Void)? = nil,
    onFileProgress: (@Sendable (FetchPosition, _ bytes: Int64, _ total: Int64?) -> Void)? = nil,
    onFileComplete: (@Sendable (FetchPosition, FetchOutcome) -> Void)? = nil,
    onBatchComplete: (@Sendable (_ succeeded: Int, _ count: Int) -> Void)? = nil
  ) {
    self.onBatchStart = onBatchStart
    self.onFileStart = onFileStart
    self.onFileProgress = onFileProgress
    self.onFileComplete = onFileComplete
    self.onBatchComplete = onBatchComplete
  }

  /// Calls the callback that an event is for; questions before the batch, waits and retries have
  /// none.
  public func report(_ event: FetchEvent) {
    switch event {
    case .batchStart(let count, _): onBatchStart?(count)
    case .fileStart(let position, _): onFileStart?(position)
    case .fileProgress(let position, let progress):
      onFileProgress?(position, progress.bytes, progress.total)
    case .surveyStart, .fileWaiting, .fileRetry: break
    case .fileComplete(let position, let outcome): onFileComplete?(position, outcome)
    case .batchComplete(let succeeded, let count): onBatchComplete?(succeeded, count)
    }
  }
}
