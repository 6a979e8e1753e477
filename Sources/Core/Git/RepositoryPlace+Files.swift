internal import SystemPackage

extension RepositoryPlace {
  /// Refuses a repository with a pipe, a device, a socket or an oversized file in the place of one
  /// of git's own: libgit2 and the `git` program would wait for it, or read it, without end.
  ///
  /// - Throws: ``GitError/file(_:)``, with `invalidArgument` for what is not a regular file and
  ///   `fileTooLarge` for what is too long.
  func checkFiles() throws(GitError) {
    var files =
      Self.ownFiles.map { gitDirectory.pushing(FilePath($0)) }
      + Self.commonFiles.map { commonDirectory.pushing(FilePath($0)) }
    if let branch = Self.firstLine(of: gitDirectory.appending("HEAD"))?.branchName {
      files.append(commonDirectory.pushing(branch))
      files.append(commonDirectory.appending("logs").pushing(branch))
    }
    if let workTree { files += [".gitattributes", ".gitignore"].map { workTree.appending($0) } }
    for file in files { try Self.check(file, limit: Self.longest) }
    for name in ["HEAD", "commondir"] {
      try Self.check(gitDirectory.appending(name), limit: Self.longestReference)
    }
    for name in ["config", "objects/info/alternates"] {
      try Self.check(
        commonDirectory.pushing(FilePath(name)), limit: Self.longestConfiguration)
    }
  }

  /// Refuses a repository in which a symbolic link would make a commit write outside it: to the
  /// branch, its log or HEAD's log. A log contains text that a stranger may have chosen.
  ///
  /// - Throws: ``GitError/file(_:)``, with `notPermitted`, if one of these files is a link or is
  ///   outside the repository.
  func checkWrittenFiles() throws(GitError) {
    let branch = Self.firstLine(of: gitDirectory.appending("HEAD"))?.branchName
    let written =
      [gitDirectory.pushing("logs/HEAD")]
      + (branch.map {
        [commonDirectory.pushing($0), commonDirectory.appending("logs").pushing($0)]
      } ?? [])
    let own = [gitDirectory, commonDirectory].map(\.resolvingLinks)
    for file in written {
      // Writing through a link that leads to nothing would create a file there.
      let isLink = (try? FileStatus(of: file, following: false))?.isLink == true
      guard !isLink, own.contains(where: { file.resolvingLinks.starts(with: $0) }) else {
        throw .file(FileError(.readLink, file, .notPermitted))
      }
    }
  }

  /// The limit for `HEAD` and `commondir`, in bytes; git itself reads 256.
  private static let longestReference: Int64 = 1 << 16
  /// The limit for `config` and `alternates`, in bytes; people write both.
  private static let longestConfiguration: Int64 = 1 << 24
  /// The limit for other files, in bytes; a large index has several hundred MiB.
  private static let longest: Int64 = 1 << 32

  private static let ownFiles = ["index", "config.worktree", "logs/HEAD", "shallow"]
  private static let commonFiles = [
    "packed-refs", "info/attributes", "info/exclude", "info/grafts",
    "objects/info/commit-graph", "objects/info/packs", "shallow",
  ]

  private static func check(_ file: FilePath, limit: Int64) throws(GitError) {
    guard let facts = FileStatus(reaching: file), !facts.isDirectory else { return }
    // A link to `/dev/null` counts as an empty file.
    guard facts.isRegular || file.real == "/dev/null" else {
      throw .file(FileError(.open, file, .invalidArgument))
    }
    guard facts.size <= limit else { throw .file(FileError(.read, file, .fileTooLarge)) }
  }
}

extension String {
  /// The branch that the text of `HEAD` names; `nil` for a commit, or for a name outside `refs`.
  fileprivate var branchName: FilePath? {
    let prefix = "ref: "
    guard hasPrefix(prefix) else { return nil }
    let path = FilePath(String(dropFirst(prefix.count)))
    guard path.starts(with: "refs"), path.isLexicallyNormal else { return nil }
    return path
  }
}
