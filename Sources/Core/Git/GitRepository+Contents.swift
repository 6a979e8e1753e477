internal import CGit2
package import SystemPackage

extension GitRepository {
  /// The contents of a file after the filters that `.gitattributes` and `core.autocrlf` apply at
  /// `path`, relative to the top of the work tree; `nil` if no filter applies.
  func filtered(
    _ contents: [[UInt8]], as path: FilePath
  ) throws(GitFailure) -> [[UInt8]]? {
    let repository = handle.raw
    var filters: OpaquePointer?
    defer { git_filter_list_free(filters) }
    try git {
      path.withPlatformString {
        git_filter_list_load(
          &filters, repository, nil, $0, GIT_FILTER_TO_ODB, GIT_FILTER_DEFAULT.rawValue)
      }
    }
    guard filters != nil else { return nil }
    var results: [[UInt8]] = []
    for content in contents {
      var filtered = git_buf()
      defer { git_buf_dispose(&filtered) }
      try git {
        content.withUnsafeBytes {
          git_filter_list_apply_to_buffer(
            &filtered, filters, $0.bindMemory(to: CChar.self).baseAddress, $0.count)
        }
      }
      results.append(
        Array(UnsafeRawBufferPointer(start: filtered.ptr, count: filtered.size)))
    }
    return results
  }

  /// Stores blobs.
  ///
  /// - Returns: Their names, in the same order.
  /// - Throws: Also if the repository is shared with other users, which libgit2 does not support.
  func store(_ contents: [[UInt8]]) throws(GitFailure) -> [ObjectID] {
    guard !isShared else {
      throw GitFailure(
        code: GIT_EUSER.rawValue, category: Int32(GIT_ERROR_ODB.rawValue),
        message: "a shared repository")
    }
    let repository = handle.raw
    var names: [ObjectID] = []
    for content in contents {
      var id = git_oid()
      try git {
        content.withUnsafeBytes {
          git_blob_create_from_buffer(&id, repository, $0.baseAddress, $0.count)
        }
      }
      guard let name = ObjectID(id) else { throw .last(GIT_ERROR.rawValue) }
      names.append(name)
    }
    return names
  }
}

extension GitRepository {
  /// Whether git tracks a file or will track it with the next commit: whether the index has it.
  ///
  /// - Parameter relative: The file, relative to the top of the work tree.
  /// - Throws: ``GitError/library(_:)``.
  func tracks(_ relative: FilePath) throws(GitError) -> Bool {
    let repository = handle.raw
    do throws(GitFailure) {
      let index = try GitPointer(freedBy: git_index_free) {
        git_repository_index($0, repository)
      }
      return relative.withPlatformString { git_index_get_bypath(index.raw, $0, 0) != nil }
    } catch {
      throw .library(error)
    }
  }

  /// Whether HEAD has a file as it is on disk, after converting line endings by the repository's
  /// rules. An unborn HEAD has no files.
  ///
  /// - Parameters:
  ///   - file: Absolute.
  ///   - relative: The same file, relative to the top of the work tree.
  /// - Throws: ``GitError/library(_:)``.
  package func holds(_ file: FilePath, at relative: FilePath) throws(GitError) -> Bool {
    if git_repository_head_unborn(handle.raw) == 1 { return false }
    let raw = handle.raw
    var wanted = git_oid()
    do throws(GitFailure) {
      let commit = try GitPointer(freedBy: git_object_free) {
        git_revparse_single($0, raw, "HEAD^{commit}")
      }
      let tree = try GitPointer(freedBy: git_tree_free) { git_commit_tree($0, commit.raw) }
      guard let entry = try TreeEntry.find(relative, in: tree.raw) else { return false }
      let status = file.withPlatformString {
        git_repository_hashfile(&wanted, raw, $0, GIT_OBJECT_BLOB, nil)
      }
      guard status == 0 else { throw .last(status) }
      return entry.id == ObjectID(wanted)
    } catch {
      throw .library(error)
    }
  }
}
