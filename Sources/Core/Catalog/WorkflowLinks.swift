/// The addresses that stand anywhere in a workflow's texts: notes, titles, prompts.
struct WorkflowLinks: Sendable {
  /// By the name of the file that each leads to, lower case; in the order of the text.
  private var byName: [String: [SourceURL]] = [:]
  /// Repositories at Hugging Face that the texts link to, each once, `owner/name`.
  private(set) var repositories: [String] = []

  /// No workflow was read.
  init() {}

  init(_ document: JSONDocument) {
    var seen: Set<SourceURL> = []
    var waiting = [document.root]
    while let value = waiting.popLast() {
      for (_, member) in value.members { waiting.append(member) }
      for element in value.elements { waiting.append(element) }
      guard value.kind == .string, let text = value.string, text.contains("://") else { continue }
      for url in Self.addresses(in: text) where seen.insert(url).inserted {
        if let repository = url.repository, !repositories.contains(repository) {
          repositories.append(repository)
        }
        guard let name = url.fileName else { continue }
        byName[PathKey.folded(name), default: []].append(url)
      }
    }
  }

  /// The addresses whose last part is this file name.
  subscript(name: String) -> [SourceURL] { byName[PathKey.folded(name)] ?? [] }

  /// Addresses in prose: they end at white space, quotes and brackets, and the full stop or comma
  /// behind one belongs to the sentence.
  private static func addresses(in text: String) -> [SourceURL] {
    text.split(whereSeparator: { $0.isWhitespace || "\"'<>()[]{}|`".contains($0) })
      .compactMap { word in
        guard let start = word.firstRange(of: "http") else { return nil }
        var address = word[start.lowerBound...]
        while let last = address.last, ".,;:!?*_\\".contains(last) { address.removeLast() }
        return try? SourceURL(address)
      }
  }
}

extension SourceURL {
  /// The repository of models at Hugging Face that the address leads to or into, `owner/name`.
  var repository: String? {
    let name: String? =
      switch location {
      case .huggingFace(let file): file.kind == .models ? file.repository : nil
      case .page(.huggingFaceRepository(let name)): name
      case .civitai, .gitHub, .page, .other: nil
      }
    return name.flatMap { HuggingFaceListing.isRepository($0) ? $0 : nil }
  }
}
