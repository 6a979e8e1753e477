/// Values that are used for fields that are absent or cannot be read.
extension ManifestWorkflowModel {
  /// The last part of the target, else of the first reference's value. `nil` if there is neither.
  var derivedFilename: String? {
    guard
      let name = relativePath?.filename
        ?? nodes.first.map({ ModelReference.name(of: $0.widgetValue) }), !name.isEmpty
    else { return nil }
    return name.split(separator: "/").last.map(String.init) ?? name
  }

  /// The target's folder.
  var derivedCategory: Category? { relativePath?.folder.map { Category($0) } }

  /// The criticality that a reference of the category starts with.
  var derivedCriticality: Criticality { category?.startingCriticality ?? .required }
}

/// The changes that an edit of a table makes to its schema fields.
struct FieldChanges {
  /// Fields to write, whether or not the table has their keys.
  let written: [TOMLPair]
  /// Keys to remove.
  let lost: [String]

  var keys: Set<String> { Set(written.map(\.key) + lost) }

  /// - Parameters:
  ///   - table: The table as it was read, in `document`.
  ///   - derived: The values that would be used for absent fields. An absent field is written if
  ///     the value derived for it would change, because the field that it is derived from changes.
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
  /// Whether a text field has the form that the schema requires.
  fileprivate func isReadable(_ key: String, of table: ID) -> Bool {
    guard let text = child(key, of: table).flatMap(string) else { return false }
    switch key {
    case "filename": return !text.isEmpty
    case "criticality": return Criticality(rawValue: text) != nil
    default: return true
    }
  }
}
