extension SourceURL {
  /// The address with the moving branch `main` replaced by the commit that it stood for, every
  /// other byte as it was; `nil` when there is nothing to replace: not at Hugging Face, another
  /// revision, or `commit` is not 40 hexadecimal digits.
  ///
  /// Tags, other branches and commits stay: they were chosen.
  public func pinned(to commit: String) -> SourceURL? {
    nil
  }
}
