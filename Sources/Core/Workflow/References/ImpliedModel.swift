/// Models that a node needs although none of its values is a file name. The value may be a
/// repository, a preset or a label.
package struct ImpliedModel: Sendable, Hashable {
  /// ComfyUI's execution id.
  package var nodeID: String
  package var nodeType: String
  package var title: String?
  /// The value that implies them; `nil` if the node's type alone does.
  package var value: String?
  /// The place of the value.
  package var place: WidgetPlace
  package var input: String?
  package var state: ReferenceState
  /// Repository at Hugging Face, `owner/name`; `nil` if the files come from elsewhere.
  package var repository: String?
  /// File names, or the prefixes of file names if the package accepts any file with that prefix;
  /// empty for the whole repository.
  package var files: [String]
  /// Folders that the node searches, relative to the models directory: one for each of ``files``,
  /// in their order, or one for all. Empty if the node searches only the package's own folder.
  package var folders: [String]
  /// Whether the node downloads them by itself.
  package var isAutomatic: Bool
}

/// The models that published nodes need although no file name shows it.
enum ImpliedModels {
  /// How a node type interprets a value.
  struct Rule: Sendable {
    /// Name of the input, and zero-based index of its widget; `nil` if the type alone decides.
    var input: (name: String, index: Int)?
    var meaning: Meaning
    var isAutomatic = true
  }

  enum Meaning: Sendable {
    /// The value is a repository. In the folder, `{owner}` and `{name}` are its parts.
    case repository(folder: String?)
    /// The value is a file of this repository.
    case file(of: String, folder: String)
    /// The value is a folder below this one.
    case folder(String)
    /// The value is one of these keywords, each of which needs certain files.
    case words([String: Needs])
    /// Whatever the values, these are needed.
    case always(Needs)
  }

  struct Needs: Sendable {
    var files: [String]
    var folders: [String]
    var repository: String?

    init(_ files: [String], in folders: [String], from repository: String? = nil) {
      self.files = files
      self.folders = folders
      self.repository = repository
    }
  }

  /// The rules of a node type; empty for one that implies nothing.
  static func rules(of nodeType: String) -> [Rule] {
    if let rules = table[nodeType] { return rules }
    for ending in ["DisTorch2MultiGPU", "DisTorchMultiGPU", "MultiGPU"]
    where nodeType.hasSuffix(ending) {
      if let rules = table[String(nodeType.dropLast(ending.count))] { return rules }
    }
    return []
  }

  /// What a node implies.
  static func models(
    of subject: ReferenceFinder.Subject, _ values: NodeValues
  ) -> [ImpliedModel] {
    rules(of: subject.type).compactMap { rule in
      let item = rule.input.flatMap { input in
        values.items.first { $0.input == input.name }
          ?? values.items.first { $0.input == nil && $0.index == input.index }
      }
      let value = item?.value.string
      guard let needs = needs(rule.meaning, value) else { return nil }
      return ImpliedModel(
        nodeID: subject.id, nodeType: subject.type, title: subject.title, value: value,
        place: item?.index.map { .widget($0) } ?? .unknown, input: rule.input?.name,
        state: subject.state, repository: needs.repository, files: needs.files,
        folders: needs.folders, isAutomatic: rule.isAutomatic)
    }
  }

  private static func needs(_ meaning: Meaning, _ value: String?) -> Needs? {
    if case .always(let needs) = meaning { return needs }
    guard let value, !value.isEmpty else { return nil }
    switch meaning {
    case .repository(let folder):
      guard HuggingFaceListing.isRepository(value) else { return nil }
      let parts = value.split(separator: "/")
      let place = folder.map {
        $0.replacing("{owner}", with: parts[0]).replacing("{name}", with: parts[1])
      }
      return Needs([], in: [place].compactMap { $0 }, from: value)
    case .file(let repository, let folder):
      return Needs([value], in: [folder], from: repository)
    case .folder(let folder): return Needs([], in: ["\(folder)/\(value)"])
    case .words(let words):
      // Labels end in a size in parentheses, which differs between versions of the package.
      let word = value.prefix { $0 != "(" }.trimmingBlanks
      return words[value] ?? words[String(word)]
    case .always(let needs): return needs
    }
  }
}
