/// The names of the temporary entries that a download, a copy or a link keeps next to its target
/// until it is complete.
enum PartialName {
  /// Suffix of a directory that holds the bytes.
  static let suffix = ".comfy-part"
  /// Suffix of a second name that will replace another file.
  static let linkSuffix = ".comfy-part-link"

  /// Whether a directory entry is one of these.
  static func isName(_ name: String) -> Bool {
    name.hasPrefix(".") && (name.hasSuffix(suffix) || name.hasSuffix(linkSuffix))
      && name.utf8.count > suffix.utf8.count + 1
  }
}
