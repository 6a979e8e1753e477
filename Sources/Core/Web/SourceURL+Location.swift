extension SourceURL {
  /// What the address leads to, judged by its text alone.
  package var location: SourceLocation { location(asHost: host) }

  /// What the address would lead to on another host: how a mirror's addresses are read.
  func location(asHost host: String) -> SourceLocation {
    if let hub = Hub(host: host) {
      return switch hub {
      case .huggingFace: huggingFaceLocation
      case .civitai: civitaiLocation
      case .gitHub: gitHubLocation(host: host)
      }
    }
    // The public mirror has the hub's paths; any other path on it is left as it is.
    if host == Self.publicMirror, case .huggingFace(let file) = huggingFaceLocation {
      return .huggingFace(file)
    }
    return .other
  }

  private static let publicMirror = "hf-mirror.com"

  // MARK: - Hugging Face

  private var huggingFaceLocation: SourceLocation {
    var parts = segments.compactMap { PercentEncoding.decoded($0) }
    guard parts.count == segments.count, !parts.contains(where: Self.isUnsafe) else {
      return .page(.other(.huggingFace))
    }
    var kind = HuggingFaceFile.Kind.models
    if let first = parts.first, let named = HuggingFaceFile.Kind(rawValue: first) {
      kind = named
      parts.removeFirst()
    }
    guard let first = parts.first, !Self.huggingFacePages.contains(first) else {
      return .page(.other(.huggingFace))
    }
    let ownerParts = parts.count > 4 && Self.fileVerbs.contains(parts[2]) ? 2 : 1
    guard parts.count > ownerParts + 2, Self.fileVerbs.contains(parts[ownerParts]) else {
      return .page(.huggingFaceRepository(parts.prefix(2).joined(separator: "/")))
    }
    let repository = parts.prefix(ownerParts).joined(separator: "/")
    var rest = parts.dropFirst(ownerParts + 1)
    var revision = rest.removeFirst()
    if revision == "refs", rest.count > 2, let kind = rest.first, ["pr", "convert"].contains(kind) {
      revision = (["refs"] + rest.prefix(2)).joined(separator: "/")
      rest = rest.dropFirst(2)
    }
    return .huggingFace(
      HuggingFaceFile(
        kind: kind, repository: repository, revision: revision,
        path: rest.joined(separator: "/")))
  }

  /// The words before the revision in the addresses of a file.
  static let fileVerbs: Set<String> = ["blame", "blob", "raw", "resolve"]

  private static let huggingFacePages: Set<String> = [
    "api", "blog", "collections", "docs", "join", "login", "organizations", "papers", "pricing",
    "settings",
  ]

  /// Whether a decoded segment, with the slashes that were encoded in it, leads to another folder or
  /// has control characters.
  private static func isUnsafe(_ segment: String) -> Bool {
    segment.utf8.split(separator: UInt8(ascii: "/")).contains {
      $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8)
    } || segment.utf8.contains { $0 < 0x20 || $0 == 0x7F }
  }

  // MARK: - Civitai

  private var civitaiLocation: SourceLocation {
    let parts = segments.map { $0.lowercased() }
    if parts.starts(with: ["api", "download", "models"]), parts.count == 4,
      let version = UInt64(parts[3])
    {
      return .civitai(CivitaiFile(version: version, choices: civitaiChoices))
    }
    if let number = Self.number(in: parts, after: ["api", "v1", "model-versions"])
      ?? Self.number(in: parts, after: ["model-versions"])
    {
      return .civitai(CivitaiFile(version: number, choices: civitaiChoices))
    }
    if let model = Self.number(in: parts, after: ["models"])
      ?? Self.number(in: parts, after: ["api", "v1", "models"])
    {
      guard let version = parameter("modelVersionId").flatMap({ UInt64($0) }) else {
        return .page(.civitaiModel(model))
      }
      return .civitai(CivitaiFile(version: version, choices: civitaiChoices))
    }
    // Subdomains have files too (buckets, images); only the site itself consists of pages alone.
    let isSite = ["civitai.com", "www.civitai.com", "civitai.red", "www.civitai.red"]
      .contains(host)
    return isSite && parts.first != "api" ? .page(.other(.civitai)) : .other
  }

  private var civitaiChoices: [CivitaiFile.Choice] {
    var choices: [String: String] = [:]
    for (name, value) in parameters where !value.isEmpty {
      let name = name.lowercased()
      guard ["type", "format", "size", "fp", "fileid"].contains(name) else { continue }
      if choices[name] == nil { choices[name] = value }
    }
    return choices.sorted { $0.key < $1.key }.map {
      CivitaiFile.Choice(name: $0.key, value: $0.value)
    }
  }

  private static func number(in parts: [String], after prefix: [String]) -> UInt64? {
    guard parts.starts(with: prefix), parts.count > prefix.count else { return nil }
    return UInt64(parts[prefix.count])
  }

  // MARK: - GitHub

  private func gitHubLocation(host: String) -> SourceLocation {
    var parts = segments[...]
    switch host {
    case "raw.githubusercontent.com": break
    case "media.githubusercontent.com":
      guard parts.first == "media" else { return .other }
      parts = parts.dropFirst()
    default: return gitHubSiteLocation
    }
    return Self.gitHubFile(repository: parts.prefix(2), rest: parts.dropFirst(2))
  }

  private var gitHubSiteLocation: SourceLocation {
    let parts = segments
    guard parts.count >= 2 else { return .page(.other(.gitHub)) }
    let repository = parts.prefix(2).joined(separator: "/")
    guard parts.count > 3 else { return .page(.gitHubRepository(repository)) }
    switch parts[2] {
    case "blob", "raw", "blame":
      return Self.gitHubFile(repository: parts.prefix(2), rest: parts.dropFirst(3))
    case "releases" where parts.count > 5 && parts[3] == "download",
      "releases" where parts.count > 5 && parts[3] == "latest" && parts[4] == "download",
      "archive", "zipball", "tarball", "suites":
      return .other
    default: return .page(.gitHubRepository(repository))
    }
  }

  private static func gitHubFile(
    repository: ArraySlice<Substring>, rest: ArraySlice<Substring>
  ) -> SourceLocation {
    var rest = rest
    if rest.count > 3, rest.starts(with: ["refs", "heads"]) || rest.starts(with: ["refs", "tags"]) {
      rest = rest.dropFirst(2)
    }
    let name = repository.joined(separator: "/")
    guard repository.count == 2, rest.count > 1 else {
      return .page(repository.count == 2 ? .gitHubRepository(name) : .other(.gitHub))
    }
    return .gitHub(
      GitHubFile(repository: name, revisionAndPath: rest.joined(separator: "/")))
  }
}
