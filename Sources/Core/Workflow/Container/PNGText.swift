/// The `workflow` and `prompt` texts of a PNG file (W3C PNG, third edition, 11.3.3).
///
/// Only text chunks are read, wherever they are; pixels are skipped. Of several texts with the same
/// keyword, the last counts, as in ComfyUI's editor.
struct PNGText {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// More chunks than any real file has.
  private static let chunkLimit = 1 << 18

  private var chunks: [String: Chunk] = [:]
  private let limit: Int

  private struct Chunk {
    var type: String
    var content: ArraySlice<UInt8>
  }

  /// - Throws: ``WorkflowError/damaged(_:offset:)`` if the chunks break off before any text.
  init(_ source: borrowing ByteSource, limit: Int) throws(WorkflowError) {
    self.limit = limit
    var offset = Self.signature.count
    for _ in 0..<Self.chunkLimit {
      let header = try source.read(8, at: offset)
      let type = String(decoding: header.dropFirst(4), as: UTF8.self)
      if header.count == 8, type == "IEND" { return }
      let length = header.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard header.count == 8, length < 1 << 31, offset + 8 + length <= source.size else {
        if chunks.isEmpty { throw .damaged(.png, offset: offset) }
        return
      }
      if ["tEXt", "zTXt", "iTXt"].contains(type), length <= limit {
        add(type, try source.read(length, at: offset + 8))
      }
      offset += 12 + length
    }
    if chunks.isEmpty { throw .damaged(.png, offset: offset) }
  }

  private mutating func add(_ type: String, _ data: [UInt8]) {
    guard let end = data.firstIndex(of: 0) else { return }
    let keyword = String(decoding: data[..<end], as: UTF8.self)
    guard keyword == "workflow" || keyword == "prompt" else { return }
    chunks[keyword] = Chunk(type: type, content: data[(end + 1)...])
  }

  /// The text under a keyword as UTF-8; `nil` if there is none or it cannot be decompressed.
  func text(_ keyword: String) -> [UInt8]? {
    guard let chunk = chunks[keyword] else { return nil }
    switch chunk.type {
    case "tEXt": return Self.utf8(chunk.content)
    case "zTXt":
      guard chunk.content.first == 0 else { return nil }
      return (try? Inflate.zlib(chunk.content.dropFirst(), limit: limit)).map { Self.utf8($0[...]) }
    default: return international(chunk.content)
    }
  }

  /// iTXt: compression flag and method, language and translated keyword, each ending in NUL.
  private func international(_ content: ArraySlice<UInt8>) -> [UInt8]? {
    let isCompressed = content.first == 1
    var rest = content.dropFirst(2)
    for _ in 0..<2 {
      guard let end = rest.firstIndex(of: 0) else { return nil }
      rest = rest[(end + 1)...]
    }
    return isCompressed ? try? Inflate.zlib(rest, limit: limit) : Array(rest)
  }

  /// The standard says Latin-1; many programs write UTF-8.
  private static func utf8(_ text: ArraySlice<UInt8>) -> [UInt8] {
    if String(validating: text, as: UTF8.self) != nil { return Array(text) }
    return Array(String(String.UnicodeScalarView(text.map { Unicode.Scalar($0) })).utf8)
  }
}
