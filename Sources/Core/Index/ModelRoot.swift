package import SystemPackage

/// A directory that holds models: a ComfyUI models directory, or a folder of one category that
/// stands elsewhere (as `extra_model_paths.yaml` gives them).
package struct ModelRoot: Sendable, Hashable {
  /// The directory, absolute and lexically normal.
  package let path: FilePath
  /// The category of every file below, where the directory is that category's folder; `nil` for
  /// a models directory, whose first folders are categories.
  package let category: Category?
  /// The directory that no link may lead new files out of, absolute, itself without links; `nil` where
  /// links are the user's own. A link inside a project may have come with it, from a stranger.
  package var boundary: FilePath?

  /// - Parameter path: absolute; `.`, `..` and repeated separators are resolved by text alone.
  package init(_ path: FilePath, category: Category? = nil) {
    self.path = path.lexicallyNormalized()
    self.category = category
  }

  /// The boundary does not count: the index does not know it.
  package static func == (left: ModelRoot, right: ModelRoot) -> Bool {
    left.path == right.path && left.category == right.category
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(category)
  }

  /// Where `relativePath` of this root lies on disk.
  package func path(of relativePath: RelativePath) -> FilePath {
    path.appending(target(of: relativePath).string)
  }

  /// The path of a file below this root; `nil` when it does not lie there, judged by the text, or
  /// its name can not be one.
  package func relativePath(of path: FilePath) -> RelativePath? {
    var rest = path.lexicallyNormalized()
    guard rest.removePrefix(self.path), !rest.isEmpty else { return nil }
    return relativePath(below: rest.string)
  }

  /// The path of a file whose path below ``path`` is `text`.
  func relativePath(below text: String) -> RelativePath? {
    // `RelativePath` reads `\` as `/`, which would name another file, and U+FFFD stands for bytes
    // that are no text.
    guard !text.utf8.contains(UInt8(ascii: "\\")), !text.unicodeScalars.contains("\u{FFFD}") else {
      return nil
    }
    return try? RelativePath(category.map { "\($0.name)/\(text)" } ?? text)
  }

  /// The category of a file of this root.
  func category(of path: RelativePath) -> Category? {
    category ?? path.folder.map { Category($0) }
  }
}
