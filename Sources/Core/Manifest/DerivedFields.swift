/// What stands for fields that are absent or can't be read.
extension ManifestWorkflowModel {
  /// The last part of the target, else of the first reference's value; `nil` where both lack it.
  var derivedFilename: String? {
    guard
      let name = relativePath?.filename
        ?? nodes.first.map({ ModelReference.name(of: $0.widgetValue) }), !name.isEmpty
    else { return nil }
    return name.split(separator: "/").last.map(String.init) ?? name
  }

  /// The target's folder.
  var derivedCategory: Category? { relativePath?.folder.map { Category($0) } }

  /// What a reference of the category starts with.
  var derivedCriticality: Criticality { category?.startingCriticality ?? .required }
}

/// What an edit of a table with schema fields does to them.
struct FieldChanges {
  /// Fields to be written, whether the table has their keys or not.
  let written: [TOMLPair]
  /// Keys to go.
  let lost: [String]

  var keys: Set<String> { Set(written.map(\.key) + lost) }

  /// - Parameters:
  ///   - table: As it was read, in `document`.
  ///   - derived: What would stand for fields that the table lacks, were they left out: a field that
  ///     is not there is written also when another one, from which it was derived, changes.
  private init(
    of table: TOMLDocument.ID, in document: TOMLDocument, from base: [TOMLPair],
    to meant: [TOMLPair], derived: [TOMLPair]
  ) {
    written = meant.filter { pair in
      guard base.contains(pair) else { return true }
      return derived.contains { $0.key == pair.key && $0 != pair }
        && !document.isReadable(pair.key, of: table)
    }
    lost = base.map(\.key).filter { key in !meant.contains { $0.key == key } }
  }

  /// The changes of an entry.
  init(
    of table: TOMLDocument.ID, in document: TOMLDocument, from base: ManifestWorkflowModel,
    to meant: ManifestWorkflowModel
  ) {
    let derived: [(String, String?)] = [
      ("filename", meant.derivedFilename), ("category", meant.derivedCategory?.name),
      ("criticality", meant.derivedCriticality.rawValue),
    ]
    self.init(
      of: table, in: document, from: ManifestSchema.pairs(of: base),
      to: ManifestSchema.pairs(of: meant),
      derived: derived.map { TOMLPair($0, .string($1 ?? "")) })
  }

  /// The changes of a global row.
  init(
    of table: TOMLDocument.ID, in document: TOMLDocument, from base: ManifestModel,
    to meant: ManifestModel
  ) {
    self.init(
      of: table, in: document, from: ManifestSchema.pairs(of: base),
      to: ManifestSchema.pairs(of: meant),
      derived: [TOMLPair("filename", .string(meant.relativePath?.filename ?? ""))])
  }
}

extension TOMLDocument {
  /// Whether a field of text is there as the schema wants it.
  fileprivate func isReadable(_ key: String, of table: ID) -> Bool {
    guard let text = child(key, of: table).flatMap(string) else { return false }
    switch key {
    case "filename": return !text.isEmpty
    case "criticality": return Criticality(rawValue: text) != nil
    default: return true
    }
  }
}
