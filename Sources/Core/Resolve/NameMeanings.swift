/// Which models of a workflow a name means on a command line: a path or file name may stand for
/// several, of which only the node tells one.
struct NameMeanings {
  /// A model of the workflow: what its entry is about, or without one its name; in the folder that
  /// the loader lists.
  struct Meaning: Hashable {
    var entry: ReferenceKey?
    var name: String?
    var category: Category?
  }

  /// The first model that a name stands for.
  private var byName: [String: Meaning] = [:]
  /// The names that stand for several.
  private var ambiguous: Set<String> = []
  /// The entries of the references that have one, by what such a reference means without it.
  private var entries: [Meaning: ReferenceKey] = [:]

  /// - Parameters:
  ///   - references: All references of the workflow's file.
  ///   - recorded: All entries of the workflow.
  init(
    _ references: [ModelReference], recorded: [ManifestWorkflowModel],
    in context: ModelResolutionContext
  ) {
    var found: Set<ReferenceKey> = []
    for reference in references {
      guard let entry = context.entry(for: reference)?.nodes.first else { continue }
      entries[Self.withoutEntry(reference)] = entry
      found.insert(entry)
    }
    for reference in references {
      let meaning = meaning(of: reference, in: context)
      note(meaning, as: reference.name)
      note(meaning, as: reference.filename)
    }
    for entry in recorded {
      guard let first = entry.nodes.first, !found.contains(first) else { continue }
      let meaning = Meaning(entry: first, category: entry.category)
      for name in entry.nodes.map({ ModelReference.name(of: $0.widgetValue) }) + [entry.filename] {
        note(meaning, as: name)
      }
    }
  }

  private mutating func note(_ meaning: Meaning, as name: String) {
    guard let first = byName[name] else { return byName[name] = meaning }
    if first != meaning { ambiguous.insert(name) }
  }

  /// Whether a command that names the model by this name needs the node too.
  func areSeveral(for name: String) -> Bool { ambiguous.contains(name) }

  /// What a reference means. One without an entry goes along with one of the same name and folder.
  func meaning(of reference: ModelReference, in context: ModelResolutionContext) -> Meaning {
    let open = Self.withoutEntry(reference)
    guard let entry = context.entry(for: reference)?.nodes.first ?? entries[open] else {
      return open
    }
    return Meaning(entry: entry, category: reference.category)
  }

  private static func withoutEntry(_ reference: ModelReference) -> Meaning {
    Meaning(name: reference.name, category: reference.category)
  }
}
