/// What happens while a batch of files is fetched, in the order it happens.
///
/// Events of files that are fetched at the same time interleave; ``FetchPosition/index``
/// distinguishes them.
public enum FetchEvent: Sendable {
  /// Before the batch starts: the number of servers that are asked for the sizes of files.
  case surveyStart(servers: Int)
  /// The batch starts; bytes of all files together, `nil` when a size is not known.
  case batchStart(count: Int, totalBytes: Int64?)
  /// Work on a file starts; the progress includes bytes kept from an earlier run.
  case fileStart(FetchPosition, FetchProgress)
  /// Bytes arrived, or the progress was rolled back because the file is fetched from scratch.
  case fileProgress(FetchPosition, FetchProgress)
  /// Another process is working on the same target; this one waits for it.
  ///
  /// - Parameters:
  ///   - processID: The id of the other process; `nil` when it is not on this machine.
  ///   - limit: Milliseconds after which the file fails. The time may start again whenever the
  ///     other process makes progress (``FetchOptions/waitsForProgress``).
  case fileWaiting(FetchPosition, processID: Int?, limit: Int)
  /// A try failed and will be repeated.
  ///
  /// - Parameters:
  ///   - attempt: The number of the failed try, from 1; the count restarts when new bytes arrive. A
  ///     refusal by a host that is sending another file of the batch counts here, but never ends
  ///     the file.
  ///   - delay: Milliseconds until the next try.
  case fileRetry(FetchPosition, attempt: Int, delay: Int, reason: FetchError)
  /// The file's outcome is final; a landed file has been recorded.
  case fileComplete(FetchPosition, FetchOutcome)
  /// All outcomes are final.
  case batchComplete(succeeded: Int, count: Int)
}

extension FetchEvent {
  /// The batch's event for an event of the engine.
  init(_ position: FetchPosition, _ event: EngineEvent) {
    switch event {
    case .started(let progress): self = .fileStart(position, progress)
    case .progressed(let progress): self = .fileProgress(position, progress)
    case .waiting(let processID, let limit):
      self = .fileWaiting(position, processID: processID, limit: limit)
    case .retrying(let attempt, let delay, let reason):
      self = .fileRetry(position, attempt: attempt, delay: delay, reason: reason)
    case .ended(let outcome): self = .fileComplete(position, outcome)
    }
  }
}

/// Which file of a batch an event is about.
public struct FetchPosition: Sendable, Hashable {
  /// One-based number of the file in the order of the requests.
  public var index: Int
  /// Number of files of the batch.
  public var count: Int
  /// Last component of the target path.
  public var filename: String

  package init(index: Int, count: Int, filename: String) {
    self.index = index
    self.count = count
    self.filename = filename
  }
}

/// How far a file has come.
public struct FetchProgress: Sendable, Hashable {
  /// Bytes of the file that are on this disk, including those of earlier runs.
  public var bytes: Int64
  /// Bytes of the whole file; `nil` while not known.
  public var total: Int64?

  package init(bytes: Int64, total: Int64?) {
    self.bytes = bytes
    self.total = total
  }
}
