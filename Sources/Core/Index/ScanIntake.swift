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

  /// Bytes to hash between two transactions.
  private static let bytesAtOnce: Int64 = 128 << 20

  /// Adds new and changed files.
  mutating func take(
    _ fresh: [(rootID: Int64, fresh: FreshFile)], _ progress: (ScanEvent) -> Void
  ) throws(IndexError) {
    let unknown = try enterKnown(fresh)
    var start = 0
    while start < unknown.count {
      if cancellation.isRequested() { throw .cancelled }
      let end = endOfBatch(unknown, from: start)
      try enter(Array(unknown[start..<end]))
      start = end
      progress(.hashing(done: start, of: unknown.count, bytes: summary.hashedBytes))
    }
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

  /// Adds files that the index knows by another name, in the same status.
  ///
  /// - Returns: The other files.
  private mutating func enterKnown(
    _ fresh: [(rootID: Int64, fresh: FreshFile)]
  ) throws(IndexError) -> [(rootID: Int64, fresh: FreshFile)] {
    guard !fresh.isEmpty else { return [] }
    var known: [FreshFile] = []
    var unknown: [(rootID: Int64, fresh: FreshFile)] = []
    try index.write { database in
      let roots = try RootRow.all(in: database)
      // All are looked up before the first is written, because two files may have swapped places.
      let rows = try fresh.map {
        $0.fresh.isTouched
          ? nil : try LocationRow.find(like: $0.fresh.file.state, in: database)
      }
      var replaced: [Int64] = []
      for (place, row) in zip(fresh, rows) {
        let file = place.fresh.file
        guard let row, row.isNow(file.state) else {
          var fresh = place.fresh
          fresh.likeness = row?.modelID
          unknown.append((place.rootID, fresh))
          continue
        }
        replaced += try file.put(
          rootID: place.rootID, modelID: row.modelID, file.state, roots, in: database)
        known.append(place.fresh)
      }
      for modelID in replaced { try ModelRow.removeIfUnused(modelID, in: database) }
    }
    summary.unchanged += known.count
    for fresh in known { noteMove(fresh) }
    return unknown
  }

  private mutating func noteMove(_ fresh: FreshFile) {
    if fresh.before == nil { movedOrLinked[fresh.file.state, default: 0] += 1 }
  }

  private mutating func enter(_ batch: [(rootID: Int64, fresh: FreshFile)]) throws(IndexError) {
    let cancellation = cancellation
    let contents = Concurrently.map(batch, width: options.jobs) { _, fresh in
      Result { () throws(IndexError) in
        try FileContent(of: fresh.file.path, cancellation: cancellation)
      }
    }
    var issues: [ScanIssue] = []
    var moved: [FreshFile] = []
    var (added, changed, kept) = (0, 0, 0)
    var bytes: Int64 = 0
    try index.write { database in
      let roots = try RootRow.all(in: database)
      // Removed last, because two files may have swapped places.
      var replaced: [Int64] = []
      for ((rootID, fresh), content) in zip(batch, contents) {
        switch content {
        case .success(let found):
          bytes += found.bytesRead
          if let before = fresh.before, fresh.isTouched,
            try found.isStill(before.modelID, in: database)
          {
            try LocationRow.putNames(of: found.state, modelID: before.modelID, in: database)
            kept += 1
            continue
          }
          let modelID: Int64
          if let likeness = fresh.likeness, try found.isStill(likeness, in: database) {
            modelID = likeness
            moved.append(fresh)
          } else {
            let row =
              fresh.isTouched ? nil : try LocationRow.find(like: found.state, in: database)
            modelID =
              try row.flatMap { $0.isNow(found.state) ? $0.modelID : nil }
              ?? ModelRow.insert(found.content, in: database)
            if fresh.before == nil { added += 1 } else { changed += 1 }
          }
          replaced += try fresh.file.put(
            rootID: rootID, modelID: modelID, found.state, roots, in: database)
          if fresh.isTouched {
            try LocationRow.putNames(of: found.state, modelID: modelID, in: database)
          }
        case .failure(let error):
          if let issue = fresh.file.issue(of: error) { issues.append(issue) }
        }
      }
      for modelID in replaced { try ModelRow.removeIfUnused(modelID, in: database) }
    }
    summary.added += added
    summary.changed += changed
    summary.unchanged += kept + moved.count
    summary.hashedBytes += bytes
    summary.issues += issues
    for fresh in moved { noteMove(fresh) }
    if contents.contains(where: { $0.isCancelled }) { throw .cancelled }
  }

  private func endOfBatch(
    _ files: [(rootID: Int64, fresh: FreshFile)], from start: Int
  ) -> Int {
    var end = start
    var bytes: Int64 = 0
    while end < files.count, end - start < options.filesAtOnce, bytes < Self.bytesAtOnce {
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

extension LocationRow {
  /// Whether nothing at all happened to the file since: not even to its names or permissions.
  fileprivate func isNow(_ now: FileState) -> Bool {
    state == now && state.changed != nil && state.changed == now.changed
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
