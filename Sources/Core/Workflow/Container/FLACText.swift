/// The `workflow` and `prompt` texts of a FLAC file: fields of its Vorbis comment, which ComfyUI
/// writes (RFC 9639, section 8.6).
struct FLACText {
  private var texts: [String: [UInt8]] = [:]
  /// More blocks than any real file has.
  private static let blockLimit = 1 << 12
  private static let comment: UInt8 = 4

  /// Reads the blocks before the sound. If the file breaks off, the search ends there.
  ///
  /// - Parameter limit: Longest text, in bytes.
  init(_ source: borrowing ByteSource, limit: Int) throws(WorkflowError) {
    var offset = 4
    for _ in 0..<Self.blockLimit {
      let header = try source.read(4, at: offset)
      guard header.count == 4 else { return }
      let length = header.dropFirst().reduce(0) { $0 << 8 | Int($1) }
      if header[0] & 0x7F == Self.comment {
        read(try source.read(length, at: offset + 4)[...], limit: limit)
      }
      guard header[0] & 0x80 == 0 else { return }
      offset += 4 + length
    }
  }

  /// The text under a keyword as UTF-8; `nil` if there is none.
  func text(_ keyword: String) -> [UInt8]? { texts[keyword] }

  /// Reads the vendor, then `NAME=TEXT` fields, each after its length.
  private mutating func read(_ block: ArraySlice<UInt8>, limit: Int) {
    var rest = block
    func take() -> ArraySlice<UInt8>? {
      guard rest.count >= 4 else { return nil }
      let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard length <= rest.count else { return nil }
      defer { rest = rest.dropFirst(length) }
      return rest.prefix(length)
    }
    guard take() != nil, rest.count >= 4 else { return }
    rest = rest.dropFirst(4)
    while let field = take() {
      guard let equals = field.firstIndex(of: UInt8(ascii: "=")), field.count <= limit else {
        continue
      }
      // The names of fields do not depend on case.
      let name = String(decoding: field[..<equals].prefix(16), as: UTF8.self).lowercased()
      guard name == "workflow" || name == "prompt" else { continue }
      texts[name] = Array(field[(equals + 1)...])
    }
  }
}
