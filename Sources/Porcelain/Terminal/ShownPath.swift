internal import SystemPackage

extension FilePath {
  /// The path as people write it: below their home directory it starts with `~`.
  func shown(from home: FilePath?) -> String {
    guard let home, home.isAbsolute, !home.components.isEmpty else { return string }
    var rest = self
    guard rest.removePrefix(home) else { return string }
    return rest.isEmpty ? "~" : "~/\(rest)"
  }
}
