/// Identifies a repository, however its URL is written.
///
/// Lists of packages agree on repositories but not on ids. Their URLs differ in case, scheme,
/// `.git` and a trailing `/`; some schemes are misspelled.
struct RepositoryKey: Hashable, Sendable {
  /// Host and path in lower case.
  let text: String

  /// `nil` for a text that has no host and path.
  init?(_ url: String) {
    var rest = url.lowercased()[...]
    if let scheme = rest.firstRange(of: "://") {
      rest = rest[scheme.upperBound...]
      // A user name before the host.
      if let at = rest.firstIndex(of: "@"), !rest[..<at].contains("/") {
        rest = rest[rest.index(after: at)...]
      }
    } else if let at = rest.firstIndex(of: "@"), let colon = rest.firstIndex(of: ":"), at < colon {
      // The short form of SSH: git@github.com:OWNER/REPOSITORY.
      let path = rest[rest.index(after: colon)...]
      rest = (rest[rest.index(after: at)..<colon] + "/" + path)[...]
    } else {
      return nil
    }
    if rest.hasPrefix("www.") { rest = rest.dropFirst(4) }
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    if rest.hasSuffix(".git") { rest = rest.dropLast(4) }
    guard let slash = rest.firstIndex(of: "/"), slash != rest.startIndex else { return nil }
    text = String(rest)
  }

  /// The folder above the repository; `nil` if the host is above it.
  var owner: String? {
    let parts = text.split(separator: "/")
    return parts.count > 2 ? String(parts[parts.count - 2]) : nil
  }

  /// ComfyUI's own repository.
  var isComfyUI: Bool {
    text == "github.com/comfyanonymous/comfyui" || text == "github.com/comfy-org/comfyui"
  }

  /// The URL of a repository that `aux_id` names; `nil` for what is not `OWNER/REPOSITORY`.
  static func url(ofAuxiliaryID id: String) -> String? {
    let parts = id.split(separator: "/", omittingEmptySubsequences: false)
    let isName = { (part: Substring) in
      !part.isEmpty && part != "." && part != ".."
        && part.unicodeScalars.allSatisfy {
          $0.isASCII
            && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
              || "-_.".unicodeScalars.contains($0))
        }
    }
    guard parts.count == 2, parts.allSatisfy(isName) else { return nil }
    return "https://github.com/" + id
  }
}

extension String {
  /// A package id in the form in which ids are compared: lower case, with `-` for `_`.
  var packageKey: String { lowercased().replacing("_", with: "-") }
}
