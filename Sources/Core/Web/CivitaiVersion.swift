/// What Civitai says about a model version.
package struct CivitaiVersion: Sendable, Hashable {
  package let id: UInt64
  package let modelID: UInt64?
  /// The version's name, as written.
  package let name: String?
  /// The model's name, as written.
  package let modelName: String?
  /// `Checkpoint`, `LORA`, `TextualInversion`, …, as written.
  package let modelType: String?
  /// When the early access ends, as written; `nil` if it is over or never was.
  package let earlyAccessEndsAt: String?
  /// Whether the model was archived, so that there is nothing to download.
  package let isArchived: Bool
  /// In the server's order.
  package let files: [File]

  /// One of the version's files.
  package struct File: Sendable, Hashable {
    package let id: UInt64?
    /// As the server wrote it: not to be used as a path.
    package let name: String?
    /// `Model`, `Pruned Model`, `VAE`, `Config`, …
    package let type: String?
    /// `SafeTensor`, `PickleTensor`, …
    package let format: String?
    /// `full` or `pruned`.
    package let size: String?
    /// `fp16`, `fp32`, …
    package let fp: String?
    /// Bytes, an estimate: the server rounds.
    package let approximateSize: UInt64?
    package let sha256: SHA256Hash?
    package let blake3: ModelHash?
    package let downloadURL: SourceURL?
    package let isPrimary: Bool
  }
}

extension CivitaiVersion {
  /// Reads the reply to a ``CivitaiLookup``.
  ///
  /// Members that are missing or malformed are `nil`; only a reply without the version's number is
  /// refused.
  ///
  /// - Throws: ``CivitaiReplyError``.
  package init(reply: [UInt8]) throws(CivitaiReplyError) {
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

  /// More files than any version has.
  private static let fileLimit = 1000
  private static let limits = JSONLimits(bytes: 8 << 20, values: 1 << 20, depth: 64)

  /// The file of the version that an address selects: the only one that matches all its parameters,
  /// or the primary one if several match. `nil` if none matches, or several do and none of them
  /// is primary.
  package func file(for address: CivitaiFile) -> File? {
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

  /// What the server says about the content, without the size, which is rounded.
  package var declaredContent: DeclaredContent {
    DeclaredContent(sha256: sha256, blake3: blake3, filename: name)
  }
}

/// Why a reply of Civitai cannot be used.
package enum CivitaiReplyError: Error, Sendable, Hashable {
  /// Not JSON.
  case notJSON
  /// JSON without a version in it.
  case noVersion
}
