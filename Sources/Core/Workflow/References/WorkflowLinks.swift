/// The URLs in a workflow's texts: notes, titles, prompts.
package struct WorkflowLinks: Sendable, Hashable {
  /// By the name of the file that each URL leads to, in lower case; in the order of the text.
  private var byName: [String: [SourceURL]] = [:]
  /// Repositories at Hugging Face that the texts link to, each once, as `owner/name`.
  private(set) var repositories: [String] = []

  /// No workflow was read.
  init() {}

  init(_ document: JSONDocument) {
    // Many workflows have no URL, and most texts of the others.
    guard Self.begin(in: document.bytes[...]) != nil else { return }
    var seen: Set<SourceURL> = []
    var seenRepositories: Set<String> = []
    for value in document.strings where Self.begin(in: document.bytes[value.span]) != nil {
      guard let text = value.string else { continue }
      for url in Self.addresses(in: text) where seen.insert(url).inserted {
        if let repository = url.repository, seenRepositories.insert(repository).inserted {
          repositories.append(repository)
        }
        guard let name = url.fileName else { continue }
        byName[PathKey.folded(name), default: []].append(url)
      }
    }
  }

  /// The URLs whose last part is this file name.
  subscript(name: String) -> [SourceURL] { byName[PathKey.folded(name)] ?? [] }

  /// The URLs in prose. They end at whitespace, quotes and brackets; a full stop or comma at the
  /// end belongs to the sentence.
  private static func addresses(in text: String) -> [SourceURL] {
    var found: [SourceURL] = []
    var rest = Array(text.utf8)[...]
    while let start = begin(in: rest) {
      var word = rest[start...].prefix { !ends.contains($0) }
      if !word.allSatisfy({ $0 < 0x80 }) {
        let visible = String(decoding: word, as: UTF8.self).unicodeScalars
          .prefix { !$0.properties.isWhitespace }
        word = word.prefix(String(visible).utf8.count)
      }
      rest = rest[word.endIndex...]
      while let last = word.last, sentence.contains(last) { word.removeLast() }
      if let url = try? SourceURL(String(decoding: word, as: UTF8.self)) { found.append(url) }
    }
    return found
  }

  /// Where the first word that may be a URL begins.
  private static func begin(in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.indices.dropLast(scheme.count - 1).first { place in
      bytes[place] == scheme[0] && bytes[place...].starts(with: scheme)
    }
  }

  private static let scheme = Array("http".utf8)
  private static let ends = Set("\"'<>()[]{}|` \t\n\r\u{0B}\u{0C}".utf8)
  private static let sentence = Set(".,;:!?*_\\".utf8)
}

extension SourceURL {
  /// The model repository at Hugging Face that the URL leads to or into, as `owner/name`.
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
