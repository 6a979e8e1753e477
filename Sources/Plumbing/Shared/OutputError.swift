package import SystemPackage

/// Standard output could not be written: a full disk, a closed stream.
package struct OutputError: Error, Sendable, Hashable {
  package let errno: Errno

  package init(errno: Errno) { self.errno = errno }
}
