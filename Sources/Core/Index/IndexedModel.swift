public import SystemPackage

/// What the index knows about one model.
///
/// A model with a full hash stands for all files with that content. A model without one is a single
/// file, which may have several names: equal sampled hashes never join two files.
public struct IndexedModel: Sendable, Hashable, Identifiable {
  /// Row number in the index. It is valid until the next write.
  public var id: Int64
  /// BLAKE3 of the whole file; `nil` until it is needed.
  public var hash: ModelHash?
  /// SHA-256 of the whole file; `nil` until it is needed.
  public var sha256: SHA256Hash?
  /// The two 16-digit hashes.
  public var sampled: SampledHashes
  /// Bytes.
  public var size: Int64
  /// Facts from the safetensors header; `nil` for other formats and for a broken header.
  package var safetensors: SafetensorsFacts?
  /// Where it is, by root and path. Empty if all its files are gone and only a source is kept.
  public var locations: [IndexedLocation]
  /// Where it can be downloaded, oldest first. Each URL is listed once.
  package var sources: [IndexedSource]
}

/// One file on this machine, as it was when it was last checked.
public struct IndexedLocation: Sendable, Hashable {
  /// The directory that was scanned.
  package var root: ModelRoot
  /// Path below the models directory, as spelled on disk; starts with the category's folder.
  public var relativePath: RelativePath
  /// The first folder of ``relativePath`` under its current name; `nil` for a file outside all
  /// folders.
  public var category: Category?
  /// Bytes.
  public var size: Int64
  /// Modification time, nanoseconds since 1970-01-01 00:00 UTC.
  public var modified: Int64

  /// The file's path below ``root``. If ``root`` is the folder of a category, the path starts below
  /// that folder.
  public var pathBelowRoot: RelativePath { root.target(of: relativePath) }

  /// The file's path on disk.
  public var path: FilePath { root.path(of: relativePath) }
}

/// A URL to download a model from.
package struct IndexedSource: Sendable, Hashable {
  /// The URL as the caller gave it.
  package var url: String
  /// Where the URL comes from: `download`, `workflow`, `user`, …
  package var origin: String

  package init(url: String, origin: String) {
    self.url = url
    self.origin = origin
  }
}

extension IndexedLocation {
  /// Whether a file of the indexed size exists at this path, and may be read.
  public var isPresent: Bool {
    guard let status = FileStatus(reaching: path), status.isRegular else { return false }
    return status.size == size && !path.refusesReading
  }

  /// Whether the file still has the size and the modification time that the index recorded.
  var isUnchanged: Bool {
    guard let status = FileStatus(reaching: path), status.isRegular else { return false }
    return status.size == size && status.modified.sinceEpoch == modified
  }

  /// Whether the file is unchanged and may be read. Only then do the recorded hashes stand for it.
  package var isIntact: Bool { isUnchanged && !path.refusesReading }
}
