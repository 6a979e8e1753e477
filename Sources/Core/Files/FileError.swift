public import SystemPackage

/// A file operation that the system refused.
public struct FileError: Error, Sendable, Hashable {
  /// What was being done, named as the system calls name it.
  public enum Operation: String, Sendable, Hashable {
    case open, read, write, synchronize, rename, remove, status, lock, makeDirectory, list, link
    case setMode, readLink, truncate, enter
  }

  /// What was tried.
  public let operation: Operation
  /// The file as the caller named it.
  public let path: FilePath
  /// The system's reason.
  public let errno: Errno

  package init(_ operation: Operation, _ path: FilePath, _ errno: Errno) {
    self.operation = operation
    self.path = path
    self.errno = errno
  }

  /// Whether the process or the system has reached its limit on open files.
  var isOutOfDescriptors: Bool {
    errno == .tooManyOpenFiles || errno == .tooManyOpenFilesInSystem
  }
}
