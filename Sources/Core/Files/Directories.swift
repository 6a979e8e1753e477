internal import SystemLibrary
internal import SystemPackage

extension FilePath {
  /// Creates the directory and the missing ones above it. An existing entry at the path is not an
  /// error, whatever it is.
  func makeDirectories() throws(FileError) {
    guard !isEmpty, mkdir(string, 0o777) != 0, errno != EEXIST else { return }
    let parent = removingLastComponent()
    guard errno == ENOENT, parent != self else {
      throw FileError(.makeDirectory, self, Errno(rawValue: errno))
    }
    try parent.makeDirectories()
    guard mkdir(string, 0o777) == 0 || errno == EEXIST else {
      throw FileError(.makeDirectory, self, Errno(rawValue: errno))
    }
  }
}
