internal import CGit2

/// Commits from the newest to the oldest, each once. As far as the dates allow, no commit comes
/// before its children: git's default order.
///
/// Each commit is read only when its turn comes. libgit2's walk would first read all of them, to
/// order those of the same second; a batch of decisions is made within one second.
struct CommitWalk: ~Copyable {
  private struct Waiting {
    let name: Name
    let time: Int64
  }

  /// A commit's name in a form that can be compared quickly.
  private struct Name: Hashable {
    let head: UInt64
    let middle: UInt64
    let tail: UInt32
    let oid: git_oid

    init(_ oid: git_oid) {
      self.oid = oid
      (head, middle, tail) = withUnsafeBytes(of: oid.id) { bytes in
        (
          bytes.loadUnaligned(as: UInt64.self),
          bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
          bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
        )
      }
    }

    static func == (left: Name, right: Name) -> Bool {
      left.head == right.head && left.middle == right.middle && left.tail == right.tail
    }

    func hash(into hasher: inout Hasher) { hasher.combine(head) }
  }

  private let repository: OpaquePointer
  private var waiting: [Waiting] = []
  private var seen: Set<Name> = []

  /// - Parameter repository: Must outlive the walk.
  init(from start: git_oid, in repository: OpaquePointer) throws(GitFailure) {
    self.repository = repository
    try add(start)
  }

  /// The next commit; `nil` at the end. In a shallow clone, the walk ends where its history ends.
  mutating func next() throws(GitFailure) -> GitPointer? {
    guard var first = waiting.indices.first else { return nil }
    for index in waiting.indices where waiting[index].time > waiting[first].time { first = index }
    let commit = try lookUp(waiting.remove(at: first).name.oid)
    for number in 0..<git_commit_parentcount(commit.raw) {
      guard let parent = git_commit_parent_id(commit.raw, number) else { continue }
      do throws(GitFailure) { try add(parent.pointee) } catch {
        guard error.isCode(GIT_ENOTFOUND) else { throw error }
      }
    }
    return commit
  }

  private mutating func add(_ oid: git_oid) throws(GitFailure) {
    let name = Name(oid)
    guard seen.insert(name).inserted else { return }
    let commit = try lookUp(oid)
    waiting.append(Waiting(name: name, time: git_commit_time(commit.raw)))
  }

  private func lookUp(_ oid: git_oid) throws(GitFailure) -> GitPointer {
    var oid = oid
    let repository = repository
    return try GitPointer(freedBy: git_commit_free) { git_commit_lookup($0, repository, &oid) }
  }
}
