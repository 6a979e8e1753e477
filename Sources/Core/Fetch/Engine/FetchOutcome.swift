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
  /// The caller asked to stop; number of bytes kept for the next run.
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
    /// Downloaded, by this run or partly by earlier ones.
    case downloaded
    /// The content was on this machine: at the target, where nothing was written, or in another
    /// indexed file, which was linked or copied.
    case adopted
    /// Copied or linked from a folder store.
    case copied
    /// Sent to a store. The path is that of the file on this machine.
    case uploaded
    /// Not sent, because the store already had it.
    case stored
  }

  /// Where the file is; absolute.
  public var path: FilePath
  /// Bytes.
  public var size: Int64
  /// BLAKE3 of the whole file, 32 bytes.
  public var blake3: ModelHash
  /// SHA-256 of the whole file.
  public var sha256: SHA256Hash
  /// The sampled hashes; `nil` when they were not computed during the download.
  public var sampled: SampledHashes?
  /// How the file came to be there.
  public var arrival: Arrival
  /// Whether the content was checked against a hash from elsewhere.
  public var isVerified: Bool
  /// Bytes that came over the network in this run.
  public var received: Int64
  /// Heads of the answers that led to the file, first hop first; empty when no server was asked.
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
