internal import SystemLibrary
public import SystemPackage

extension ProcessEnvironment {
  /// The first program of that name on PATH; `nil` if there is none.
  ///
  /// Relative parts of PATH are skipped, and a name with a `/` is never found: which program runs
  /// must not depend on the current directory, which may hold a stranger's files.
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
