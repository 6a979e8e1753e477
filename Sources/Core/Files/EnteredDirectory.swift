internal import SystemPackage

extension ProcessEnvironment {
  /// The environment of a run started in `directory`, as with `-C`; an empty text changes nothing.
  ///
  /// - Parameter making: Whether to create the directory if it does not exist.
  /// - Throws: ``FileError`` if the directory cannot be entered.
  public func entering(
    _ directory: String, making: Bool = false
  ) throws(FileError) -> ProcessEnvironment {
    guard !directory.isEmpty else { return self }
    var path = absolute(FilePath(directory))
    // The parent of a link is that of what the link leads to.
    if path.components.contains(where: { $0.kind == .parentDirectory }) { path = path.real ?? path }
    path.lexicallyNormalize()
    if making { try path.makeDirectories() }
    let status: FileStatus?
    do throws(FileError) {
      status = try FileStatus(of: path)
    } catch {
      throw FileError(.enter, path, error.errno)
    }
    guard let status else { throw FileError(.enter, path, .noSuchFileOrDirectory) }
    guard status.isDirectory else { throw FileError(.enter, path, .notDirectory) }
    var environment = self
    environment.currentDirectory = path
    return environment
  }
}
