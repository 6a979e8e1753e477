internal import SystemLibrary
internal import SystemPackage

extension FilePath {
  /// Makes the directory, and those above it that do not exist. One that exists is no error.
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
