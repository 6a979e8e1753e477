internal import CGit2
internal import SystemLibrary
internal import SystemPackage

/// The objects that make up commits, and moving HEAD to them.
extension LibraryCommit {
  /// Makes the commits, each on the one before it, and moves HEAD's branch from `head` to the last.
  ///
  /// - Parameter companions: Other files that become part of the first commit.
  func commit(
    _ changes: [Change], _ path: FilePath, with companions: [(FilePath, TreeEntry)], on head: Head,
    _ people: (author: CommitIdentity, committer: CommitIdentity)
  ) throws(Failure) -> [ObjectID] {
    let handle = repository.handle.raw
    do throws(GitFailure) {
      let ids = try make(changes, path, with: companions, on: head, people)
      // For the reflog, which libgit2 would sign with the configured name otherwise.
      let owner = people.committer.identity
      try git { git_repository_set_ident(handle, owner.name, owner.email) }
      if let tip = ids.last?.oid {
        try moveHead(from: head.commit, to: tip, changes.last?.message ?? "")
      }
      return ids
    } catch {
      if error.isCode(GIT_EMODIFIED) || error.isCode(GIT_EEXISTS) {
        throw .contended(.headKeptMoving)
      }
      if error.isCode(GIT_ELOCKED) { throw .contended(.locked(repository.headLock)) }
      throw .library(error)
    }
  }

  private func make(
    _ changes: [Change], _ path: FilePath, with companions: [(FilePath, TreeEntry)], on head: Head,
    _ people: (author: CommitIdentity, committer: CommitIdentity)
  ) throws(GitFailure) -> [ObjectID] {
    let author = try people.author.signature()
    let committer = try people.committer.signature()
    var ids: [ObjectID] = []
    var tip = head.commit
    var tree: git_oid? = try head.commit.map { id throws(GitFailure) in try self.tree(of: id) }
    var others = companions
    for change in changes {
      let state = try self.tree(with: [(path, change.state)] + others, on: tree)
      others = []
      let id = try commit(state, change.message, on: tip, author, committer)
      guard let name = ObjectID(id) else { throw .last(GIT_ERROR.rawValue) }
      ids.append(name)
      (tip, tree) = (id, state)
    }
    return ids
  }

  private func tree(of commit: git_oid) throws(GitFailure) -> git_oid {
    let handle = repository.handle.raw
    var id = commit
    let commit = try GitPointer(freedBy: git_commit_free) { git_commit_lookup($0, handle, &id) }
    guard let tree = git_commit_tree_id(commit.raw) else { throw .last(GIT_ERROR.rawValue) }
    return tree.pointee
  }

  /// `base` with these files in it.
  private func tree(
    with files: [(path: FilePath, entry: TreeEntry)], on base: git_oid?
  ) throws(GitFailure) -> git_oid {
    let handle = repository.handle.raw
    var tree: OpaquePointer?
    defer { git_tree_free(tree) }
    if var base { try git { git_tree_lookup(&tree, handle, &base) } }
    var id = git_oid()
    let names = files.map { file in file.path.withPlatformString { strdup($0) } }
    defer { names.forEach { free($0) } }
    let updates = zip(files, names).map { file, name in
      git_tree_update(
        action: GIT_TREE_UPDATE_UPSERT, id: file.entry.id.oid,
        filemode: git_filemode_t(file.entry.mode), path: name)
    }
    try git { git_tree_create_updated(&id, handle, tree, updates.count, updates) }
    return id
  }

  private func commit(
    _ tree: git_oid, _ message: String, on parent: git_oid?,
    _ author: borrowing CommitIdentity.Signature, _ committer: borrowing CommitIdentity.Signature
  ) throws(GitFailure) -> git_oid {
    let handle = repository.handle.raw
    var commit: OpaquePointer?
    defer { git_commit_free(commit) }
    if var parent { try git { git_commit_lookup(&commit, handle, &parent) } }
    var tree = tree
    let root = try GitPointer(freedBy: git_tree_free) { git_tree_lookup($0, handle, &tree) }
    var id = git_oid()
    let (author, committer) = (author.raw, committer.raw)
    try git {
      comfy_git_commit_create(&id, handle, nil, author, committer, message, root.raw, commit)
    }
    return id
  }

  /// Moves the branch that HEAD names, or a detached HEAD itself.
  private func moveHead(
    from old: git_oid?, to new: git_oid, _ message: String
  ) throws(GitFailure) {
    let handle = repository.handle.raw
    let name = repository.headReference
    let subject = message.prefix { $0 != "\n" }
    let note = old == nil ? "commit (initial): \(subject)" : "commit: \(subject)"
    var reference: OpaquePointer?
    defer { git_reference_free(reference) }
    var new = new
    try git {
      guard var old else {
        return git_reference_create_matching(&reference, handle, name, &new, 0, nil, note)
      }
      return git_reference_create_matching(&reference, handle, name, &new, 1, &old, note)
    }
  }
}
