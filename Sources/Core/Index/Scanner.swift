internal import SystemPackage

/// Brings an index up to date with model directories.
package enum Scanner {
  /// Walks `roots` and updates what the index knows about them, in transactions of a few files.
  ///
  /// Model files are those with an extension of ``ModelExtension``, `.yaml` below `configs`, and files
  /// without an extension below `embeddings`. Links to files and folders are followed. Partial
  /// downloads and folders named `.git` are ignored. Only files whose path, size, modification time
  /// or inode changed are hashed, by samples, several at once. A file of which only the status changed
  /// (its permissions, its names, or a write whose time was set back) keeps its full hashes, if its
  /// samples are the same and it is large, or if they are the whole file. So does a file that was
  /// moved or linked. Work that was done before a failure or a cancellation is kept.
  ///
  /// - Parameter progress: Called from the calling thread.
  /// - Throws: ``IndexError`` of the index itself. Problems with single files are in the summary.
  @discardableResult
  package static func scan(
    _ roots: [ModelRoot], into index: ModelIndex, options: ScanOptions = ScanOptions(),
    cancellation: Cancellation = .never, progress: (ScanEvent) -> Void = { _ in }
  ) throws(IndexError) -> ScanSummary {
    var summary = ScanSummary()
    var plans: [(rootID: Int64, plan: ScanPlan)] = []
    var seen: Set<ModelRoot> = []
    var found = 0
    for root in roots where seen.insert(root).inserted {
      let walk = try ModelWalk(root, cancellation: cancellation)
      let (rootID, rows) = try index.write { database in
        let id = try RootRow.id(of: root, in: database)
        return (id, try LocationRow.all(of: id, in: database))
      }
      let plan = ScanPlan(walk, known: rows)
      guard !walk.isEmpty || plan.gone.isEmpty || options.acceptsMissingRoot else {
        summary.issues.append(ScanIssue(root.path, .missingRoot(known: rows.count)))
        continue
      }
      summary.issues += walk.issues
      found += walk.files.count
      progress(.found(files: found))
      summary.unchanged += plan.unchanged
      plans.append((rootID, plan))
    }
    // New files of all roots are added before any file is removed, because a file may have moved
    // between roots.
    var intake = ScanIntake(
      index: index, options: options, cancellation: cancellation, summary: summary)
    try intake.take(plans.flatMap { rootID, plan in plan.fresh.map { (rootID, $0) } }, progress)
    try intake.remove(plans.flatMap { $0.plan.gone })
    intake.summary.issues.sort { $0.path.string < $1.path.string }
    return intake.summary
  }
}
