internal import CGit2
public import SystemPackage

/// Why git (the library or the program) failed.
public enum GitError: Error, Sendable, Hashable {
  /// libgit2 refused.
  case library(GitFailure)
  /// The `git` program refused: its subcommand, its exit status (128 + signal if a signal ended it)
  /// and the first 4,096 bytes of its standard error, untrusted text.
  case program(subcommand: String, status: Int32, message: String)
  /// The `git` program was stopped because it took longer than this many seconds.
  case programTimedOut(subcommand: String, seconds: Int)
  /// The system refused a file operation in the git directory.
  case file(FileError)
  /// No repository contains the directory.
  case notARepository(FilePath)
  /// The repository belongs to another user, and no `safe.directory` names it.
  case foreignOwner(directory: FilePath, owner: UInt32)
  /// The repository uses a feature that libgit2 does not know (SHA-256, reftable, a partial
  /// clone and the like); libgit2's reason, untrusted text.
  case unsupportedRepository(directory: FilePath, reason: String)
  /// libgit2 cannot be loaded; the reason, untrusted text.
  case noLibrary(reason: String)
  /// No object has this name, or it is of another kind; the name as given.
  case unknownRevision(String)
  /// An environment variable that git reads has a value git would refuse.
  case environment(variable: String, value: String)
  /// A configuration value of the wrong kind, such as a word instead of a boolean.
  case configurationValue(key: String, value: String)
}

/// What libgit2 said about a failed call.
public struct GitFailure: Error, Sendable, Hashable {
  /// libgit2's `git_error_code`, negative.
  public let code: Int32
  /// libgit2's `git_error_t`: the part of the library that failed; 0 if unknown.
  public let category: Int32
  /// libgit2's message, untrusted text: may quote names and file content. May be empty.
  public let message: String
}

extension GitError {
  /// Why the `git` program is needed, if it can do what libgit2 could not.
  var programReason: GitProgramReason? {
    switch self {
    case .unsupportedRepository(_, let reason): .unsupportedRepository(reason)
    case .noLibrary(let reason): .noLibrary(reason)
    default: nil
    }
  }
}

extension GitFailure {
  /// The error of the call that has just failed on this thread.
  ///
  /// libgit2 keeps messages of earlier failures, so this is correct only directly after a call that
  /// returned `code`, on the same thread.
  static func last(_ code: Int32) -> GitFailure {
    guard let last = git_error_last() else {
      return GitFailure(code: code, category: 0, message: "")
    }
    let message = last.pointee.message.map { String(cString: $0) } ?? ""
    return GitFailure(code: code, category: last.pointee.klass, message: message)
  }

  func isCode(_ expected: git_error_code) -> Bool { code == expected.rawValue }
}

/// Makes a libgit2 call and turns a negative status into the error of this thread.
@discardableResult
func git(_ call: () -> Int32) throws(GitFailure) -> Int32 {
  let status = call()
  guard status >= 0 else { throw .last(status) }
  return status
}

/// Like ``git(_:)``, for calls whose error a public function throws.
@discardableResult
func gitChecked(_ call: () -> Int32) throws(GitError) -> Int32 {
  do { return try git(call) } catch { throw .library(error) }
}
