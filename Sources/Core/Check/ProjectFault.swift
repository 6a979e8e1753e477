package import SystemPackage

/// A disagreement between manifest, index, files and git.
package struct ProjectFault: Sendable {
  /// What is wrong; each case names what it is about.
  package enum Kind: Sendable {
    /// A part of the manifest that cannot be read.
    case manifestEntry(ManifestIssue)
    /// The entry has a hash, but the global table has no row for it.
    case missingRow(EntryName, ModelHash)
    /// No workflow uses the row.
    case unusedRow(ModelHash, filename: String)
    /// The workflow file no longer has the entry's references.
    case staleEntry(EntryName)
    /// The entry waits for an answer or a download, and the manifest does not say where its workflow
    /// is.
    case waitingEntry(EntryName, isIntended: Bool)
    /// The workflow's file is gone.
    case workflowGone(workflow: String, FilePath)
    /// The workflow's file cannot be read.
    case workflowUnreadable(workflow: String, UnreadableWorkflow)
    /// A model that a workflow needs is not on this machine.
    case modelGone(SyncItem)
    /// A reference for which ComfyUI would not load what is recorded; see ``Match/isComplete``.
    case open(OpenReference)
    /// A model folder is missing or empty, but the index lists files in it.
    case rootGone(ScanIssue)
    /// The bytes of a file are not those that its hash was made of; the workflows that need it.
    case corrupt(FilePath, recorded: ModelHash, found: ModelHash, workflows: [String])
    /// The same, of a file that nothing needs.
    case corruptUnused(FilePath, recorded: ModelHash, found: ModelHash)
    /// The file is no whole safetensors file.
    case broken(FilePath, SafetensorsError, workflows: [String])
    /// The file cannot be read.
    case unreadable(FilePath, Errno)
    /// The file changed while it was read.
    case changing(FilePath)
    /// The index is damaged.
    case indexDamaged(FilePath)
    /// Git does not track the file of a workflow.
    case untrackedWorkflow(UntrackedFile)
    /// The file of a workflow is outside the repository, a link out of it, or recorded by an absolute
    /// path.
    case workflowElsewhere(workflow: String, FilePath)
    /// The file of a workflow is in another repository, inside the work tree of the manifest's own.
    case workflowNested(workflow: String, FilePath, repository: FilePath)
    /// No source is known for a recorded model; the URL that a workflow itself gives for it.
    case withoutSource(SyncItem, offer: String?)
    /// No repository holds the manifest.
    case outsideRepository(FilePath)
    /// The manifest differs from what the last commit holds, or no commit holds it.
    ///
    /// - isConcluding: Whether a commit concludes a merge or the like, which git takes whole alone.
    case uncommitted(FilePath, isConcluding: Bool)
    /// The repository ignores the manifest.
    case ignored(FilePath)
    /// The repository cannot be read.
    case repository(GitError)
  }

  package let kind: Kind

  package init(_ kind: Kind) { self.kind = kind }
}

/// A file that is in the work tree of the repository, and that git does not track.
package struct UntrackedFile: Sendable, Hashable {
  /// Absolute.
  package var path: FilePath
  /// Whether git's ignore rules leave it out.
  package var isIgnored: Bool
  /// The top of the work tree, where `git` does not find the repository from the current directory.
  package var workTree: FilePath?
}

/// How thoroughly a project is checked.
package struct CheckOptions: Sendable, Hashable {
  /// Reads every recorded file whole and compares its hash.
  package var isFull = false

  package init() {}
}

/// How far a check has come.
package enum CheckEvent: Sendable, Hashable {
  /// Files of the model folders that were looked at.
  case looking(done: Int, of: Int)
  /// A file is being read: its number, how many there are, its name, and the bytes of all files
  /// read so far.
  case hashing(done: Int, of: Int, filename: String, bytes: Int64)
}
