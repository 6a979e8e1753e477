/// An entry or a row as it stands in another state of the manifest, to be brought back with all
/// that it says, also what the schema does not know.
struct OriginalTable: Sendable {
  let document: TOMLDocument
  let node: TOMLDocument.ID

  /// What it says, as it can be written into any other manifest.
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

  /// Whether a table of another document says the same.
  func means(_ other: TOMLDocument.ID, in document: TOMLDocument) -> Bool {
    self.document.means(node, sameAs: other, in: document)
  }
}
