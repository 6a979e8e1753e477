internal import CGit2
internal import Crypto
internal import SystemPackage

extension GitRepository {
  /// Stores contents of a file, filtered as `.gitattributes` and `core.autocrlf` have it for what
  /// lies at `path`, relative to the top of the work tree.
  ///
  /// - Returns: Their names, in the same order.
  func store(_ contents: [[UInt8]], as path: FilePath) throws(GitFailure) -> [ObjectID] {
    guard !contents.isEmpty else { return [] }
    let repository = handle.raw
    var filters: OpaquePointer?
    defer { git_filter_list_free(filters) }
    try git {
      path.withPlatformString {
        git_filter_list_load(
          &filters, repository, nil, $0, GIT_FILTER_TO_ODB, GIT_FILTER_DEFAULT.rawValue)
      }
    }
    var names: [ObjectID] = []
    for content in contents {
      var id = git_oid()
      try git { content.withUnsafeBytes { Self.store($0, filters, in: repository, &id) } }
      guard let name = ObjectID(id) else { throw .last(GIT_ERROR.rawValue) }
      names.append(name)
    }
    return names
  }

  private static func store(
    _ bytes: UnsafeRawBufferPointer, _ filters: OpaquePointer?, in repository: OpaquePointer,
    _ id: inout git_oid
  ) -> Int32 {
    guard filters != nil else { return store(bytes, in: repository, &id) }
    var filtered = git_buf()
    defer { git_buf_dispose(&filtered) }
    let status = git_filter_list_apply_to_buffer(
      &filtered, filters, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
    guard status >= 0 else { return status }
    return store(
      UnsafeRawBufferPointer(start: filtered.ptr, count: filtered.size), in: repository, &id)
  }

  /// Names the content here: libgit2 takes twice as long for that as for all the rest, since it
  /// looks for collisions, which a text of our own making has none of.
  private static func store(
    _ bytes: UnsafeRawBufferPointer, in repository: OpaquePointer, _ id: inout git_oid
  ) -> Int32 {
    var hasher = Insecure.SHA1()
    Array("blob \(bytes.count)\0".utf8).withUnsafeBytes { hasher.update(bufferPointer: $0) }
    hasher.update(bufferPointer: bytes)
    let digest = Array(hasher.finalize())
    withUnsafeMutableBytes(of: &id) { $0.copyBytes(from: digest) }
    let status = comfy_git_blob_store(repository, &id, bytes.baseAddress, bytes.count)
    guard status == GIT_PASSTHROUGH.rawValue else { return status }
    return git_blob_create_from_buffer(&id, repository, bytes.baseAddress, bytes.count)
  }
}
