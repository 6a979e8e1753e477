extension SourceURL {
  /// A source fit to be shown, whoever wrote it down: cleaned as one that comes in, or, when it is
  /// no URL, with its secrets masked.
  public static func shown(_ text: String) -> String {
    (try? SourceURL(text))?.cleaned ?? Redaction.redact(text)
  }
}
