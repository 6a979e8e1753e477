/// Whether a model folder holds what people put there, or is bare: it is empty, or it is a mount point
/// without its volume or a new volume. ComfyUI's own folders have a file such as `put_vae_here` in each,
/// and configurations in `configs`; a new volume has `lost+found`.
///
/// Folders without any file do not make it bare: all their files may have been deleted on purpose.
struct Bareness: Sendable, Hashable {
  /// Whether there is any entry.
  var hasEntries = false
  /// Whether there is an entry that shows who made the folder.
  var hasPlaceholder = false
  /// Whether there is anything else.
  var hasContent = false

  var isBare: Bool { !hasContent && (hasPlaceholder || !hasEntries) }

  /// Takes a file into account.
  ///
  /// - Parameters:
  ///   - name: `nil` if it is not UTF-8.
  ///   - folder: Its folder below the root, empty for the root itself.
  mutating func note(fileNamed name: String?, below folder: String) {
    if let name, Self.isPlaceholder(name) {
      hasPlaceholder = true
    } else if folder != "configs" || name?.lowercased().hasSuffix(".yaml") != true {
      hasContent = true
    }
  }

  /// Whether a name is that of a file with which ComfyUI keeps an empty folder in its repository.
  static func isPlaceholder(_ name: String) -> Bool {
    name.hasPrefix("put_") && name.hasSuffix("_here")
  }
}
