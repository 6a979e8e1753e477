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
    guard let document = try? JSONDocument(parsing: reply, limits: Self.limits) else {
      throw .notJSON
    }
    let root = document.root
    guard let id = root["id"]?.int.flatMap({ UInt64(exactly: $0) }) else { throw .noVersion }
    self.id = id
    modelID = root["modelId"]?.int.flatMap { UInt64(exactly: $0) }
    name = root["name"]?.string
    modelName = root["model"]?["name"]?.string
    modelType = root["model"]?["type"]?.string
    earlyAccessEndsAt = root["earlyAccessEndsAt"]?.string
    isArchived = root["model"]?["mode"]?.string == "Archived" || root["mode"]?.string == "Archived"
    files = (root["files"]?.elements).map { $0.prefix(Self.fileLimit).map(File.init) } ?? []
  }

  /// More than any version has.
  private static let fileLimit = 1000
  private static let limits = JSONLimits(bytes: 8 << 20, values: 1 << 20, depth: 64)

  /// The file that an address chooses among the version's: the only one that agrees with all its
  /// parameters, or the primary one of several. `nil` when none agrees, or several do and none of
  /// them is primary.
  public func file(for address: CivitaiFile) -> File? {
    let agreeing = files.filter { file in address.choices.allSatisfy { file.agrees(with: $0) } }
    return agreeing.count == 1 ? agreeing.first : agreeing.first { $0.isPrimary }
  }
}

extension CivitaiVersion.File {
  fileprivate init(_ value: JSONValue) {
    id = value["id"]?.int.flatMap { UInt64(exactly: $0) }
    name = value["name"]?.string
    type = value["type"]?.string
    let metadata = value["metadata"]
    format = metadata?["format"]?.string
    size = metadata?["size"]?.string
    fp = metadata?["fp"]?.string
    approximateSize = value["sizeKB"]?.double.flatMap { kibibytes in
      UInt64(exactly: (kibibytes * 1024).rounded())
    }
    let hashes = value["hashes"]
    sha256 = hashes?["SHA256"]?.string.flatMap { SHA256Hash($0) }
    blake3 = hashes?["BLAKE3"]?.string.flatMap { ModelHash($0) }.flatMap { $0.isFull ? $0 : nil }
    downloadURL = value["downloadUrl"]?.string.flatMap { try? SourceURL($0) }
    isPrimary = value["primary"]?.bool ?? false
  }

  fileprivate func agrees(with choice: CivitaiFile.Choice) -> Bool {
    let own: String? =
      switch choice.name {
      case "type": type
      case "format": format
      case "size": size
      case "fp": fp
      default: id.map { "\($0)" }
      }
    return own?.lowercased() == choice.value.lowercased()
  }

  /// What the server says about the content. The size is left out: it is rounded.
  public var declaredContent: DeclaredContent {
    DeclaredContent(sha256: sha256, blake3: blake3, filename: name)
  }
}

/// A reply of Civitai that is not what it should be.
public enum CivitaiReplyError: Error, Sendable, Hashable {
  /// Not JSON.
  case notJSON
  /// JSON without a version in it.
  case noVersion
}
