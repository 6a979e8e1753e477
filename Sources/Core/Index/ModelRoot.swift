package import SystemPackage

/// A directory with models: a ComfyUI models directory, or a folder for one category elsewhere
/// (from `extra_model_paths.yaml`).
package struct ModelRoot: Sendable, Hashable {
  /// The directory, absolute and lexically normal.
  package let path: FilePath
  /// The category of all files below, if the directory is the folder of that category. `nil` for a
  /// models directory, whose first folders are categories.
  package let category: Category?
  /// The directory that links must not lead new files out of; absolute, itself without links. `nil`
  /// if the links are the user's own. A link inside a project may come from a stranger, together
  /// with the project.
  package var boundary: FilePath?

  /// - Parameter path: Absolute. `.`, `..` and repeated separators are resolved as text, without
  ///   looking at the disk.
  package init(_ path: FilePath, category: Category? = nil) {
    self.path = path.lexicallyNormalized()
    self.category = category
  }

  /// The boundary is not compared, because the index does not store it.
  package static func == (left: ModelRoot, right: ModelRoot) -> Bool {
    left.path == right.path && left.category == right.category
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(category)
  }

  /// The path on disk of `relativePath` below this root.
  package func path(of relativePath: RelativePath) -> FilePath {
    path.appending(target(of: relativePath).string)
  }

  /// The path of a file below this root. `nil` if, judged by the text, it is not below the root, or
  /// if its name cannot be a relative path.
  package func relativePath(of path: FilePath) -> RelativePath? {
    var rest = path.lexicallyNormalized()
    guard rest.removePrefix(self.path), !rest.isEmpty else { return nil }
    return relativePath(below: rest.string)
  }

  /// The path of a file whose path below ``path`` is `text`.
  func relativePath(below text: String) -> RelativePath? {
    // `RelativePath` reads `\` as `/`, which would name another file. U+FFFD stands for bytes that
    // are not text.
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
