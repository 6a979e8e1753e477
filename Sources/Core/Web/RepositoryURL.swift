/// The URL of a git repository: of any scheme, or in the short form of SSH.
package enum RepositoryURL {
  /// The URL as it may be stored and shown: an http or https address without its secrets, any other
  /// one as it is.
  ///
  /// - Throws: The reason why an http or https address cannot be read.
  /// - Returns: `nil` for another one that has a secret.
  static func cleaned(_ text: String) throws(SourceURLError) -> String? {
    do throws(SourceURLError) {
      return try SourceURL(text).cleaned
    } catch {
      if isWeb(text) { throw error }
      return secrets(in: text).isEmpty ? text : nil
    }
  }

  /// The URL in a form that may be shown, no matter who wrote it.
  package static func shown(_ text: String) -> String {
    (try? cleaned(text)) ?? Redaction.redact(text)
  }

  /// The secrets in the URL: `userinfo`, or names of parameters. The name of an account that SSH
  /// needs is not a secret.
  static func secrets(in text: String) -> [String] {
    if let url = try? SourceURL(text) { return url.dropped }
    var parts = [text]
    if let scheme = text.firstRange(of: "://"),
      ["ssh", "git+ssh", "ssh+git"].contains(text[..<scheme.lowerBound].lowercased())
    {
      let rest = text[scheme.upperBound...]
      if let at = rest.firstIndex(of: "@"), !rest[..<at].contains(where: { ":/%".contains($0) }) {
        parts = [String(rest[..<at]), "ssh://" + rest[at...].dropFirst()]
      }
    }
    return parts.allSatisfy { Redaction.redact($0) == $0 } ? [] : ["userinfo"]
  }

  private static func isWeb(_ text: String) -> Bool {
    let start = text.prefix { $0 != ":" }.lowercased()
    return start == "http" || start == "https"
  }
}
