/// What the network thread tells the calling thread.
enum EngineNews: Sendable {
  case event(FetchEvent)
  /// The file at a place is at its target, and is to be recorded.
  case landed(Int, FetchedFile)
  case complete(Int, FetchOutcome)
  /// Nothing more comes.
  case end
}

/// What a job of the pool hands back to the network thread.
enum JobResult: Sendable {
  case prepared(Preparation.Result)
  case writeFailed(FileError, stored: Int64)
  case readBack(HashFront, HashError?)
  case synchronized(FetchError?)
  case hashed(FileHashes, SampledHashes?)
  case landed(Landing.Result)
  case released(kept: Int64)
}
