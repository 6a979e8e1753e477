/// What happens to one file; the batch turns it into a ``FetchEvent``.
enum EngineEvent: Sendable {
  /// Work starts; the progress includes bytes kept from an earlier run.
  case started(FetchProgress)
  /// Bytes arrived, or the progress was rolled back because the file is fetched from scratch.
  case progressed(FetchProgress)
  /// Another process is working on the same target. See
  /// ``FetchEvent/fileWaiting(_:processID:limit:)``.
  case waiting(processID: Int?, limit: Int)
  /// A try failed and will be repeated. See ``FetchEvent/fileRetry(_:attempt:delay:reason:)``.
  case retrying(attempt: Int, delay: Int, reason: FetchError)
  /// The outcome is final.
  case ended(FetchOutcome)
}

/// Messages from the network thread to the calling thread; the number is the zero-based index of
/// the file's request.
enum EngineNews: Sendable {
  case event(Int, EngineEvent)
  /// The file is at its target and has to be recorded.
  case landed(Int, FetchedFile)
  /// The last message.
  case end
}

/// The result of a job of the pool, for the network thread.
enum JobResult: Sendable {
  case prepared(Preparation.Result)
  case writeFailed(FileError, stored: Int64)
  case readBack(HashFront, HashError?)
  case synchronized(FetchError?)
  case hashed(FileHashes, SampledHashes?)
  case landed(Landing.Result)
  case released(kept: Int64)
}
