extension RelativePath {
  /// Reads a path where a new model file is to be put, whoever gives it.
  ///
  /// A stranger's manifest, workflow or server can name any path below the models directory. One that
  /// no loader of models reads is refused: it could be code that runs, or settings.
  ///
  /// - Throws: ``RelativePathError`` with the reason the text is refused.
  public init(ofNewModel text: some StringProtocol) throws(RelativePathError) {
    try self.init(ofNewFile: text)
    guard let folder else { throw .withoutCategory(string) }
    for part in components.dropLast() where part.utf8.first == UInt8(ascii: ".") {
      throw .hidden(string, part: String(part))
    }
    // ComfyUI reads these itself: extensions, which are code.
    for part in components where part.lowercased() == "custom_nodes" { throw .code(string) }
    let isSettings = folder == "configs" && string.lowercased().hasSuffix(".yaml")
    guard ModelExtension(of: filename) != nil || isSettings else { throw .notAModel(string) }
  }
}
