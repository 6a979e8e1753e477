internal import SystemPackage

/// What ComfyUI finds for a value as it is.
struct InPlace {
  /// The files that it opens, one of them: more than one only where ComfyUI's own order is open, as
  /// for embeddings of one name in several folders.
  var files: [ModelCandidate] = []
  /// What keeps it from loading any.
  var obstacle: Obstacle?
}

extension CandidateFinder {
  /// What ComfyUI opens for the reference's value.
  func inPlace() throws(IndexError) -> InPlace {
    switch reference.nameRule {
    case .path:
      if let pair = reference.pair {
        try paired(pair)
      } else {
        try listed(as: reference.listedValue)
      }
    case .withoutExtension: try embedded(as: reference.listedValue)
    case .tag: try tagged()
    }
  }

  /// The value by which the reference's loader lists a file and opens it and no other; `nil` when
  /// there is none.
  func value(of location: IndexedLocation) throws(IndexError) -> String? {
    guard let name = folders.name(of: location.path) else { return nil }
    let stem = ModelExtension.removed(from: name)
    switch reference.nameRule {
    case .path:
      if let pair = reference.pair {
        let isDecoder = try paired(pair).files.first?.location.path == location.path
        return isDecoder ? reference.widgetValue : nil
      }
      return try listed(as: name).files.first?.location.path == location.path ? name : nil
    case .withoutExtension:
      for value in [stem, name]
      where try embedded(as: value).files.map(\.location.path) == [location.path] {
        return value
      }
      return nil
    case .tag: return stem
    }
  }

  /// What is in the way at the place that a download would go to; `nil` where nothing is, and for a
  /// match that does not wait for one.
  func obstacle(to match: Match, of reference: ModelReference) -> Obstacle? {
    if namesNoFile, match.status != "resolved" { return .notListed }
    let recorded: RelativePath?
    switch match {
    case .pending(let intent): recorded = intent.relativePath
    case .missing: recorded = nil
    case .resolved, .misplaced, .changed, .blocked, .optional, .ambiguous, .downloadable: return nil
    }
    guard let roots,
      let path = recorded ?? PathSuggestion.suggest(url: nil, reference: reference)?.path
    else { return nil }
    return Obstacle(inTheWayOf: roots.destination(of: path).path(of: path))
  }

  /// Whether a file in place is found before the one that is meant would be, wherever that is put.
  func hides(_ found: ModelCandidate, placeOf pin: Pin) -> Bool {
    guard reference.nameRule == .path, let roots else { return false }
    let recorded = pin.relativePath.map { roots.destination(of: $0).path(of: $0) }
    let suggested = PathSuggestion.suggest(url: nil, reference: reference)?.path
    let listed = recorded.flatMap { folders.name(of: $0) }.map(reference.means(fileNamed:))
    let target =
      listed == true ? recorded : suggested.map { roots.destination(of: $0).path(of: $0) }
    let file = found.location.path
    guard let target, let own = folders.order(of: file), let other = folders.order(of: target)
    else { return false }
    return own < other && (file.real != target.real || target.real == nil)
  }

  /// Whether ComfyUI's own loader can't list a file of this name, whatever is downloaded.
  private var namesNoFile: Bool {
    reference.nameRule == .path && reference.isBuiltIn && ModelExtension(of: reference.name) == nil
      && !reference.categories.isEmpty
      && !reference.categories.contains { Self.otherFolders.contains($0.name) }
  }

  /// Folders whose values stand for something else than one file: for a directory, for a pair of files,
  /// for settings.
  private static let otherFolders: Set<String> = ["diffusers", "vae_approx", "configs"]

  /// Asks for the files that may be listed by this name; `nil` for a name that no loader lists.
  func question(listedAs value: String) -> ModelLookup.Question? {
    guard LoaderFolders.lists(value, isBuiltIn: reference.isBuiltIn), Self.isBelow(value)
    else { return nil }
    return ModelLookup.Question(filenameOf: value)
  }

  /// Whether a value is a path below a folder, written as the system writes paths.
  static func isBelow(_ value: String) -> Bool {
    guard let path = try? RelativePath(value) else { return false }
    return path.string.utf8.elementsEqual(value.utf8)
  }

  /// The first file that is listed by exactly this name.
  private func listed(as value: String) throws(IndexError) -> InPlace {
    guard let question = question(listedAs: value) else { return InPlace() }
    let namesakes = try lookup.models(question)
    for folder in folders.paths {
      let file = folder.pushing(FilePath(value))
      let found = candidate(of: namesakes, at: file)
      if let obstacle = Obstacle(reading: file, below: folder, isReadable: found != nil) {
        return InPlace(obstacle: obstacle)
      }
      if let found { return InPlace(files: [found]) }
    }
    return InPlace()
  }

  /// The decoder of a pair. ComfyUI lists the pair's name if it lists a file with each of the two names
  /// and any extension.
  ///
  /// Source: `VAELoader.vae_list` in ComfyUI's `nodes.py`.
  private func paired(_ pair: FilePair) throws(IndexError) -> InPlace {
    guard let folder = folders.paths.first, let decoder = try listed(withStem: pair.decoder) else {
      return InPlace()
    }
    guard try listed(withStem: pair.encoder) != nil else {
      return InPlace(obstacle: .halfAPair(missing: pair.encoder, folder: folder))
    }
    return InPlace(files: [decoder])
  }

  /// The first file that the loader lists by this name and an extension.
  private func listed(withStem stem: String) throws(IndexError) -> ModelCandidate? {
    for format in ModelExtension.allCases {
      if let file = try listed(as: "\(stem).\(format.rawValue)").files.first { return file }
    }
    return nil
  }

  /// The model whose file lies at this path. The file is looked at once: it may go at any moment.
  private func candidate(of models: [IndexedModel], at file: FilePath) -> ModelCandidate? {
    for model in models {
      for location in model.locations where location.path == file && isPresent(location) {
        return ModelCandidate(model: model, location: location, matchType: .reconstructed)
      }
    }
    return nil
  }

  /// ComfyUI looks into the folders of embeddings and every folder below them, in an order that is
  /// another one in every process: in each for the name as it is, then with an extension.
  ///
  /// Source: `load_embed` in ComfyUI's `comfy/sd1_clip.py`.
  private func embedded(as value: String) throws(IndexError) -> InPlace {
    guard Self.isBelow(value) else { return InPlace() }
    let names = ModelReference.embeddingNames(of: value)
    let known = try knownNamesakes()
    var found = InPlace()
    for directory in directories(of: known, named: names) {
      for name in names {
        let file = directory.pushing(FilePath(name))
        if let candidate = candidate(of: known.map(\.model), at: file) {
          found.files.append(candidate)
          break
        }
        if let obstacle = Obstacle(opening: file) { return InPlace(obstacle: obstacle) }
      }
    }
    return found
  }

  /// The folders of embeddings, and those below them in which the index knows one of the names.
  private func directories(of known: [ModelCandidate], named names: [String]) -> [FilePath] {
    var directories = folders.paths
    for path in known.map(\.location.path) where folders.name(of: path) != nil {
      for name in names
      where path.string.utf8.suffix(name.utf8.count + 1).elementsEqual("/\(name)".utf8) {
        var directory = path
        for _ in FilePath(name).components { directory.removeLastComponent() }
        directories.append(directory)
      }
    }
    var seen: Set<FilePath> = []
    return directories.filter { seen.insert($0).inserted }
  }

  /// Packs that read LoRA tags take the path or the name alone, both without extension.
  private func tagged() throws(IndexError) -> InPlace {
    let wanted = Array(reference.name.utf8)
    var found = InPlace()
    for candidate in try knownNamesakes() {
      guard let name = folders.name(of: candidate.location.path),
        LoaderFolders.lists(name, isBuiltIn: true),
        [name, ModelExtension.removed(from: name)].contains(where: { Self.tag(wanted, means: $0) })
      else { continue }
      if isPresent(candidate.location) {
        found.files.append(candidate.found(by: .reconstructed))
      } else if let obstacle = Obstacle(opening: candidate.location.path) {
        return InPlace(obstacle: obstacle)
      }
    }
    return found
  }

  /// The name of a tag stands for the path or for the file name, not for the end of a path.
  fileprivate static func tag(_ wanted: [UInt8], means name: String) -> Bool {
    let name = Array(name.utf8)
    let below = [UInt8(ascii: "/")] + wanted
    let mayBeBelow = !wanted.contains(UInt8(ascii: "/"))
    return name == wanted || (mayBeBelow && name.suffix(below.count).elementsEqual(below))
  }
}

/// The two files that a value without an extension stands for, such as `taesd`; their names without
/// extension. The manifest records the decoder.
package struct FilePair: Sendable, Hashable {
  package let encoder: String
  package let decoder: String
}

extension ModelReference {
  /// The pair of files that the value stands for; `nil` if it stands for one file.
  package var pair: FilePair? {
    guard via == .table, category?.name == "vae_approx", ModelExtension(of: name) == nil else {
      return nil
    }
    return FilePair(encoder: name + "_encoder", decoder: name + "_decoder")
  }

  /// What ComfyUI compares with the names that it lists, or looks for.
  var listedValue: String {
    switch nameRule {
    case .path: isAddress ? name : widgetValue
    // Only Windows reads `\` as `/`.
    case .withoutExtension: widgetValue.utf8.contains(UInt8(ascii: "\\")) ? "" : name
    case .tag: name
    }
  }

  /// Whether a file below a folder can have the value as its name there: not `./a.pt`, `a//b.pt`,
  /// `/a.pt` or `../a.pt`.
  package var canBeListed: Bool {
    nameRule != .path || CandidateFinder.isBelow(listedValue)
  }

  /// Whether ComfyUI itself brings the loader.
  fileprivate var isBuiltIn: Bool { BuiltInNodes.standard.contains(nodeType) }

  /// Whether the loader can list a file of this name at all. ComfyUI's own loaders ignore the
  /// extensions that only node packs can read.
  package func mayList(_ filename: String) -> Bool {
    LoaderFolders.lists(filename, isBuiltIn: isBuiltIn)
  }

  /// The names that an embedding may have, in ComfyUI's order.
  fileprivate static func embeddingNames(of value: String) -> [String] {
    [value] + ["safetensors", "pt", "bin"].map { "\(value).\($0)" }
  }

  /// Whether a file with this name below a folder of the loader is one that it takes for the value.
  ///
  /// - Parameter name: The path below the folder.
  func means(fileNamed name: String) -> Bool {
    switch nameRule {
    case .path:
      pair.map { ModelExtension.removed(from: name) == $0.decoder } ?? (name == widgetValue)
    case .withoutExtension:
      Self.embeddingNames(of: self.name).contains { "/\(name)".hasSuffix("/\($0)") }
    case .tag:
      CandidateFinder.tag(Array(self.name.utf8), means: ModelExtension.removed(from: name))
    }
  }
}
