/// What happens to one file; the batch turns it into a ``FetchEvent``.
enum EngineEvent: Sendable {
  /// Work starts, with what is kept of an earlier try.
  case started(FetchProgress)
  /// Bytes arrived, or the progress was rolled back because the server starts over.
  case progressed(FetchProgress)
  /// Another process is downloading the same file. See ``FetchEvent/fileWaiting(_:processID:limit:)``.
  case waiting(processID: Int?, limit: Int)
  /// A try failed and will be repeated. See ``FetchEvent/fileRetry(_:attempt:delay:reason:)``.
  case retrying(attempt: Int, delay: Int, reason: FetchError)
  /// The outcome is final.
  case ended(FetchOutcome)
}

/// Messages of the network thread to the calling thread; each file is given by the index of its
/// request.
enum EngineNews: Sendable {
  case event(Int, EngineEvent)
  /// The file is at its target and has to be recorded.
  case landed(Int, FetchedFile)
  /// The last message.
  case end
}

/// The result that a job of the pool passes to the network thread.
enum JobResult: Sendable {
  case prepared(Preparation.Result)
  case writeFailed(FileError, stored: Int64)
  case readBack(HashFront, HashError?)
  case synchronized(FetchError?)
  case hashed(FileHashes, SampledHashes?)
  case landed(Landing.Result)
  case released(kept: Int64)
}
