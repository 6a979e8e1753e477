/// What an address leads to.
package enum SourceLocation: Sendable, Hashable {
  case huggingFace(HuggingFaceFile)
  case civitai(CivitaiFile)
  case gitHub(GitHubFile)
  /// A page of a hub that does not name a single file.
  case page(SourcePage)
  /// An address in no known form, downloaded as it is.
  case other
}

/// A page that was given instead of a file, and what would name the file.
public enum SourcePage: Sendable, Hashable {
  /// A repository or a folder in one: `owner/name`. The page of a file in it is accepted.
  case huggingFaceRepository(String)
  /// A model without a version, by its number. The address with `?modelVersionId=` is accepted.
  case civitaiModel(UInt64)
  /// A repository, folder or release list: `owner/name`. The page of a file is accepted.
  case gitHubRepository(String)
  /// Any other page of the hub.
  case other(Hub)
}

/// A file in a repository at Hugging Face.
package struct HuggingFaceFile: Sendable, Hashable {
  /// Kinds of repositories; models have no prefix in addresses.
  package enum Kind: String, Sendable, Hashable {
    case models, datasets, spaces
  }

  package let kind: Kind
  /// `owner/name`, or `name` for the few repositories without an owner.
  package let repository: String
  /// Branch, tag or commit, decoded: `main`, `refs/pr/1`.
  package let revision: String
  /// `/`-separated, decoded.
  package let path: String

  /// The page of the repository, where its licence is accepted.
  package var page: String {
    "https://huggingface.co/\(kind == .models ? "" : kind.rawValue + "/")\(repository)"
  }

  /// Whether the revision is a commit, which never moves: 40 hexadecimal digits.
  package var isPinned: Bool {
    revision.utf8.count == 40 && HexDigits.lowercased(revision) != nil
  }

  /// The address of the file's bytes on `origin`.
  func address(on origin: String) -> String {
    let prefix = kind == .models ? "" : "/\(kind.rawValue)"
    return "\(origin)\(prefix)/\(Self.encoded(repository))/resolve/"
      + "\(PercentEncoding.encoded(revision.utf8))/\(Self.encoded(path))"
  }

  private static func encoded(_ path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).map { PercentEncoding.encoded($0) }
      .joined(separator: "/")
  }
}

/// A file of a model version at Civitai.
package struct CivitaiFile: Sendable, Hashable {
  /// Number of the model version.
  package let version: UInt64
  /// The parameters of the download address that select one of the version's files: names in lower
  /// case, values as given, in the order of the names, no name twice. Empty for the primary file.
  package let choices: [Choice]

  /// One parameter: `type`, `format`, `size`, `fp` or `fileid`.
  package struct Choice: Sendable, Hashable {
    package let name: String
    package let value: String
  }

  /// The version's page, which redirects to the model's.
  package var page: String { "https://civitai.com/model-versions/\(version)" }

  func address(on origin: String) -> String {
    let spelled = ["fileid": "fileId"]
    let query = choices.map {
      "\(spelled[$0.name] ?? $0.name)=\(PercentEncoding.encoded($0.value.utf8))"
    }
    let path = "\(origin)/api/download/models/\(version)"
    return query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
  }
}

/// A file in a repository at GitHub.
package struct GitHubFile: Sendable, Hashable {
  /// `owner/name`.
  package let repository: String
  /// Branch, tag or commit, `/`, and the path, percent-encoded as given. Only the server knows
  /// where the first ends and the path begins.
  package let revisionAndPath: String

  /// The repository's page.
  package var page: String { "https://github.com/\(repository)" }

  /// `/raw/` follows git-lfs pointers to the file, which raw.githubusercontent.com does not.
  func address(on origin: String) -> String {
    "\(origin)/\(repository)/raw/\(revisionAndPath)"
  }
}
