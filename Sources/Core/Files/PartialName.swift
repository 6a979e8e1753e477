/// The names of what a download, a copy or a link leaves beside its target until it has come.
enum PartialName {
  /// Of a directory that holds the bytes.
  static let suffix = ".comfy-part"
  /// Of a second name that is to replace another file.
  static let linkSuffix = ".comfy-part-link"

  /// Whether a directory entry is one of these.
  static func isName(_ name: String) -> Bool {
    name.hasPrefix(".") && (name.hasSuffix(suffix) || name.hasSuffix(linkSuffix))
      && name.utf8.count > suffix.utf8.count + 1
  }
}
