public import SystemPackage

/// A manifest on disk.
public struct ManifestStore: Sendable {
  /// The manifest as the caller names it; may be a symbolic link.
  public let path: FilePath
  /// How long a live writer is waited for, in seconds.
  public var patience: Double

  public init(path: FilePath, patience: Double = 30) {
    self.path = path
    self.patience = patience
  }

  /// The nearest `pyproject.toml`, in `directory` or the closest directory above it.
  ///
  /// - Parameter directory: An absolute path.
  /// - Throws: ``ManifestError/notFound(from:)`` when there is none up to the root.
  public static func nearest(from directory: FilePath) throws(ManifestError) -> ManifestStore {
    throw .notFound(from: directory)
  }

  /// Reads the manifest, without taking the lock: writers replace the file whole.
  public func read() throws(ManifestError) -> Manifest {
    throw .notFound(from: path)
  }

  /// Changes the manifest: lock, reread, apply, check, write a sibling, rename, synchronise.
  ///
  /// Nothing is written when `change` throws, and nothing when it changes nothing.
  ///
  /// - Parameters:
  ///   - creating: Whether an absent file counts as an empty one instead of being an error.
  ///   - change: Called under the lock, and called again on a fresh copy when another program
  ///     replaced the file meanwhile: it must have no effect beside the one on its argument.
  ///   - recorded: Called once, still under the lock, after the file was written (and also when
  ///     nothing changed): the place for a commit of exactly these bytes.
  /// - Returns: What was there and what is there now.
  public func update<Result>(
    creating: Bool = false,
    _ change: (inout Manifest) throws(ManifestError) -> Void,
    recorded: (ManifestUpdate) -> Result
  ) throws(ManifestError) -> Result {
    throw .notFound(from: path)
  }

  /// Changes the manifest; see ``update(creating:_:recorded:)``.
  @discardableResult
  public func update(
    creating: Bool = false, _ change: (inout Manifest) throws(ManifestError) -> Void
  ) throws(ManifestError) -> ManifestUpdate {
    try update(creating: creating, change, recorded: { $0 })
  }
}

/// What an update found and left.
public struct ManifestUpdate: Sendable, Hashable {
  /// The file that was written, symbolic links followed.
  public let file: FilePath
  /// The content before; `nil` when the file was new.
  public let before: [UInt8]?
  /// The content now.
  public let after: [UInt8]
  /// Whether bytes changed, which is whether anything was written.
  public var changed: Bool { before != after }

  public init(file: FilePath, before: [UInt8]?, after: [UInt8]) {
    self.file = file
    self.before = before
    self.after = after
  }
}
