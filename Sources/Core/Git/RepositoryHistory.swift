internal import CGit2
package import SystemPackage

extension GitRepository {
  /// Our commits that changed a manifest, newest first.
  ///
  /// - Parameters:
  ///   - manifest: Relative to the top of the work tree.
  ///   - revision: Where to start; an unborn HEAD has no decisions.
  ///   - limit: The largest number of commits to return; `nil` for all.
  /// - Throws: Like ``forEachDecision(of:from:_:)``.
  package func decisions(
    of manifest: FilePath, from revision: String = "HEAD", limit: Int? = nil
  ) throws(GitError) -> [Decision] {
    var found: [Decision] = []
    guard limit != 0 else { return [] }
    try forEachDecision(of: manifest, from: revision) { decision in
      found.append(decision)
      return found.count < limit ?? .max
    }
    return found
  }

  /// Calls `body` with each of our commits that changed a manifest, newest first.
  ///
  /// Each commit is read only when its turn comes. A merge is compared with its first parent.
  ///
  /// - Parameters:
  ///   - manifest: Relative to the top of the work tree.
  ///   - revision: Where to start; an unborn HEAD has no decisions.
  ///   - body: Returns whether to continue.
  /// - Throws: ``GitError/unknownRevision(_:)``, ``GitError/library(_:)``.
  package func forEachDecision(
    of manifest: FilePath, from revision: String = "HEAD",
    _ body: (Decision) throws(GitError) -> Bool
  ) throws(GitError) {
    if revision == "HEAD", git_repository_head_unborn(handle.raw) == 1 { return }
    let start = try object(revision, GIT_OBJECT_COMMIT)
    guard let oid = git_object_id(start.raw)?.pointee else { return }
    var walk: CommitWalk
    do throws(GitFailure) { walk = try CommitWalk(from: oid, in: handle.raw) } catch {
      throw .library(error)
    }
    while let decision = try nextDecision(of: manifest, in: &walk) {
      guard try body(decision) else { return }
    }
  }

  private func nextDecision(
    of manifest: FilePath, in walk: inout CommitWalk
  ) throws(GitError) -> Decision? {
    do throws(GitFailure) {
      while let commit = try walk.next() {
        if let decision = try decision(commit, of: manifest) { return decision }
      }
      return nil
    } catch {
      throw .library(error)
    }
  }

  private func decision(
    _ commit: borrowing GitPointer, of manifest: FilePath
  ) throws(GitFailure) -> Decision? {
    let raw = commit.raw
    guard let text = git_commit_message_raw(raw),
      let message = CommitMessage(parsing: String(cString: text)),
      let name = git_commit_id(raw).flatMap({ ObjectID($0.pointee) })
    else { return nil }
    let after = try blob(manifest, in: commit)
    var before: ObjectID?
    // The first commit has no parent, and the last one of a shallow clone names a parent that is
    // missing.
    do throws(GitFailure) {
      before = try blob(
        manifest, in: GitPointer(freedBy: git_commit_free) { git_commit_parent($0, raw, 0) })
    } catch {
      guard error.isCode(GIT_ENOTFOUND) else { throw error }
    }
    guard before != after, let author = git_commit_author(raw)?.pointee else { return nil }
    return Decision(
      id: name,
      time: Timestamp(seconds: author.when.time, zoneOffset: Int(author.when.offset)),
      author: GitIdentity(
        name: author.name.map { String(cString: $0) } ?? "",
        email: author.email.map { String(cString: $0) } ?? ""),
      message: message, before: before, after: after)
  }

  private func blob(
    _ path: FilePath, in commit: borrowing GitPointer
  ) throws(GitFailure) -> ObjectID? {
    let raw = commit.raw
    let tree = try GitPointer(freedBy: git_tree_free) { git_commit_tree($0, raw) }
    return try TreeEntry.find(path, in: tree.raw)?.id
  }

  /// The commit that a revision names, in any of git's notations.
  ///
  /// - Throws: ``GitError/unknownRevision(_:)``, ``GitError/library(_:)``.
  package func commitID(of revision: String) throws(GitError) -> ObjectID {
    let commit = try object(revision, GIT_OBJECT_COMMIT)
    guard let id = git_object_id(commit.raw), let name = ObjectID(id.pointee) else {
      throw .unknownRevision(revision)
    }
    return name
  }

  /// A manifest as it was at a revision; `nil` if it did not exist there.
  ///
  /// - Parameters:
  ///   - manifest: Relative to the top of the work tree.
  ///   - revision: In any of git's notations.
  /// - Throws: ``GitError/unknownRevision(_:)``, ``GitError/library(_:)``.
  package func manifestBytes(
    of manifest: FilePath, at revision: String
  ) throws(GitError) -> [UInt8]? {
    guard let entry = try entry(manifest, at: revision) else { return nil }
    return try bytes(of: entry.id)
  }

  /// The content of a blob, as ``Decision/before`` and ``Decision/after`` name them.
  ///
  /// - Throws: ``GitError/unknownRevision(_:)`` if there is no such blob.
  package func bytes(of blob: ObjectID) throws(GitError) -> [UInt8] {
    let object = try object(blob.hex, GIT_OBJECT_BLOB)
    let count = Int(clamping: git_blob_rawsize(object.raw))
    return [UInt8](UnsafeRawBufferPointer(start: git_blob_rawcontent(object.raw), count: count))
  }

  /// The entry of a path in the tree of a revision; `nil` if the tree has no such path.
  func entry(_ path: FilePath, at revision: String) throws(GitError) -> TreeEntry? {
    let tree = try object(revision, GIT_OBJECT_TREE)
    do throws(GitFailure) { return try TreeEntry.find(path, in: tree.raw) } catch {
      throw .library(error)
    }
  }

  /// The object of this kind that a revision names or leads to.
  private func object(_ revision: String, _ kind: git_object_t) throws(GitError) -> GitPointer {
    let repository = handle.raw
    // This names a path in the index. libgit2 does not support that, and git does not treat it as a
    // commit either.
    if revision.hasPrefix(":"), !revision.hasPrefix(":/") { throw .unknownRevision(revision) }
    do throws(GitFailure) {
      let named = try GitPointer(freedBy: git_object_free) {
        git_revparse_single($0, repository, revision)
      }
      return try GitPointer(freedBy: git_object_free) { git_object_peel($0, named.raw, kind) }
    } catch {
      let unknown = [GIT_ENOTFOUND, GIT_EINVALIDSPEC, GIT_EAMBIGUOUS, GIT_EPEEL, GIT_EINVALID]
      guard unknown.contains(where: { error.isCode($0) }) else { throw .library(error) }
      throw .unknownRevision(revision)
    }
  }

  /// The reference that a commit moves: HEAD's branch, or HEAD itself if it is detached. Follows
  /// symbolic branches as far as git follows them.
  var headReference: String {
    let repository = handle.raw
    let mostSteps = 5
    var name = "HEAD"
    for _ in 0..<mostSteps {
      guard
        let reference = try? GitPointer(
          freedBy: git_reference_free, { git_reference_lookup($0, repository, name) }),
        let next = git_reference_symbolic_target(reference.raw)
      else { return name }
      name = String(cString: next)
    }
    return name
  }

  /// The lock file for an update of HEAD: that of its branch, or HEAD's own if it is detached.
  var headLock: FilePath {
    let name = headReference
    let directory = name == "HEAD" ? gitDirectory : commonDirectory
    return directory.pushing(FilePath(name + ".lock"))
  }
}

/// An entry of a tree at a path.
struct TreeEntry: Sendable, Hashable {
  let id: ObjectID
  let mode: UInt32

  /// The mode, if the entry is a file and not a link or a submodule.
  var regularMode: UInt32? { mode == 0o100644 || mode == 0o100755 ? mode : nil }

  /// `nil` if the tree has no such path.
  static func find(_ path: FilePath, in tree: OpaquePointer) throws(GitFailure) -> TreeEntry? {
    do throws(GitFailure) {
      let entry = try GitPointer(freedBy: git_tree_entry_free) { out in
        path.withPlatformString { git_tree_entry_bypath(out, tree, $0) }
      }
      guard let id = git_tree_entry_id(entry.raw).flatMap({ ObjectID($0.pointee) }) else {
        return nil
      }
      return TreeEntry(id: id, mode: UInt32(git_tree_entry_filemode(entry.raw).rawValue))
    } catch {
      guard error.isCode(GIT_ENOTFOUND) else { throw error }
      return nil
    }
  }
}

extension ObjectID {
  private static let digitCount = 40

  /// The name in libgit2's form; zero for a name that does not have 40 digits.
  var oid: git_oid {
    var oid = git_oid()
    git_oid_fromstr(&oid, hex)
    return oid
  }

  init?(_ oid: git_oid) {
    var oid = oid
    let text = String(unsafeUninitializedCapacity: Self.digitCount) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { digits in
        _ = git_oid_fmt(digits.baseAddress, &oid)
      }
      return Self.digitCount
    }
    self.init(text)
  }
}
