package import SystemPackage

extension WorkflowReader {
  /// The number of files read between two deliveries; it limits the memory in use.
  private static let batch = 512

  /// Reads many files on several cores and delivers the results in the order of `paths`.
  ///
  /// `body` is called on the calling thread. At most 512 results are held at once, and as many
  /// files are open as there are cores.
  ///
  /// - Throws: What `body` throws, and nothing else: the error of a file is its result.
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

  /// The results of one batch; `nil` for files that were not read because of a cancellation.
  private func read(
    _ paths: ArraySlice<FilePath>, _ cancellation: Cancellation
  ) -> [Result<Workflow, WorkflowError>?] {
    Concurrently.map(Array(paths), width: ProcessorCount.available) { path in
      guard !cancellation.isRequested() else { return nil }
      return Result { () throws(WorkflowError) in try read(path) }
    }
  }
}
