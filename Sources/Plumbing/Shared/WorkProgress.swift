package import ComfyCore

/// Shows how far work is that may take longer than a second.
package protocol WorkProgress: AnyObject {
  /// Shows where the work is.
  ///
  /// - Parameters:
  ///   - files: Done so far.
  ///   - total: Of how many; `nil` when unknown.
  ///   - bytes: Read so far; `nil` when no bytes are counted.
  ///   - current: What is being worked on; foreign text.
  func update(files: Int, of total: Int?, bytes: Int64?, current: String)
  /// Shows how far the reading of one file is.
  ///
  /// - Parameters:
  ///   - file: Its name; foreign text.
  ///   - bytes: Read so far.
  ///   - total: To be read.
  func update(file: String, bytes: Int64, of total: Int64)
  /// Nothing more will come.
  func finish()
}

/// Shows nothing.
package final class SilentProgress: WorkProgress {
  package init() {}
  package func update(files: Int, of total: Int?, bytes: Int64?, current: String) {}
  package func update(file: String, bytes: Int64, of total: Int64) {}
  package func finish() {}
}

extension WorkProgress {
  /// Shows one event of a scan.
  package func show(_ event: ScanEvent) {
    switch event {
    case .found(let files): update(files: files, of: nil, bytes: nil, current: "")
    case .hashing(let done, let total, let bytes):
      update(files: done, of: total, bytes: bytes, current: "")
    }
  }

  /// Shows one event of a comparison with the manifest.
  package func show(_ event: ComparisonEvent) {
    switch event {
    case .scanning(let event): show(event)
    case .hashing(let filename, let bytes, let total):
      update(file: filename, bytes: bytes, of: total)
    }
  }

  /// Shows one event of a check.
  package func show(_ event: CheckEvent) {
    switch event {
    case .looking(let done, let total):
      update(files: done, of: total, bytes: nil, current: "")
    case .hashing(let done, let total, let filename, let bytes):
      update(files: done, of: total, bytes: bytes > 0 ? bytes : nil, current: filename)
    }
  }
}

extension Context {
  /// Does work with its progress shown, which is taken away when it ends, however that is.
  package func showing<Result>(
    _ label: String, _ work: (any WorkProgress) throws -> Result
  ) rethrows -> Result {
    let progress = makeProgress(label)
    defer { progress.finish() }
    return try work(progress)
  }
}
