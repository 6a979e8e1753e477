extension SourceURL {
  /// The address with the branch `main`, which moves, replaced by the commit that it pointed to;
  /// every other byte stays. `nil` if there is nothing to replace: the address is not at Hugging
  /// Face, it has another revision, or `commit` is not 40 hexadecimal digits.
  ///
  /// Tags, other branches and commits stay, because somebody chose them.
  public func pinned(to commit: String) -> SourceURL? {
    guard case .huggingFace(let file) = location, file.revision == "main",
      commit.utf8.count == 40, let commit = HexDigits.lowercased(commit)
    else { return nil }
    // Repository names contain no slash, so the first match after them is the revision.
    let bytes = Array(cleaned.utf8)
    let slash = UInt8(ascii: "/")
    for start in bytes.indices where bytes[start] == slash {
      let verb = bytes[(start + 1)...].prefix { $0 != slash }
      let revision = bytes[(start + 1)...].dropFirst(verb.count + 1).prefix { $0 != slash }
      guard Self.fileVerbs.contains(String(decoding: PercentEncoding.decoded(verb), as: UTF8.self)),
        PercentEncoding.decoded(revision).elementsEqual("main".utf8)
      else { continue }
      let text = bytes[..<revision.startIndex] + Array(commit.utf8) + bytes[revision.endIndex...]
      guard let pinned = try? SourceURL(String(decoding: text, as: UTF8.self)),
        case .huggingFace(let now) = pinned.location, now.revision == commit, now.path == file.path,
        now.repository == file.repository
      else { continue }
      return pinned
    }
    return nil
  }
}
