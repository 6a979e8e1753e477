public import SystemPackage

/// Standard output could not be written: a full disk, a closed stream.
public struct OutputError: Error, Sendable, Hashable {
  public let errno: Errno

  public init(errno: Errno) { self.errno = errno }
}
