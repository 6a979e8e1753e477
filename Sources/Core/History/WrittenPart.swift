/// The part of a manifest's text that a decision wrote or removed.
struct WrittenPart {
  private let bytes: [UInt8]
  /// Which bytes belong to it.
  private var isOwn: [Bool]

  /// - Parameters:
  ///   - other: The state on the other side of the decision. Tables around entries and rows that
  ///     this state lacks were added or removed with them.
  ///   - whole: Nodes that were added or removed, with their comments.
  ///   - fields: Nodes that changed; their comments do not belong to the part.
  init(
    of manifest: Manifest, lacking other: Manifest, whole: Set<TOMLDocument.ID>,
    fields: Set<TOMLDocument.ID>
  ) {
    let editor = TOMLEditor(manifest.document)
    bytes = manifest.document.bytes
    isOwn = Array(repeating: false, count: bytes.count)
    let headers = manifest.containers.filter { other.containers[$0.key] == nil }
      .compactMap { editor.extent(ofHeader: $0.value) }
    let extents =
      editor.extents(of: whole, withComments: true)
      + editor.extents(of: fields, withComments: false) + headers
    for extent in extents { for offset in extent { isOwn[offset] = true } }
  }

  /// Whether a range belongs to the part; `nil` if it has only whitespace and commas.
  func isOwn(_ span: Range<Int>) -> Bool? {
    var own: Bool?
    for offset in span where ![0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains(bytes[offset]) {
      if !isOwn[offset] { return false }
      own = true
    }
    return own
  }

  /// The text of each range from its first `#`; ranges without one are left out.
  func comments(in spans: [Range<Int>]) -> Set<ArraySlice<UInt8>> {
    Set(
      spans.compactMap { span in
        bytes[span].firstIndex(of: UInt8(ascii: "#")).map { bytes[$0..<span.upperBound] }
      })
  }
}

extension Manifest {
  /// The tables around entries and rows, by their dotted keys.
  fileprivate var containers: [String: TOMLDocument.ID] {
    guard let tool = document.child("tool", of: TOMLDocument.root) else { return [:] }
    var tables = ["tool": tool]
    guard let own = document.child(section, of: tool) else { return tables }
    tables["own"] = own
    for key in ["models", "workflows"] {
      if let table = document.child(key, of: own) { tables[key] = table }
    }
    return tables
  }
}
