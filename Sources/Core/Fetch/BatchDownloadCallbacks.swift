/// Callbacks to follow a batch of downloads; each one is optional.
///
/// All are called one at a time, on the thread that runs the batch. Several files may be in
/// progress at once; the position's index says which file a call is about.
public struct BatchDownloadCallbacks: Sendable {
  /// The number of files.
  public var onBatchStart: (@Sendable (_ count: Int) -> Void)?
  /// Work on a file starts.
  public var onFileStart: (@Sendable (FetchPosition) -> Void)?
  /// Bytes of the file that are on this disk, and bytes of the whole file if known. The first
  /// number falls when the server starts over.
  public var onFileProgress: (@Sendable (FetchPosition, _ bytes: Int64, _ total: Int64?) -> Void)?
  /// The file's outcome is final.
  public var onFileComplete: (@Sendable (FetchPosition, FetchOutcome) -> Void)?
  /// The number of files that are at their targets and recorded, and the number of all files.
  public var onBatchComplete: (@Sendable (_ succeeded: Int, _ count: Int) -> Void)?

  /// Uses these callbacks; events without one are not reported.
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

  /// Calls the callback for an event, if there is one. Surveys, waits and retries have none.
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
