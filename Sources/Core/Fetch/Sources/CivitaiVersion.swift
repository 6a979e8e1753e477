/// What Civitai tells about a model version.
public struct CivitaiVersion: Sendable, Hashable {
  public let id: UInt64
  public let modelID: UInt64?
  /// The version's name, as written.
  public let name: String?
  /// The model's name, as written.
  public let modelName: String?
  /// `Checkpoint`, `LORA`, `TextualInversion`, …, as written.
  public let modelType: String?
  /// When the early access ends, as written; `nil` when it is over or never was.
  public let earlyAccessEndsAt: String?
  /// The model was archived: there is nothing to download.
  public let isArchived: Bool
  /// In the server's order.
  public let files: [File]

  /// One of the version's files.
  public struct File: Sendable, Hashable {
    public let id: UInt64?
    /// As the server wrote it: not to be used as a path.
    public let name: String?
    /// `Model`, `Pruned Model`, `VAE`, `Config`, …
    public let type: String?
    /// `SafeTensor`, `PickleTensor`, …
    public let format: String?
    /// `full` or `pruned`.
    public let size: String?
    /// `fp16`, `fp32`, …
    public let fp: String?
    /// Bytes, an estimate: the server rounds.
    public let approximateSize: UInt64?
    public let sha256: SHA256Hash?
    public let blake3: ModelHash?
    public let downloadURL: SourceURL?
    public let isPrimary: Bool
  }
}

extension CivitaiVersion {
  /// Reads the reply to a ``CivitaiLookup``.
  ///
  /// Members that are missing or not what they should be are `nil`; only a reply without the
  /// version's number is refused.
  public init(reply: [UInt8]) throws(CivitaiReplyError) {
    throw .notJSON
  }

  /// The file that an address chooses among the version's: the only one that agrees with all its
  /// parameters; the primary one when it has none. `nil` when several agree, or none.
  public func file(for address: CivitaiFile) -> File? {
    nil
  }
}

/// A reply of Civitai that is not what it should be.
public enum CivitaiReplyError: Error, Sendable, Hashable {
  /// Not JSON.
  case notJSON
  /// JSON without a version in it.
  case noVersion
}
