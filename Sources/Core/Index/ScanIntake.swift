internal import GRDB
internal import SystemPackage

/// Adds the results of a walk to the index, a few files at a time.
struct ScanIntake {
  let index: ModelIndex
  let options: ScanOptions
  let cancellation: Cancellation
  var summary: ScanSummary
  /// Known files that were added at a path where nothing was known.
  private var movedOrLinked: [FileState: Int] = [:]

  init(
    index: ModelIndex, options: ScanOptions, cancellation: Cancellation, summary: ScanSummary
  ) {
    self.index = index
    self.options = options
    self.cancellation = cancellation
    self.summary = summary
  }

  /// Bytes and files to hash between two transactions.
  private static let bytesAtOnce: Int64 = 128 << 20
  private static let filesAtOnce = 256

  /// Adds new and changed files.
  mutating func take(
    _ fresh: [(rootID: Int64, fresh: FreshFile)], _ progress: (ScanEvent) -> Void
  ) throws(IndexError) {
    let unknown = try enterKnown(fresh)
    var start = 0
    while start < unknown.count {
      if cancellation.isRequested() { throw .cancelled }
      let end = ScanIntake.endOfBatch(unknown, from: start)
      try enter(Array(unknown[start..<end]))
      start = end
      progress(.hashing(done: start, of: unknown.count, bytes: summary.hashedBytes))
    }
  }

  /// Adds only files that the index knows by another name.
  mutating func follow(
    _ fresh: [(rootID: Int64, fresh: FreshFile)]
  ) throws(IndexError) {
    _ = try enterKnown(fresh)
  }

  /// Removes the old locations of moved files.
  mutating func removeMoved(_ gone: [LocationRow]) throws(IndexError) {
    try remove(gone.filter { movedOrLinked[$0.state] != nil })
  }

  /// Removes files that are gone.
  mutating func remove(_ gone: [LocationRow]) throws(IndexError) {
    guard !gone.isEmpty else { return }
    let removed = try index.write { database in
      var removed: [FileState] = []
      for row in gone {
        // Another process may have added the path again in the meantime.
        guard
          let now = try LocationRow.find(row.path, rootID: row.rootID, in: database),
          now.state == row.state
        else { continue }
        try now.remove(in: database)
        removed.append(row.state)
      }
      return removed
    }
    for state in removed {
      if let count = movedOrLinked[state], count > 0 {
        movedOrLinked[state] = count - 1
        summary.moved += 1
      } else {
        summary.removed += 1
      }
    }
  }

  /// Adds files that the index knows by another name.
  ///
  /// - Returns: The other files.
  private mutating func enterKnown(
    _ fresh: [(rootID: Int64, fresh: FreshFile)]
  ) throws(IndexError) -> [(rootID: Int64, fresh: FreshFile)] {
    guard !fresh.isEmpty else { return [] }
    let (known, unknown) = try index.write { database in
      // All are looked up before the first is written, because two files may have swapped places.
      let roots = try RootRow.all(in: database)
      let models = try fresh.map {
        $0.fresh.isTouched
          ? nil : try LocationRow.find(like: $0.fresh.file.state, in: database)?.modelID
      }
      var replaced: [Int64] = []
      for ((rootID, fresh), modelID) in zip(fresh, models) {
        guard let modelID else { continue }
        let file = fresh.file
        replaced += try file.put(
          rootID: rootID, modelID: modelID, file.state, roots, in: database)
      }
      for modelID in replaced { try ModelRow.removeIfUnused(modelID, in: database) }
      return (
        zip(fresh, models).filter { $0.1 != nil }.map(\.0.fresh),
        zip(fresh, models).filter { $0.1 == nil }.map(\.0)
      )
    }
    summary.unchanged += fresh.count - unknown.count
    for fresh in known where fresh.before == nil {
      movedOrLinked[fresh.file.state, default: 0] += 1
    }
    return unknown
  }

  private mutating func enter(_ batch: [(rootID: Int64, fresh: FreshFile)]) throws(IndexError) {
    let cancellation = cancellation
    let contents = Concurrently.map(batch, width: options.jobs) { _, fresh in
      Result { () throws(IndexError) in
        try FileContent(of: fresh.file.path, cancellation: cancellation)
      }
    }
    var issues: [ScanIssue] = []
    var (added, changed, kept) = (0, 0, 0)
    var bytes: Int64 = 0
    try index.write { database in
      let roots = try RootRow.all(in: database)
      for ((rootID, fresh), content) in zip(batch, contents) {
        switch content {
        case .success(let found):
          if let before = fresh.before, fresh.isTouched,
            try found.isStill(before.modelID, in: database)
          {
            try LocationRow.putNames(of: found.state, modelID: before.modelID, in: database)
            bytes += found.bytesRead
            kept += 1
            continue
          }
          let same =
            fresh.isTouched
            ? nil : try LocationRow.find(like: found.state, in: database)?.modelID
          let modelID = try same ?? ModelRow.insert(found.content, in: database)
          let replaced = try fresh.file.put(
            rootID: rootID, modelID: modelID, found.state, roots, in: database)
          for modelID in replaced { try ModelRow.removeIfUnused(modelID, in: database) }
          if fresh.isTouched {
            try LocationRow.putNames(of: found.state, modelID: modelID, in: database)
          }
          bytes += found.bytesRead
          if fresh.before == nil { added += 1 } else { changed += 1 }
        case .failure(let error):
          if let issue = fresh.file.issue(of: error) { issues.append(issue) }
        }
      }
    }
    summary.added += added
    summary.changed += changed
    summary.unchanged += kept
    summary.hashedBytes += bytes
    summary.issues += issues
    if contents.contains(where: { $0.isCancelled }) { throw .cancelled }
  }

  private static func endOfBatch(
    _ files: [(rootID: Int64, fresh: FreshFile)], from start: Int
  ) -> Int {
    var end = start
    var bytes: Int64 = 0
    while end < files.count, end - start < filesAtOnce, bytes < bytesAtOnce {
      bytes += min(files[end].fresh.file.state.size, 15 << 20)
      end += 1
    }
    return end
  }
}

extension FileContent {
  /// Files above this size are not read whole for a change of their permissions or names alone: other
  /// samples tell other bytes.
  private static let longestToDoubt: Int64 = 32 << 20

  /// Whether a file that something happened to is still what the index knows as a model: no other
  /// samples, and either they are all of its bytes, or it is large.
  fileprivate func isStill(_ modelID: Int64, in database: Database) throws -> Bool {
    let isTold =
      state.size > Self.longestToDoubt
      || SampledHasher.samples(ofSize: state.size) == [0..<state.size]
    return try isTold
      && ModelRow.sampledHashes(of: modelID, in: database) == [
        content.sampled.comfydock.hex, content.sampled.comfygit.hex,
      ]
  }
}

extension Result<FileContent, IndexError> {
  fileprivate var isCancelled: Bool {
    if case .failure(.cancelled) = self { true } else { false }
  }
}

extension ModelWalk.File {
  /// Records the file's model. What other roots know about the same path is removed if it is
  /// something else, because they may not be scanned now.
  ///
  /// - Returns: The former models of the path, which may now be unused.
  fileprivate func put(
    rootID: Int64, modelID: Int64, _ state: FileState, _ roots: [RootRow], in database: Database
  ) throws -> [Int64] {
    let others = roots.filter { $0.id != rootID }
    let stale = try LocationRow.all(at: path, below: others, in: database).filter {
      $0.modelID != modelID || !$0.state.isSameFile(as: state)
    }
    for row in stale { try row.delete(in: database) }
    let replaced = try LocationRow.put(
      relativePath, rootID: rootID, category: category, modelID: modelID, state, in: database)
    return stale.map(\.modelID) + [replaced].compactMap { $0 }
  }

  /// The report about a file that could not be hashed. `nil` if the file is gone by now, or the
  /// caller asked to stop.
  fileprivate func issue(of error: IndexError) -> ScanIssue? {
    switch error {
    case .changed: ScanIssue(path, .changedMeanwhile)
    case .file(let error) where error.errno != .noSuchFileOrDirectory:
      ScanIssue(path, .unreadableFile(error.errno))
    default: nil
    }
  }
}
