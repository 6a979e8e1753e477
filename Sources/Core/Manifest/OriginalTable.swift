/// An entry or a row in another state of the manifest, with all its fields, including those that
/// the schema does not know. It can be brought back.
struct OriginalTable: Sendable {
  let document: TOMLDocument
  let node: TOMLDocument.ID

  /// Its fields, ready to be written into any other manifest.
  var pairs: [TOMLPair] { Self.pairs(of: node, in: document) }

  private static func pairs(of table: TOMLDocument.ID, in document: TOMLDocument) -> [TOMLPair] {
    document.children(of: table).map {
      TOMLPair(document.key(of: $0), value(of: $0, in: document))
    }
  }

  private static func value(of node: TOMLDocument.ID, in document: TOMLDocument) -> TOMLValue {
    switch document.kind(of: node) {
    case .table: .table(pairs(of: node, in: document))
    case .array: .array(document.children(of: node).map { value(of: $0, in: document) })
    case .string: .string(document.string(node) ?? "")
    default: .verbatim(String(decoding: document.spelling(of: node), as: UTF8.self))
    }
  }

  /// Whether a table of another document has the same meaning.
  func means(_ other: TOMLDocument.ID, in document: TOMLDocument) -> Bool {
    self.document.means(node, sameAs: other, in: document)
  }
}
