internal import CGit2
internal import SystemPackage

/// Commits of one file, each on the one before it, that were made before the file was written. They
/// are in a pack of their own, and no branch leads to them yet.
struct CommitChain: Sendable {
  /// Changes from which on a pack is no larger than the objects one by one would be.
  static let leastChanges = 8

  /// The commit that the first one is on.
  let base: ObjectID
  /// The file in each commit.
  let states: [TreeEntry]
  let commits: [ObjectID]

  /// - Returns: `nil` where the chain can't be made ahead: fewer changes than a pack is worth, one
  ///   that changes nothing, a repository that other users write to, nobody to sign, or a commit
  ///   before it that has no such file.
  init?(
    _ steps: [HistoryStep], _ contents: [[UInt8]], at path: FilePath,
    in repository: borrowing GitRepository, _ environment: ProcessEnvironment
  ) throws {
    guard contents.count >= Self.leastChanges, contents.count == steps.count,
      !repository.isShared
    else { return nil }
    var head = git_oid()
    guard git_reference_name_to_id(&head, repository.handle.raw, "HEAD") >= 0,
      let base = ObjectID(head), var trees = try TreePath(path, at: head, in: repository)
    else { return nil }
    let author = try CommitIdentity(.author, repository.configuration, environment)
    let committer = try CommitIdentity(.committer, repository.configuration, environment)

    var pack = ObjectPack()
    var states: [TreeEntry] = []
    var commits: [ObjectID] = []
    var blob: ObjectPack.Object?
    for (content, step) in zip(contents, steps) {
      let next = pack.add(.blob, content, like: blob)
      blob = next
      guard next.id.bytes != trees.file, let state = ObjectID(next.id) else { return nil }
      guard let tree = trees.put(next.id.bytes, into: &pack) else { return nil }
      let text = """
        tree \(tree.hex)
        parent \((commits.last ?? base).hex)
        author \(author.headerText)
        committer \(committer.headerText)

        \(step.message.rendered)
        """
      guard let commit = ObjectID(pack.add(.commit, Array(text.utf8)).id) else { return nil }
      states.append(TreeEntry(id: state, mode: trees.mode))
      commits.append(commit)
    }
    try pack.write(to: repository.commonDirectory.appending("objects").appending("pack"))
    (self.base, self.states, self.commits) = (base, states, commits)
  }

  /// Whether these are the commits of all of the changes, on that commit.
  func isOf(_ changes: [LibraryCommit.Change], on head: git_oid?) -> Bool {
    head.flatMap { ObjectID($0) } == base && changes.map(\.state) == states
      && changes.map(\.step) == Array(states.indices)
  }
}

/// The trees that lead to a file, from the root on.
private struct TreePath {
  private struct Level {
    var content: [UInt8]
    /// Where the name of the object below stands in it.
    let place: Range<Int>
    var object: ObjectPack.Object?
  }

  private var levels: [Level] = []
  /// The file's mode.
  private(set) var mode: UInt32 = 0
  /// The name of the file's blob.
  var file: [UInt8] { levels.last.map { Array($0.content[$0.place]) } ?? [] }

  /// `nil` when the commit has no such file.
  init?(
    _ path: FilePath, at commit: git_oid, in repository: borrowing GitRepository
  ) throws(GitFailure) {
    let raw = repository.handle.raw
    var id = commit
    let handle = try GitPointer(freedBy: git_commit_free) { git_commit_lookup($0, raw, &id) }
    guard var tree = git_commit_tree_id(handle.raw)?.pointee else { return nil }
    let names = path.components.map { Array($0.string.utf8) }
    for (depth, name) in names.enumerated() {
      let content = try repository.rawObject(tree)
      guard let entry = Self.entry(name, in: content) else { return nil }
      let isFile = depth == names.count - 1
      guard isFile ? entry.mode >> 12 == 0o10 : entry.mode == 0o40000 else { return nil }
      levels.append(Level(content: content, place: entry.place))
      withUnsafeMutableBytes(of: &tree) { $0.copyBytes(from: content[entry.place]) }
      mode = entry.mode
    }
    guard !levels.isEmpty else { return nil }
  }

  /// An entry is its mode in octal digits, a space, the name, a NUL and the 20 bytes of an object's
  /// name.
  private static func entry(
    _ name: [UInt8], in tree: [UInt8]
  ) -> (mode: UInt32, place: Range<Int>)? {
    var rest = tree[...]
    while let space = rest.firstIndex(of: 0x20), let end = rest[space...].firstIndex(of: 0),
      end + 20 < rest.endIndex
    {
      if rest[(space + 1)..<end].elementsEqual(name) {
        let digits = String(decoding: rest[..<space], as: UTF8.self)
        return UInt32(digits, radix: 8).map { ($0, (end + 1)..<(end + 21)) }
      }
      rest = rest[(end + 21)...]
    }
    return nil
  }

  /// Puts the file's next state into all trees; the root's name.
  mutating func put(_ blob: [UInt8], into pack: inout ObjectPack) -> ObjectID? {
    var below = blob
    for index in levels.indices.reversed() {
      levels[index].content.replaceSubrange(levels[index].place, with: below)
      let object = pack.add(.tree, levels[index].content, like: levels[index].object)
      levels[index].object = object
      below = object.id.bytes
    }
    return levels.first?.object.flatMap { ObjectID($0.id) }
  }
}

extension CommitIdentity {
  /// As a commit's header tells it.
  fileprivate var headerText: String {
    "\(identity.name) <\(identity.email)> \(dateText.dropFirst())"
  }
}
