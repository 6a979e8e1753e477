internal import ComfyCore
internal import SystemPackage

/// An error that has words: every error type of Core conforms to it, in this folder.
package protocol FailureConvertible: Error {
  var failure: Failure { get }
}

extension Failure: FailureConvertible {
  package var failure: Failure { self }
}

extension Failure {
  /// The failure that `error` stands for.
  package init(_ error: any Error) {
    if let known = error as? any FailureConvertible {
      self = known.failure
    } else if case Errno.canceled? = error as? Errno {
      self = .interrupted
    } else if let errno = error as? Errno {
      self.init("system", reason(errno))
    } else {
      self.init("internal", "unexpected error: \(error)")
    }
  }
}

/// The system's own words for an error number, in the form of our messages.
func reason(_ errno: Errno) -> String {
  let text = errno.description
  return text.prefix(1).lowercased() + text.dropFirst()
}
