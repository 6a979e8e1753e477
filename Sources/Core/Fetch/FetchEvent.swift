/// What happens while a batch of files is fetched, in the order it happens.
///
/// Events of files that are fetched at once interleave; ``FetchPosition/index`` tells them apart.
public enum FetchEvent: Sendable {
  /// Before the batch starts: so many servers are asked for the sizes of files.
  case surveyStart(servers: Int)
  /// The batch starts; bytes of all files together, `nil` when a size is not known.
  case batchStart(count: Int, totalBytes: Int64?)
  /// Work on a file starts, with what is kept of an earlier try.
  case fileStart(FetchPosition, FetchProgress)
  /// Bytes arrived, or the progress was rolled back because the server starts over.
  case fileProgress(FetchPosition, FetchProgress)
  /// Another process is downloading the same file; its end is waited for.
  ///
  /// - Parameters:
  ///   - processID: Of the other process; `nil` when it is not of this machine.
  ///   - limit: Milliseconds that it is waited for at most.
  case fileWaiting(FetchPosition, processID: Int?, limit: Int)
  /// A try failed and will be repeated.
  ///
  /// - Parameters:
  ///   - attempt: The try that failed, from 1; counted anew when bytes arrived. A refusal by a host
  ///     that sends another file of the batch ends nothing, and is counted apart.
  ///   - delay: Milliseconds until the next.
  case fileRetry(FetchPosition, attempt: Int, delay: Int, reason: FetchError)
  /// The file's outcome is final; a landed file is recorded by then.
  case fileComplete(FetchPosition, FetchOutcome)
  /// All outcomes are final.
  case batchComplete(succeeded: Int, count: Int)
}

extension FetchEvent {
  /// What the engine tells of a file, with the file's position in the batch.
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

/// How far a file is.
public struct FetchProgress: Sendable, Hashable {
  /// Bytes of the file that are on this disk, those of earlier runs included.
  public var bytes: Int64
  /// Bytes of the whole file; `nil` while not known.
  public var total: Int64?

  package init(bytes: Int64, total: Int64?) {
    self.bytes = bytes
    self.total = total
  }
}
