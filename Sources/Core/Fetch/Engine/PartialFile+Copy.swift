internal import SystemPackage

/// A copy of another file in place of the bytes of a download.
extension PartialFile {
  /// Prepares for the copy: the bytes no longer count as part of a download.
  ///
  /// - Throws: ``FileError`` when the other file cannot be opened, or the state cannot be stored.
  ///   Bytes that an earlier download kept then stay as they were.
  func beginCopy(of source: FilePath) throws(FileError) {
    do {
      try FileDescriptor.open(source, .readOnly, options: .closeOnExec).close()
    } catch {
      throw FileError(.open, source, error as? Errno ?? .ioError)
    }
    try store(ResumeState(key: ""))
  }
}
