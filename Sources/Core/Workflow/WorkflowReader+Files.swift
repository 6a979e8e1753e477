internal import Dispatch
internal import Synchronization
public import SystemPackage

extension WorkflowReader {
  /// Files read between two deliveries; bounds what is held at once.
  private static let batch = 512

  /// Reads many files over the cores and hands over each result in the order of `paths`.
  ///
  /// `body` is called on the calling thread. At most 512 results are held at once, and as many
  /// files are open as there are cores.
  ///
  /// - Throws: what `body` throws, and nothing else: a file's trouble is its result.
  public func read(
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
    let results = Mutex([Result<Workflow, WorkflowError>?](repeating: nil, count: paths.count))
    let readOne: @Sendable (Int) -> Void = { index in
      guard !cancellation.isRequested() else { return }
      let result = Result { () throws(WorkflowError) in
        try read(paths[paths.startIndex + index])
      }
      results.withLock { $0[index] = result }
    }
    if paths.count == 1 {
      readOne(0)
    } else {
      DispatchQueue.concurrentPerform(iterations: paths.count, execute: readOne)
    }
    return results.withLock { $0 }
  }
}
