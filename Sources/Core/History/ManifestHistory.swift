package import SystemPackage

/// Reads the record of one manifest.
protocol ManifestHistoryReader {
  /// See ``ManifestHistory/forEachDecision(_:)``.
  func forEachDecision(_ body: (Decision) throws(GitError) -> Bool) throws(GitError)
  /// See ``ManifestHistory/commitID(of:)``.
  func commitID(of revision: String) throws(GitError) -> ObjectID
  /// The manifest's blob in a revision; `nil` if it did not exist there.
  func blob(at revision: String) throws(GitError) -> ObjectID?
  /// The content of a blob.
  func bytes(of blob: ObjectID) throws(GitError) -> [UInt8]
}

extension ProgramHistory: ManifestHistoryReader {}

/// The recorded states of one manifest.
///
/// They are read by libgit2, or by the `git` program if libgit2 cannot open the repository. Use it
/// on one thread. Nothing is written.
package struct ManifestHistory {
  private let reader: any ManifestHistoryReader
  private let name: String

  /// Opens the repository that contains the manifest.
  ///
  /// - Parameter file: Absolute, or relative to the current directory of the environment; symbolic
  ///   links are followed.
  /// - Throws: ``GitError``: ``GitError/notARepository(_:)``,
  ///   ``GitError/foreignOwner(directory:owner:)``, or, if the `git` program is needed but missing,
  ///   ``GitError/unsupportedRepository(directory:reason:)`` or ``GitError/noLibrary(reason:)``.
  package init(of file: FilePath, environment: ProcessEnvironment) throws(GitError) {
    let path = environment.absolute(file)
    guard let real = path.real else {
      throw .file(FileError(.status, path, .noSuchFileOrDirectory))
    }
    let folder = real.removingLastComponent()
    guard let place = RepositoryPlace(around: folder, environment: environment) else {
      throw .notARepository(folder)
    }
    name = real.lastComponent?.string ?? ""
    do throws(GitError) {
      if let variable = environment.gitVariableOutOfReach {
        throw .unsupportedRepository(directory: place.gitDirectory, reason: "\(variable) is set")
      }
      let repository = try GitRepository.open(place, environment)
      guard let relative = repository.relativePath(of: real) else { throw .notARepository(folder) }
      reader = LibraryHistory(repository, file: relative)
    } catch {
      guard error.programReason != nil, let program = GitProgram(environment) else { throw error }
      reader = ProgramHistory(
        program: program, place: place, file: real, environment: environment)
    }
  }

  /// Calls `body` with the decisions that HEAD reaches, newest first.
  ///
  /// - Parameter body: Returns whether to continue.
  /// - Throws: ``GitError``, also from `body`.
  package func forEachDecision(
    _ body: (Decision) throws(GitError) -> Bool
  ) throws(GitError) {
    try reader.forEachDecision(body)
  }

  /// The commit that a revision names, in any of git's notations.
  ///
  /// - Throws: ``GitError/unknownRevision(_:)``.
  package func commitID(of revision: String) throws(GitError) -> ObjectID {
    try reader.commitID(of: revision)
  }

  /// The manifest as it was at a revision; an empty one if it did not exist there.
  ///
  /// - Throws: ``GitError``, ``UnreadableState``.
  package func manifest(at revision: String) throws -> Manifest {
    try manifest(try reader.blob(at: revision), at: revision)
  }

  /// The manifests before and after a decision. If the decision created the manifest from the text
  /// with which ``ManifestStore`` starts one, that text counts as the manifest before.
  ///
  /// - Throws: Like ``manifest(at:)``.
  package func states(of decision: Decision) throws -> (before: Manifest, after: Manifest) {
    let id = decision.id.abbreviated
    let after = try manifest(decision.after, at: id)
    guard decision.before == nil, after.document.bytes.starts(with: ManifestStore.start) else {
      return (try manifest(decision.before, at: "\(id)^"), after)
    }
    return (try Manifest(parsing: ManifestStore.start, path: after.path), after)
  }

  private func manifest(_ blob: ObjectID?, at revision: String) throws -> Manifest {
    do {
      return try Manifest(
        parsing: try blob.map(reader.bytes) ?? [], path: FilePath("\(revision):\(name)"))
    } catch ManifestError.syntax(let path, let line, let column, let reason) {
      throw UnreadableState(name: path.string, line: line, column: column, reason: reason)
    }
  }
}

/// A recorded manifest that is not TOML, so it cannot be compared or restored.
package struct UnreadableState: Error, Sendable, Hashable {
  /// `REVISION:pyproject.toml`.
  package let name: String
  /// One-based, the column in bytes.
  package let line: Int
  package let column: Int
  package let reason: TOMLError.Reason
}

/// The record of one manifest as libgit2 reads it.
private final class LibraryHistory: ManifestHistoryReader {
  private let repository: GitRepository
  private let file: FilePath

  /// - Parameter file: Relative to the top of the work tree.
  init(_ repository: consuming GitRepository, file: FilePath) {
    self.repository = repository
    self.file = file
  }

  func forEachDecision(_ body: (Decision) throws(GitError) -> Bool) throws(GitError) {
    try repository.forEachDecision(of: file, body)
  }

  func commitID(of revision: String) throws(GitError) -> ObjectID {
    try repository.commitID(of: revision)
  }

  func blob(at revision: String) throws(GitError) -> ObjectID? {
    try repository.entry(file, at: revision)?.id
  }

  func bytes(of blob: ObjectID) throws(GitError) -> [UInt8] { try repository.bytes(of: blob) }
}
