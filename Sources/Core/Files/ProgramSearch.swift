internal import SystemLibrary
public import SystemPackage

extension ProcessEnvironment {
  /// The first program of that name on PATH; `nil` when there is none.
  ///
  /// Relative parts of PATH are passed over, and so is a name with a `/`: what is run must not depend
  /// on the directory that it is run in, which may hold a stranger's files.
  public func program(named name: String) -> FilePath? {
    guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")) else { return nil }
    return (self["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
      .map { FilePath(String($0)) }.filter(\.isAbsolute).map { $0.appending(name) }
      .first { path in
        FileStatus(reaching: path)?.isRegular == true
          && path.withPlatformString { access($0, X_OK) } == 0
      }
  }
}
