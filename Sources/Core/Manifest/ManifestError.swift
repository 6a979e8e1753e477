public import SystemPackage

/// Why a manifest was not read, not changed or not written.
public enum ManifestError: Error, Sendable, Hashable {
  /// There is no `pyproject.toml` in this directory or any directory above it.
  case notFound(from: FilePath)
  /// The file is not TOML. Line and column are one-based; the column counts bytes.
  case syntax(path: FilePath, line: Int, column: Int, reason: TOMLError.Reason)
  /// The file has the markers of a git merge conflict; the first is in this line, one-based.
  case unmerged(path: FilePath, line: Int)
  /// The dotted key exists but is not what the schema requires, so nothing can be put below it.
  case structure(path: FilePath, line: Int, key: String)
  /// There is no workflow of that name. `known` are the names that exist.
  case unknownWorkflow(String, known: [String])
  /// The name of a workflow belongs to another file, which exists. Has both paths, as the manifest
  /// writes them.
  case otherWorkflow(String, recorded: String, given: String)
  /// The workflow has no entry that the selection names. `known` are the file names of its entries.
  case unknownModel(workflow: String, selection: ModelSelection, known: [String])
  /// Several entries of the workflow have that file name.
  case ambiguousModel(workflow: String, filename: String, count: Int)
  /// Neither the entry nor its global row has this URL. `known` are the URLs that they have.
  case unknownSource(workflow: String, filename: String, url: String, known: [String])
  /// The entry does not have the hash that the caller expected; `nil` stands for no hash.
  case stale(
    workflow: String, selection: ModelSelection, expected: ModelHash?, found: ModelHash?)
  /// The entry to change has a part that cannot be read.
  case unreadable(ManifestIssue)
  /// A live process held the lock for longer than the caller wanted to wait. `holder` is its
  /// process id and host, if the lock file has them.
  case locked(lock: FilePath, holder: LockHolder?)
  /// Each time before we could write, another program replaced the file. Nothing was written.
  case contended(path: FilePath, attempts: Int)
  /// The edited text, read back, is not what was meant at this key. Nothing was written.
  case unfaithful(path: FilePath, key: String)
  /// The file itself could not be read or written.
  case file(FileError)
}

/// A part of a manifest that could not be read. The rest could.
public struct ManifestIssue: Sendable, Hashable {
  /// What is wrong with it.
  public enum Problem: Sendable, Hashable {
    /// The value has the wrong type.
    case wrongType
    /// A required key is absent.
    case missing
    /// The key cannot have this text.
    case invalid(String)
  }

  /// The dotted key, with `[n]` for the n-th element (zero-based).
  public let key: String
  /// One-based.
  public let line: Int
  /// What is wrong.
  public let problem: Problem

  package init(key: String, line: Int, problem: Problem) {
    self.key = key
    self.line = line
    self.problem = problem
  }
}
