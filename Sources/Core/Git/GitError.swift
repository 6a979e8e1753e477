internal import CGit2
public import SystemPackage

/// Why git, the library or the program, did not do what was asked.
public enum GitError: Error, Sendable, Hashable {
  /// libgit2 refused.
  case library(GitFailure)
  /// The `git` program refused: its subcommand, exit status (128 + signal when killed by one), and
  /// its standard error, the first 4,096 bytes, untrusted text.
  case program(subcommand: String, status: Int32, message: String)
  /// The `git` program was stopped because it took longer than this many seconds.
  case programTimedOut(subcommand: String, seconds: Int)
  /// The system refused a file operation in the git directory.
  case file(FileError)
  /// No repository holds the directory.
  case notARepository(FilePath)
  /// The repository belongs to another user and no `safe.directory` names it.
  case foreignOwner(directory: FilePath, owner: UInt32)
  /// The repository uses a feature that libgit2 does not know (SHA-256, reftable, a partial
  /// clone and the like); libgit2's reason, untrusted text.
  case unsupportedRepository(directory: FilePath, reason: String)
  /// There is no libgit2 that could be loaded; the reason, untrusted text.
  case noLibrary(reason: String)
  /// No object by that name, or one of another kind; the name as given.
  case unknownRevision(String)
  /// An environment variable that git reads has a value git would refuse.
  case environment(variable: String, value: String)
  /// A configuration value of the wrong kind, such as a word where a boolean is asked for.
  case configurationValue(key: String, value: String)
}

/// What libgit2 said about a failed call.
public struct GitFailure: Error, Sendable, Hashable {
  /// libgit2's `git_error_code`, negative.
  public let code: Int32
  /// libgit2's `git_error_t`: the part of the library that failed; 0 when it left none.
  public let category: Int32
  /// libgit2's message, untrusted text: may quote names and file content. May be empty.
  public let message: String
}

extension GitError {
  /// Why the `git` program has to do it, when it can do what libgit2 could not.
  var programReason: GitProgramReason? {
    switch self {
    case .unsupportedRepository(_, let reason): .unsupportedRepository(reason)
    case .noLibrary(let reason): .noLibrary(reason)
    default: nil
    }
  }
}

extension GitFailure {
  /// What the call that has just failed on this thread left behind.
  ///
  /// Messages of earlier failures linger in libgit2, so this is right only directly after a call
  /// that returned `code`, on the thread that made it.
  static func last(_ code: Int32) -> GitFailure {
    guard let last = git_error_last() else {
      return GitFailure(code: code, category: 0, message: "")
    }
    let message = last.pointee.message.map { String(cString: $0) } ?? ""
    return GitFailure(code: code, category: last.pointee.klass, message: message)
  }

  func isCode(_ expected: git_error_code) -> Bool { code == expected.rawValue }
}

/// Makes a libgit2 call and turns a negative status into the error it left on this thread.
@discardableResult
func git(_ call: () -> Int32) throws(GitFailure) -> Int32 {
  let status = call()
  guard status >= 0 else { throw .last(status) }
  return status
}

/// As ``git(_:)``, for calls whose failure leaves through a public function.
@discardableResult
func gitChecked(_ call: () -> Int32) throws(GitError) -> Int32 {
  do { return try git(call) } catch { throw .library(error) }
}
