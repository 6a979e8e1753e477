extension RelativePath {
  /// Most folders above a new model. The system takes long to make and to follow very deep paths.
  static let deepest = 64

  /// Reads a path for a new model file, no matter who gives it.
  ///
  /// A stranger's manifest, workflow or server can name any path below the models directory. A path
  /// that no model loader reads is refused: the file could be code that runs, or settings.
  ///
  /// - Throws: ``RelativePathError`` with the reason the text is refused.
  public init(ofNewModel text: some StringProtocol) throws(RelativePathError) {
    try self.init(ofNewFile: text)
    let depth = components.count - 1
    guard depth <= Self.deepest else { throw .deep(depth, limit: Self.deepest) }
    guard let folder else { throw .withoutCategory(string) }
    try checkFolders()
    let isSettings = folder == "configs" && string.lowercased().hasSuffix(".yaml")
    let isEmbedding = folder == "embeddings" && ModelExtension.mayLack(in: filename)
    guard ModelExtension(of: filename) != nil || isSettings || isEmbedding else {
      throw .notAModel(string)
    }
  }

  /// Checks that a new model may be put into the folder.
  ///
  /// - Throws: ``RelativePathError/hidden(_:part:)``, ``RelativePathError/code(_:)``.
  package func checkFolders() throws(RelativePathError) {
    for part in components.dropLast() where part.utf8.first == UInt8(ascii: ".") {
      throw .hidden(string, part: String(part))
    }
    // ComfyUI itself runs the extensions in this folder, which are code.
    for part in components where part.lowercased() == "custom_nodes" { throw .code(string) }
  }
}
