internal import SystemPackage

extension FilePath {
  /// The path as people write it: with `~` for their home directory.
  func shown(from home: FilePath?) -> String {
    guard let home, home.isAbsolute, !home.components.isEmpty else { return string }
    var rest = self
    guard rest.removePrefix(home) else { return string }
    return rest.isEmpty ? "~" : "~/\(rest)"
  }
}
