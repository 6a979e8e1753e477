public import SystemPackage

/// What a scan did.
package struct ScanSummary: Sendable, Hashable {
  /// Files that the index did not know under any name.
  package var added = 0
  /// Files whose bytes may have changed since the last scan, and that were hashed again.
  package var changed = 0
  /// Files that are gone. Moved files do not count.
  package var removed = 0
  /// Files that were known, under this or another name.
  package var unchanged = 0
  /// The unchanged files that were moved to a path where nothing was known.
  package var moved = 0
  /// Bytes that were read for hashes.
  package var hashedBytes: Int64 = 0
  /// What was skipped or could not be read, by path.
  package var issues: [ScanIssue] = []

  package init() {}
}

/// Something in a models directory that a scan could not process.
public struct ScanIssue: Error, Sendable, Hashable {
  /// What is wrong with it.
  public enum Reason: Sendable, Hashable {
    /// A directory cannot be listed. What the index knows below it is kept.
    case unreadableDirectory(Errno)
    /// A file cannot be inspected or read. What the index knows about it is kept.
    case unreadableFile(Errno)
    /// A link leads nowhere.
    case danglingLink
    /// The name is not valid UTF-8, or cannot be a relative path. It was skipped.
    /// ``ScanIssue/path`` has its bytes.
    case unusableName
    /// A linked folder leads back to a folder above it, or links lead to it by very many ways. It was
    /// skipped.
    case linkLoop
    /// Folders are nested too deeply. Those below were not searched, and what the index knows about
    /// them is kept.
    case tooDeep
    /// The root does not exist or is empty although the index knows files below it, for example
    /// because a volume is not mounted. Nothing was removed. ComfyUI's placeholders and `lost+found` do
    /// not count.
    case missingRoot(known: Int)
    /// The file changed while it was hashed. The next scan reads it again.
    case changedMeanwhile
  }

  /// The file or folder; absolute.
  public let path: FilePath
  /// What is wrong with it.
  public let reason: Reason

  package init(_ path: FilePath, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

/// Progress of a scan, reported on the thread that called it.
public enum ScanEvent: Sendable, Hashable {
  /// Model files found so far below all roots.
  case found(files: Int)
  /// Files hashed so far, files to hash, and bytes read.
  case hashing(done: Int, of: Int, bytes: Int64)
}

/// How to scan.
package struct ScanOptions: Sendable, Hashable {
  /// Removes what the index knows below a root that is missing or empty.
  package var acceptsMissingRoot = false
  /// Files to hash at once; at least 1.
  package var jobs: Int
  /// The most files to add in one transaction. Each transaction writes most pages of the index anew,
  /// because hashes are in no order, so many small files share one.
  var filesAtOnce = 8192

  /// - Parameter jobs: `nil` for one per core that this process may use.
  package init(acceptsMissingRoot: Bool = false, jobs: Int? = nil) {
    self.acceptsMissingRoot = acceptsMissingRoot
    self.jobs = max(1, jobs ?? ProcessorCount.available)
  }
}
