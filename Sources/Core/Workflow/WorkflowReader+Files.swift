package import SystemPackage

extension WorkflowReader {
  /// Files read between two deliveries; bounds what is held at once.
  private static let batch = 512

  /// Reads many files over the cores and hands over each result in the order of `paths`.
  ///
  /// `body` is called on the calling thread. At most 512 results are held at once, and as many
  /// files are open as there are cores.
  ///
  /// - Throws: what `body` throws, and nothing else: a file's trouble is its result.
  package func read(
    _ paths: [FilePath], cancellation: Cancellation = .never,
    body: (FilePath, Result<Workflow, WorkflowError>) throws -> Void
  ) throws {
    var start = 0
    while start < paths.count, !cancellation.isRequested() {
      let part = paths[start..<min(start + Self.batch, paths.count)]
      for (path, result) in zip(part, read(part, cancellation)) {
        guard let result else { return }
        try body(path, result)
      }
      start = part.endIndex
    }
  }

  /// The results of one batch; `nil` for files that a cancellation left unread.
  private func read(
    _ paths: ArraySlice<FilePath>, _ cancellation: Cancellation
  ) -> [Result<Workflow, WorkflowError>?] {
    Concurrently.map(Array(paths), width: ProcessorCount.available) { path in
      guard !cancellation.isRequested() else { return nil }
      return Result { () throws(WorkflowError) in try read(path) }
    }
  }
}
