package import SystemPackage

/// Why a file could not be hashed.
package enum HashError: Error, Sendable, Hashable {
  /// The system refused to open, inspect or read the file.
  case file(FileError)
  /// The path does not name a regular file; nothing was read.
  case notAFile(FilePath)
  /// The file grew, shrank or was rewritten while it was read; no hash was made.
  case changed(FilePath)
  /// The caller asked to stop.
  case cancelled
}
