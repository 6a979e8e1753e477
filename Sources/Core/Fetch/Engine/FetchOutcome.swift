public import SystemPackage

/// How the work on one file ended.
public enum FetchOutcome: Sendable {
  /// The file is at its target, and recorded.
  case landed(FetchedFile)
  /// The file is at its target, but the caller could not record it. The next run records it without
  /// fetching it again.
  case unrecorded(FetchedFile, any Error)
  /// The file is not at its target.
  case failed(FetchError)
  /// The caller asked to stop; the number of bytes kept for the next run.
  case cancelled(kept: Int64)

  /// Whether the file is at its target and recorded.
  public var isSuccess: Bool {
    if case .landed = self { true } else { false }
  }

  /// Whether the file is at its target but could not be recorded.
  public var isUnrecorded: Bool {
    if case .unrecorded = self { true } else { false }
  }

  /// Whether the caller asked to stop before the file was complete.
  public var isCancelled: Bool {
    if case .cancelled = self { true } else { false }
  }
}

/// A file at its target, with its facts.
public struct FetchedFile: Sendable, Hashable {
  /// How the file came to be there.
  public enum Arrival: String, Sendable, Hashable {
    /// Fetched, at least partly in this run.
    case downloaded
    /// It was there before, with the right content; nothing was written.
    case adopted
    /// Copied or linked from a store in a folder.
    case copied
    /// Sent to a store; the path is that of this machine's file.
    case uploaded
    /// The store had it.
    case stored
  }

  /// Its present place; absolute.
  public var path: FilePath
  /// Bytes.
  public var size: Int64
  /// Of the whole file.
  public var blake3: ModelHash
  /// Of the whole file.
  public var sha256: SHA256Hash
  /// `nil` when they were not computed during the download.
  public var sampled: SampledHashes?
  /// How it came to be there.
  public var arrival: Arrival
  /// Whether the content was checked against a hash from elsewhere.
  public var isVerified: Bool
  /// Bytes that came over the network in this run.
  public var received: Int64
  /// Heads of the answers that led to the file, first hop first; empty when none was asked for.
  package var heads: [ResponseHead]

  package init(
    path: FilePath, size: Int64, blake3: ModelHash, sha256: SHA256Hash,
    sampled: SampledHashes? = nil, arrival: Arrival, isVerified: Bool, received: Int64,
    heads: [ResponseHead]
  ) {
    self.path = path
    self.size = size
    self.blake3 = blake3
    self.sha256 = sha256
    self.sampled = sampled
    self.arrival = arrival
    self.isVerified = isVerified
    self.received = received
    self.heads = heads
  }
}
