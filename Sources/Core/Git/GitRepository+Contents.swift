internal import CGit2
internal import Crypto
public import SystemPackage

extension GitRepository {
  /// Contents of a file, filtered as `.gitattributes` and `core.autocrlf` have it for what lies at
  /// `path`, relative to the top of the work tree; `nil` where nothing is to be filtered.
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
  /// - Throws: Also where they are to be for other users, whom libgit2 does not know of.
  func store(_ contents: [[UInt8]]) throws(GitFailure) -> [ObjectID] {
    var names: [ObjectID] = []
    for content in contents {
      names.append(try store(content) { git_oid(naming: content, as: .blob) })
    }
    return names
  }

  /// Stores a blob whose name is found by us: libgit2 takes twice as long for that as for all the
  /// rest, since it looks for collisions, which a text of our own making has none of.
  ///
  /// - Parameter name: Asked for when the content is written; others may find it meanwhile.
  /// - Throws: As ``store(_:)``.
  func store(_ content: [UInt8], named name: () -> git_oid) throws(GitFailure) -> ObjectID {
    guard !isShared else {
      throw GitFailure(
        code: GIT_EUSER.rawValue, category: Int32(GIT_ERROR_ODB.rawValue),
        message: "a shared repository")
    }
    let repository = handle.raw
    var id = git_oid()
    var stream: UnsafeMutablePointer<git_odb_stream>?
    defer { comfy_git_blob_free(stream) }
    try git {
      content.withUnsafeBytes { bytes in
        let status = comfy_git_blob_write(&stream, repository, bytes.baseAddress, bytes.count)
        if status == GIT_PASSTHROUGH.rawValue {
          return git_blob_create_from_buffer(&id, repository, bytes.baseAddress, bytes.count)
        }
        guard status >= 0 else { return status }
        id = name()
        return comfy_git_blob_name(stream, &id)
      }
    }
    guard let stored = ObjectID(id) else { throw .last(GIT_ERROR.rawValue) }
    return stored
  }

  /// The bytes that an object is named after, without their header.
  func rawObject(_ id: git_oid) throws(GitFailure) -> [UInt8] {
    let repository = handle.raw
    let objects = try GitPointer(freedBy: git_odb_free) { git_repository_odb($0, repository) }
    var id = id
    let object = try GitPointer(freedBy: git_odb_object_free) {
      git_odb_read($0, objects.raw, &id)
    }
    return Array(
      UnsafeRawBufferPointer(
        start: git_odb_object_data(object.raw), count: git_odb_object_size(object.raw)))
  }
}

/// What an object of git is.
enum GitObjectKind: String {
  case commit, tree, blob
}

extension git_oid {
  /// The name of an object with this content: SHA-1 of it behind a header.
  init(naming content: [UInt8], as kind: GitObjectKind) {
    var hasher = Insecure.SHA1()
    hasher.update(data: Array("\(kind.rawValue) \(content.count)\0".utf8))
    hasher.update(data: content)
    self.init()
    let digest = Array(hasher.finalize())
    withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: digest) }
  }

  /// Its 20 bytes.
  var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}

extension GitRepository {
  /// Whether HEAD holds a file as it is on disk, line ends converted as the repository wants them.
  /// An unborn HEAD holds nothing.
  ///
  /// - Parameters:
  ///   - file: Absolute.
  ///   - relative: The same, relative to the top of the work tree.
  /// - Throws: ``GitError/library(_:)``.
  public func holds(_ file: FilePath, at relative: FilePath) throws(GitError) -> Bool {
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
