internal import SystemPackage

/// Reads what workflows say about models: the `models` lists of nodes at any depth, and of the
/// whole file.
///
/// The format is the one that ComfyUI's frontend reads (`name`, `url`, `directory`, and optionally
/// `hash` and `hash_type`).
enum TemplateReader {
  /// The largest file that is read, in bytes.
  private static let limit = 32 << 20

  /// The entries of several files, each once; those that most files have come first. Files that are
  /// not workflows add nothing.
  static func entries(of files: [FilePath]) -> [CatalogEntry] {
    var tellers: [CatalogEntry: Int] = [:]
    var entries: [CatalogEntry] = []
    for file in files {
      guard let bytes = try? FileBytes.read(file, limit: limit),
        let document = try? JSONDocument(parsing: bytes)
      else { continue }
      for entry in Set(Self.entries(of: document.root, origin: .templates)) {
        if tellers[entry] == nil { entries.append(entry) }
        tellers[entry, default: 0] += 1
      }
    }
    // Sets have no order: entries in equally many files are sorted by URL.
    return entries.sorted {
      let (one, other) = (tellers[$0] ?? 0, tellers[$1] ?? 0)
      return one == other ? $0.url.cleaned < $1.url.cleaned : one > other
    }
  }

  /// The entries of one file, in the file's order.
  static func entries(of root: JSONValue, origin: CatalogOrigin) -> [CatalogEntry] {
    var entries: [CatalogEntry] = []
    var waiting = [root]
    while let value = waiting.popLast() {
      for (name, member) in value.members {
        if name == "models" { entries += member.elements.compactMap { entry($0, origin: origin) } }
        waiting.append(member)
      }
      waiting += value.elements.filter { $0.kind == .object || $0.kind == .array }
    }
    return entries
  }

  private static func entry(_ value: JSONValue, origin: CatalogOrigin) -> CatalogEntry? {
    guard let name = value["name"]?.string,
      let filename = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last,
      let url = value["url"]?.string.flatMap({ try? SourceURL($0) }), url.namesAFile
    else { return nil }
    let isSHA256 = value["hash_type"]?.string?.uppercased() == "SHA256"
    return CatalogEntry(
      name: String(filename),
      category: value["directory"]?.string.flatMap { $0.isEmpty ? nil : Category($0) }, url: url,
      sha256: isSHA256 ? value["hash"]?.string.flatMap { SHA256Hash($0) } : nil, origin: origin)
  }
}

extension SourceURL {
  /// Whether the URL leads to a file, not to a page about it.
  var namesAFile: Bool {
    if case .page = location { false } else { true }
  }
}

extension TemplateFacts {
  /// The rows as entries.
  static var entries: [CatalogEntry] {
    rows.split(separator: "\n").compactMap { row in
      let fields = row.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count >= 3, let url = try? SourceURL(fields[2]) else { return nil }
      return CatalogEntry(
        name: String(fields[0]), category: fields[1].isEmpty ? nil : Category(fields[1]), url: url,
        sha256: fields.count > 3 ? SHA256Hash(fields[3]) : nil, origin: .templates)
    }
  }
}
