/// The `workflow` and `prompt` texts of a WebP file: ComfyUI writes them as `workflow:{…}` and
/// `prompt:{…}` into text fields of the EXIF block (the maker, the model, and neighbours).
struct WebPText {
  private var texts: [String: ArraySlice<UInt8>] = [:]
  private static let chunkLimit = 1 << 18

  /// Whether the first twelve bytes are those of a WebP file.
  static func matches(_ head: [UInt8]) -> Bool {
    head.count >= 12 && head.starts(with: Array("RIFF".utf8))
      && head[8..<12].elementsEqual("WEBP".utf8)
  }

  /// - Throws: ``WorkflowError/damaged(_:offset:)`` if the chunks break off.
  init(_ source: borrowing ByteSource, limit: Int) throws(WorkflowError) {
    var offset = 12
    for _ in 0..<Self.chunkLimit where offset < source.size {
      let header = try source.read(8, at: offset)
      let length = header.dropFirst(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      guard header.count == 8 else { throw .damaged(.webp, offset: offset) }
      if header.starts(with: Array("EXIF".utf8)), length <= limit {
        read(exif: try source.read(length, at: offset + 8))
        return
      }
      guard offset + 8 + length <= source.size else { throw .damaged(.webp, offset: offset) }
      offset += 8 + length + length % 2
    }
  }

  /// The text under a keyword; `nil` if there is none.
  func text(_ keyword: String) -> [UInt8]? { texts[keyword].map { Array($0) } }

  private mutating func read(exif bytes: [UInt8]) {
    let mark = Array("Exif\0\0".utf8)
    guard let tiff = TIFF(bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...])
    else { return }
    for text in tiff.texts {
      guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon - text.startIndex < 32
      else { continue }
      let keyword = String(decoding: text[..<colon], as: UTF8.self).lowercased()
      texts[keyword] = text[(colon + 1)...]
    }
  }
}

/// The text fields of a TIFF structure's first directory (TIFF 6.0, section 2).
private struct TIFF {
  private let bytes: ArraySlice<UInt8>
  private let isLittle: Bool

  init?(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    let mark = Array(bytes.prefix(2))
    guard mark == Array("II".utf8) || mark == Array("MM".utf8) else { return nil }
    isLittle = mark == Array("II".utf8)
  }

  /// Fields of type ASCII, in the directory's order, without the NUL at their end.
  var texts: [ArraySlice<UInt8>] {
    guard let directory = number(4, at: 4), let count = number(2, at: directory) else { return [] }
    return (0..<count).compactMap { index in
      let entry = directory + 2 + index * 12
      guard number(2, at: entry + 2) == 2, let length = number(4, at: entry + 4),
        let start = length > 4 ? number(4, at: entry + 8) : entry + 8,
        start <= bytes.count, length <= bytes.count - start
      else { return nil }
      let first = bytes.startIndex + start
      let text = bytes[first..<first + length]
      return text.firstIndex(of: 0).map { text[..<$0] } ?? text
    }
  }

  private func number(_ size: Int, at offset: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    let first = bytes.startIndex + offset
    let part = bytes[first..<first + size]
    return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
  }
}
