/// A file whose path or state the index does not know.
struct FreshFile: Sendable {
  var file: ModelWalk.File
  /// What the index had at its path before.
  var before: LocationRow?
  /// The model of another name, which may be this file's.
  var likeness: Int64?

  /// Whether it is the file that stood there, of the same size and modification time, and something
  /// happened to it: its permissions or names changed, or it was written to.
  var isTouched: Bool { before?.state.isSameFile(as: file.state) ?? false }
}

/// The difference between a walk of a root and what the index knows about it.
struct ScanPlan {
  /// Files whose path or state the index does not know.
  private(set) var fresh: [FreshFile] = []
  /// Files that are gone.
  private(set) var gone: [LocationRow] = []
  private(set) var unchanged = 0

  init(_ walk: ModelWalk, known rows: [LocationRow]) {
    // The keys are bytes: as text, composed and decomposed names would be equal.
    var known: [[UInt8]: LocationRow] = [:]
    for row in rows { known[Array(row.path.utf8)] = row }
    for file in walk.files {
      let before = known.removeValue(forKey: Array(file.relativePath.string.utf8))
      if let before, file.state.isUntouched(since: before.state) {
        unchanged += 1
      } else {
        fresh.append(FreshFile(file: file, before: before))
      }
    }
    let unseen = walk.unseenPaths
    gone = known.values.filter { row in !unseen.contains { row.path.utf8.starts(with: $0) } }
  }
}
