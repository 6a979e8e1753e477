public import SystemPackage

/// Why a manifest was not read, not changed or not written.
public enum ManifestError: Error, Sendable, Hashable {
  /// No `pyproject.toml` in this directory or any above it.
  case notFound(from: FilePath)
  /// Not TOML: line and column are one-based, the column counts bytes.
  case syntax(path: FilePath, line: Int, column: Int, reason: TOMLError.Reason)
  /// Git left the markers of a merge in the file; the first is in this line, one-based.
  case unmerged(path: FilePath, line: Int)
  /// The dotted key is there but is not what the schema wants, so nothing can be put below it.
  case structure(path: FilePath, line: Int, key: String)
  /// No workflow of that name; those there are.
  case unknownWorkflow(String, known: [String])
  /// The workflow has no entry that the selection names; the file names of those it has.
  case unknownModel(workflow: String, selection: ModelSelection, known: [String])
  /// The file name is that of several entries of the workflow.
  case ambiguousModel(workflow: String, filename: String, count: Int)
  /// Neither the entry nor its global row has this URL; those they have.
  case unknownSource(workflow: String, filename: String, url: String, known: [String])
  /// The entry has another hash than the caller expected; `nil` is no hash.
  case stale(
    workflow: String, selection: ModelSelection, expected: ModelHash?, found: ModelHash?)
  /// A live process held the lock for longer than the caller wanted to wait; its process id and
  /// host where the lock file tells them.
  case locked(lock: FilePath, holder: LockHolder?)
  /// Other programs replaced the file each time just before we wrote; nothing was written.
  case contended(path: FilePath, attempts: Int)
  /// The edited text does not read back as what was meant at this key: nothing was written.
  case unfaithful(path: FilePath, key: String)
  /// The file itself could not be read or written.
  case file(FileError)
}

/// One part of a manifest that could not be read; the rest was.
package struct ManifestIssue: Sendable, Hashable {
  /// What was wrong.
  package enum Problem: Sendable, Hashable {
    /// Another type of value was wanted.
    case wrongType
    /// The key is required and absent.
    case missing
    /// The text is none of those that the key may have; the text.
    case invalid(String)
  }

  /// The dotted key, with `[n]` for the n-th element (zero-based).
  package let key: String
  /// One-based.
  package let line: Int
  package let problem: Problem

  package init(key: String, line: Int, problem: Problem) {
    self.key = key
    self.line = line
    self.problem = problem
  }
}
