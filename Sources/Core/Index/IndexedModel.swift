public import SystemPackage

/// What the index knows of one model.
///
/// With a full hash it is all files of that content. Without one it is a single file (reached,
/// perhaps, by several names): equal sampled hashes never join two files.
public struct IndexedModel: Sendable, Hashable, Identifiable {
  /// Row number in the index; holds until the next write.
  public var id: Int64
  /// BLAKE3 of the whole file; `nil` until it was needed.
  public var hash: ModelHash?
  /// SHA-256 of the whole file; `nil` until it was needed.
  public var sha256: SHA256Hash?
  /// The two 16-digit hashes.
  public var sampled: SampledHashes
  /// Bytes.
  public var size: Int64
  /// What the safetensors header says; `nil` for other formats and for a header that is broken.
  package var safetensors: SafetensorsFacts?
  /// Where it lies, by root and path; empty when every file of it is gone and a source is kept.
  public var locations: [IndexedLocation]
  /// Where it can be had from, oldest first; each URL once.
  package var sources: [IndexedSource]
}

/// One file on this machine, as it was when it was last looked at.
public struct IndexedLocation: Sendable, Hashable {
  /// The directory that was scanned.
  package var root: ModelRoot
  /// Path below the models directory, as spelled on disk; starts with the category's folder.
  public var relativePath: RelativePath
  /// First folder of ``relativePath`` under its present name; `nil` for a file outside of folders.
  public var category: Category?
  /// Bytes.
  public var size: Int64
  /// Modification time, nanoseconds since 1970-01-01 00:00 UTC.
  public var modified: Int64

  /// The path of the file below ``root``, without the category where ``root`` is its folder.
  public var pathBelowRoot: RelativePath { root.target(of: relativePath) }

  /// Where the file lies on disk.
  public var path: FilePath { root.path(of: relativePath) }
}

/// A URL that a model can be had from.
package struct IndexedSource: Sendable, Hashable {
  /// As the caller gave it.
  package var url: String
  /// Who said so: `download`, `workflow`, `user`, …
  package var origin: String

  package init(url: String, origin: String) {
    self.url = url
    self.origin = origin
  }
}

extension IndexedLocation {
  /// Whether a file of the size that the index knows lies there, and may be read.
  public var isPresent: Bool {
    guard let status = try? Stat(path) else { return false }
    return status.type == .regular && status.size == size && !path.refusesReading
  }
}
