/// Finds download sources for references, from what is known on this machine.
///
/// A file is proposed only under its exact name, ignoring case, and only for a folder that the
/// loader lists. Names that many repositories use (`model.safetensors`) say nothing by themselves;
/// such a file is proposed only if the workflow's value names the repository too.
struct SourceFinder {
  let catalog: Catalog
  /// What the project and the index know, by folded file name.
  let known: [String: [CatalogEntry]]

  init(catalog: Catalog, known: [CatalogEntry]) {
    self.catalog = catalog
    self.known = Dictionary(grouping: known) { PathKey.folded($0.name) }
  }

  /// The proposals for a reference, best first. Each file is listed once, under the URL of its
  /// first entry.
  ///
  /// - Parameters:
  ///   - listed: What the catalog has under the reference's name; without it, the catalog is asked.
  ///   - links: The links in the reference's own workflow.
  ///   - sha256: The hash that the workflow or the record gives. Entries that declare another hash
  ///     are left out.
  func proposals(
    for reference: ModelReference, listed: [CatalogEntry]? = nil, links: WorkflowLinks,
    sha256: SHA256Hash?
  ) throws(IndexError) -> [SourceProposal] {
    let name = reference.filename
    var entries = links[name].map {
      CatalogEntry(name: name, category: nil, url: $0, origin: .workflow)
    }
    entries += known[PathKey.folded(name)] ?? []
    if let listed { entries += listed } else { entries += try catalog.entries(named: name) }
    guard !entries.isEmpty else { return [] }
    let repository = GeneralName.isGeneral(name) ? GeneralName.Repository(in: reference) : nil
    entries = entries.filter { entry in
      guard fits(entry, reference), GeneralName.isGeneral(name) else {
        return fits(entry, reference)
      }
      return repository?.isNamed(by: entry.url) ?? false
    }
    if let sha256 { entries.removeAll { $0.sha256 != nil && $0.sha256 != sha256 } }
    return Self.ranked(Self.distinct(entries), for: reference, sha256: sha256)
  }

  /// The sources of a content, whatever the file's name; those from lists come first.
  func places(of sha256: SHA256Hash) throws(IndexError) -> [CatalogEntry] {
    let own = known.values.joined().filter { $0.sha256 == sha256 && $0.origin != .index }
    return Self.distinct(own + (try catalog.entries(holding: sha256)))
  }

  private func fits(_ entry: CatalogEntry, _ reference: ModelReference) -> Bool {
    guard let category = entry.category, let wanted = reference.category else { return true }
    return category == wanted || reference.alsoCategories.contains(category)
  }

  /// One entry for each file. Facts from later entries are added to the first.
  private static func distinct(_ entries: [CatalogEntry]) -> [CatalogEntry] {
    var result: [CatalogEntry] = []
    var places: [SourceKey: Int] = [:]
    for entry in entries {
      guard let place = places[entry.url.key()] else {
        places[entry.url.key()] = result.count
        result.append(entry)
        continue
      }
      result[place].category = result[place].category ?? entry.category
      result[place].size = result[place].size ?? entry.size
      result[place].sha256 = result[place].sha256 ?? entry.sha256
    }
    return result
  }

  private static func ranked(
    _ entries: [CatalogEntry], for reference: ModelReference, sha256: SHA256Hash?
  ) -> [SourceProposal] {
    // Any number of URLs with the same hash are one content.
    let contents = Set(entries.map { $0.sha256?.hex ?? $0.url.key().string })
    let proposals = entries.map { entry in
      let hashAgrees = sha256 != nil && entry.sha256 == sha256
      let folderAgrees = entry.category != nil && reference.category != nil
      return SourceProposal(
        entry: entry,
        confidence: hashAgrees
          ? 1 : confidence(of: entry, folderAgrees: folderAgrees, contents: contents.count),
        reason: .init(
          hashAgrees: hashAgrees, folderAgrees: folderAgrees, rivals: contents.count - 1))
    }
    // The order is stable: equally likely proposals keep the order of the lists, and those with the
    // same content stay together.
    let best = Dictionary(grouping: proposals) { $0.entry.sha256?.hex ?? "" }
      .mapValues { $0.map(\.confidence).max() ?? 0 }
    return proposals.enumerated().sorted { left, right in
      let (first, second) = (left.element, right.element)
      let (one, other) = (
        first.entry.sha256.flatMap { best[$0.hex] } ?? first.confidence,
        second.entry.sha256.flatMap { best[$0.hex] } ?? second.confidence
      )
      if one != other { return one > other }
      if first.confidence != second.confidence { return first.confidence > second.confidence }
      return left.offset < right.offset
    }.map(\.element)
  }

  private static func confidence(
    of entry: CatalogEntry, folderAgrees: Bool, contents: Int
  ) -> Double {
    var confidence: Double =
      switch entry.origin {
      case .workflow, .project, .index: 0.9
      case .templates: 0.85
      case .manager: 0.8
      case .catalog: 0.75
      case .huggingface, .civitai, .modelscope: 0.8
      }
    if !folderAgrees, entry.origin != .workflow { confidence -= 0.15 }
    // The URL's own file name differs: somebody renamed the file, or made a mistake.
    if let own = entry.url.fileName, PathKey.folded(own) != PathKey.folded(entry.name) {
      confidence -= 0.2
    }
    // The author of the workflow or of the project has chosen already; a list is for everybody.
    let isChosen = [.workflow, .project].contains(entry.origin)
    if contents > 1, !isChosen { confidence *= 0.7 }
    return (confidence * 100).rounded() / 100
  }
}

/// File names that many repositories use for different files.
enum GeneralName {
  private static let stems: Set<String> = [
    "adapter_model", "checkpoint", "diffusion_pytorch_model", "ip-adapter", "lora", "model",
    "open_clip_pytorch_model", "pytorch_lora_weights", "pytorch_model", "text_encoder", "unet",
    "vae", "weights",
  ]
  private static let variants: Set<String> = ["bf16", "ema", "fp16", "fp32", "fp8", "non_ema"]

  /// Whether the name says nothing without its repository: `model.safetensors`,
  /// `diffusion_pytorch_model.fp16.safetensors`, `model-00001-of-00002.safetensors`.
  static func isGeneral(_ name: String) -> Bool {
    var parts = name.lowercased().split(separator: ".")
    guard parts.count > 1 else { return false }
    parts.removeLast()
    while let last = parts.last, parts.count > 1, variants.contains(String(last)) {
      parts.removeLast()
    }
    guard parts.count == 1, let stem = parts.first else { return false }
    let pieces = stem.split(separator: "-")
    let isShard = pieces.count > 3 && pieces[pieces.count - 2] == "of"
    let whole = isShard ? pieces.dropLast(3).joined(separator: "-") : String(stem)
    return stems.contains(whole)
  }

  /// The folders in a value that may name a repository: `flux-vae/model.safetensors`.
  struct Repository {
    private let folders: Set<String>

    /// `nil` if the value has no folder.
    init?(in reference: ModelReference) {
      let parts = reference.name.split(separator: "/").dropLast()
      guard !parts.isEmpty else { return nil }
      folders = Set(parts.map { Self.plain($0) })
    }

    /// Whether one of the folders is the repository's name, or its owner and name in one word.
    func isNamed(by url: SourceURL) -> Bool {
      let parts: [Substring] =
        switch url.location {
        case .huggingFace(let file): file.repository.split(separator: "/")
        case .gitHub(let file): file.repository.split(separator: "/")
        case .civitai, .page, .other: []
        }
      guard let name = parts.last else { return false }
      return folders.contains(Self.plain(name)) || folders.contains(Self.plain(parts.joined()))
    }

    /// The text in lower case and without separators, which people change freely.
    private static func plain(_ text: some StringProtocol) -> String {
      text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
  }
}
