public import SystemPackage

extension GitRepository {
  /// The commits of ours that changed a manifest, newest first.
  ///
  /// - Parameters:
  ///   - manifest: Relative to the top of the work tree.
  ///   - revision: Where to start; an unborn HEAD has no decisions.
  ///   - limit: How many to read at most; `nil` for all.
  /// - Throws: ``GitError/unknownRevision(_:)``, ``GitError/library(_:)``.
  public func decisions(
    of manifest: FilePath, from revision: String = "HEAD", limit: Int? = nil
  ) throws(GitError) -> [Decision] {
    throw .unknownRevision(revision)
  }

  /// The commit that a revision names, in any of git's notations.
  ///
  /// - Throws: ``GitError/unknownRevision(_:)``.
  public func commitID(of revision: String) throws(GitError) -> ObjectID {
    throw .unknownRevision(revision)
  }

  /// A manifest as it was at a revision; `nil` when it was not there.
  ///
  /// - Parameters:
  ///   - manifest: Relative to the top of the work tree.
  ///   - revision: In any of git's notations.
  /// - Throws: ``GitError/unknownRevision(_:)``, ``GitError/library(_:)``.
  public func manifestBytes(
    of manifest: FilePath, at revision: String
  ) throws(GitError) -> [UInt8]? {
    throw .unknownRevision(revision)
  }

  /// The content of a blob, as ``Decision/before`` and ``Decision/after`` name them.
  ///
  /// - Throws: ``GitError/unknownRevision(_:)`` when there is no such blob.
  public func bytes(of blob: ObjectID) throws(GitError) -> [UInt8] {
    throw .unknownRevision(blob.hex)
  }
}
