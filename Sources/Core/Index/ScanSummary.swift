public import SystemPackage

/// What a scan did.
package struct ScanSummary: Sendable, Hashable {
  /// Files that the index did not know, under any name.
  package var added = 0
  /// Files whose bytes may have changed since the last scan; hashed anew.
  package var changed = 0
  /// Files that are gone; those that were moved are not.
  package var removed = 0
  /// Files that were known already, under this or another name.
  package var unchanged = 0
  /// Those of the unchanged ones that were moved, to a place where nothing was known.
  package var moved = 0
  /// Bytes that were read to hash them.
  package var hashedBytes: Int64 = 0
  /// What was skipped or could not be read, by path.
  package var issues: [ScanIssue] = []

  package init() {}
}

/// Something in a models directory that a scan could not take in.
public struct ScanIssue: Error, Sendable, Hashable {
  /// What is wrong with it.
  public enum Reason: Sendable, Hashable {
    /// A directory could not be listed; what the index knows below it is kept.
    case unreadableDirectory(Errno)
    /// A file could not be inspected or read; what the index knows of it is kept.
    case unreadableFile(Errno)
    /// A link that leads nowhere.
    case danglingLink
    /// The name is not valid UTF-8, or no relative path; skipped. ``ScanIssue/path`` holds its
    /// bytes.
    case unusableName
    /// A linked folder that leads back to a folder above it; skipped.
    case linkLoop
    /// Folders are nested too deeply; what lies below was not looked at, and is kept.
    case tooDeep
    /// The root is missing or empty though the index knows files below it, as when a volume is
    /// not mounted; nothing was removed.
    case missingRoot(known: Int)
    /// The file changed while it was hashed; it is looked at again by the next scan.
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

/// What a scan tells while it runs, from the thread that called it.
public enum ScanEvent: Sendable, Hashable {
  /// Model files seen so far below all roots.
  case found(files: Int)
  /// Hashing goes on: files done and bytes read of the files that have to be hashed.
  case hashing(done: Int, of: Int, bytes: Int64)
}

/// How to scan.
package struct ScanOptions: Sendable, Hashable {
  /// Removes what the index knows below a root that is missing or empty.
  package var acceptsMissingRoot = false
  /// Only follows files that were moved or linked: nothing is read, and nothing else forgotten.
  package var onlyFollowsMoves = false
  /// Files hashed at once; at least 1.
  package var jobs: Int

  /// - Parameter jobs: `nil` for one per core that this process may use.
  package init(acceptsMissingRoot: Bool = false, jobs: Int? = nil) {
    self.acceptsMissingRoot = acceptsMissingRoot
    self.jobs = max(1, jobs ?? ProcessorCount.available)
  }
}
