internal import GRDB
public import SystemPackage

extension ModelIndex {
  /// Enters a file whose hashes are known, as after a download; only the sampled hashes are read
  /// from it (15 MiB at most).
  ///
  /// The model with this content gets the location; what stood for the same path before goes.
  ///
  /// - Parameters:
  ///   - path: The file; lies below `root`.
  ///   - hashes: Of the file as it lies there; without BLAKE3 the file becomes a model of its own.
  ///   - sources: URLs to add, in order.
  /// - Returns: The model as it is in the index now.
  /// - Throws: ``IndexError/changed(_:)`` when the size is not that of `hashes`.
  @discardableResult
  public func enter(
    _ path: FilePath, below root: ModelRoot, hashes: FileHashes, sources: [IndexedSource] = []
  ) throws(IndexError) -> IndexedModel { throw .readOnly(path) }

  /// Adds a URL to the model with this full hash; one that it has already keeps its place.
  ///
  /// - Returns: `false` when the index has no model with this hash.
  @discardableResult
  public func addSource(
    _ source: IndexedSource, toModelWithHash hash: ModelHash
  ) throws(IndexError) -> Bool { false }

  /// Forgets that `path`, absolute, holds a model. The file itself is not touched. A model without
  /// a location left goes too, unless it has sources.
  ///
  /// - Returns: `false` when the index did not know the path.
  @discardableResult
  public func removeLocation(_ path: FilePath) throws(IndexError) -> Bool { false }

  /// The model of a file with the hashes of the whole file, read now if the index lacks them.
  ///
  /// Models that turn out to have the same content become one.
  ///
  /// - Parameters:
  ///   - location: As a query returned it.
  ///   - kinds: BLAKE3 is always made sure of; SHA-256 when it is in here.
  ///   - progress: Bytes read so far and to read; called from the calling thread.
  /// - Throws: ``IndexError/changed(_:)`` when the file is no longer the one the index saw, or
  ///   changes while it is read: scan, then ask again.
  public func fullHash(
    of location: IndexedLocation, _ kinds: HashKinds = .blake3,
    cancellation: Cancellation = .never, progress: (Int64, Int64) -> Void = { _, _ in }
  ) throws(IndexError) -> IndexedModel { throw .readOnly(path) }
}
