internal import CGit2
internal import SystemPackage

// The file's content as git records it.
extension LibraryCommit {
  /// libgit2 cannot make files accessible to other users, and does not support every include.
  func checkSettings() throws(Failure) {
    if repository.isShared { throw .needsProgram(.setting("core.sharedRepository")) }
    let exceedsLibrary = try setting { (settings) throws(GitError) in
      try settings.exceedsLibrary
    }
    if exceedsLibrary { throw .needsProgram(.setting("includeIf")) }
  }

  /// libgit2 does not run filter drivers or convert encodings.
  func checkAttributes(of path: FilePath) throws(Failure) {
    if let name = try attribute("filter", of: path) {
      let isDriver = try setting { (settings) throws(GitError) in
        for command in ["clean", "process"] {
          if try settings.string("filter.\(name).\(command)")?.isEmpty == false { return true }
        }
        // A required filter without a command fails.
        return try settings.bool("filter.\(name).required") == true
      }
      if isDriver { throw .needsProgram(.filter(name)) }
    }
    if let name = try attribute("working-tree-encoding", of: path) {
      throw .needsProgram(.encoding(name))
    }
  }

  private func attribute(_ name: String, of path: FilePath) throws(Failure) -> String? {
    let handle = repository.handle.raw
    var value: UnsafePointer<CChar>?
    let status = path.withPlatformString {
      git_attr_get(&value, handle, UInt32(GIT_ATTR_CHECK_FILE_THEN_INDEX), $0, name)
    }
    guard status >= 0 else { throw .library(.last(status)) }
    return git_attr_value(value) == GIT_ATTR_VALUE_STRING ? value.map { String(cString: $0) } : nil
  }

  /// The file as git would record it.
  struct File {
    var indexEntry: git_index_entry
    let recorded: TreeEntry
  }

  /// Stores the content, filtered according to `.gitattributes` and `core.autocrlf`.
  ///
  /// The status is taken first: if the file changes while it is read, the status no longer matches,
  /// and git compares the content again.
  func readFile(
    _ path: FilePath, like recorded: TreeEntry?, _ stored: StoredContents
  ) throws(Failure) -> File {
    let full = (repository.workTree ?? repository.gitDirectory).pushing(path)
    guard let facts = FileStatus(reaching: full) else {
      throw .refused(.git(.file(FileError(.status, full, .noSuchFileOrDirectory))))
    }
    let trustsMode = try setting { (settings) throws(GitError) in
      try settings.bool("core.fileMode") ?? true
    }
    let mode: UInt32 =
      trustsMode
      ? (facts.isExecutable ? 0o100755 : 0o100644) : (recorded?.regularMode ?? 0o100644)
    let isAsWritten = stored.written.map { facts.isUnchanged(since: $0) } ?? false
    let known = isAsWritten ? stored.ids.last : nil
    let name = if let known { known } else { try readContent(path) }
    return File(
      indexEntry: facts.indexEntry(id: name.oid, mode: mode),
      recorded: TreeEntry(id: name, mode: mode))
  }

  private func readContent(_ path: FilePath) throws(Failure) -> ObjectID {
    let handle = repository.handle.raw
    var id = git_oid()
    let status = path.withPlatformString { git_blob_create_from_workdir(&id, handle, $0) }
    guard status >= 0 else { throw .library(.last(status)) }
    guard let name = ObjectID(id) else { throw .library(.last(GIT_ERROR.rawValue)) }
    return name
  }
}
