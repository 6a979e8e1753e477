/// The `workflow` and `prompt` texts of a WebM or Matroska file: tags, which ComfyUI writes
/// (RFC 8794 and RFC 9559).
///
/// Only the tags are read, wherever they are; pictures and sound are skipped.
struct WebMText {
  private var texts: [String: [UInt8]] = [:]
  /// More elements than any real file has within one element.
  private static let elementLimit = 1 << 18

  private enum ID {
    static let segment = 0x1853_8067
    static let tags = 0x1254_C367
    static let tag = 0x7373
    static let simpleTag = 0x67C8
    static let name = 0x45A3
    static let text = 0x4487
  }

  private struct Element {
    let id: Int
    let content: Range<Int>
  }

  /// If the file breaks off, the search ends there.
  ///
  /// - Parameter limit: Longest text, in bytes.
  init(_ source: borrowing ByteSource, limit: Int) throws(WorkflowError) {
    let whole = 0..<source.size
    let way = [ID.segment, ID.tags, ID.tag, ID.simpleTag]
    var found = [Element(id: 0, content: whole)]
    for id in way {
      var inner: [Element] = []
      for element in found {
        inner += try Self.elements(id, in: element.content, of: source)
      }
      found = inner
    }
    for tag in found { try read(tag, of: source, limit: limit) }
  }

  /// The text under a keyword as UTF-8; `nil` if there is none.
  func text(_ keyword: String) -> [UInt8]? { texts[keyword] }

  private mutating func read(
    _ tag: Element, of source: borrowing ByteSource, limit: Int
  ) throws(WorkflowError) {
    guard let name = try Self.elements(ID.name, in: tag.content, of: source).first,
      name.content.count <= 16
    else { return }
    let bytes = try source.read(name.content.count, at: name.content.lowerBound)
    let keyword = String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self).lowercased()
    guard keyword == "workflow" || keyword == "prompt",
      let text = try Self.elements(ID.text, in: tag.content, of: source).first,
      text.content.count <= limit
    else { return }
    let value = try source.read(text.content.count, at: text.content.lowerBound)
    // The text may be padded with NUL bytes.
    texts[keyword] = Array(value.prefix { $0 != 0 })
  }

  /// The elements of one kind in a range, up to one that does not fit in it.
  private static func elements(
    _ id: Int, in range: Range<Int>, of source: borrowing ByteSource
  ) throws(WorkflowError) -> [Element] {
    var found: [Element] = []
    var offset = range.lowerBound
    for _ in 0..<elementLimit where offset < range.upperBound {
      let header = try source.read(min(12, range.upperBound - offset), at: offset)
      guard let name = number(in: header[...], keepsMark: true),
        let size = number(in: header.dropFirst(name.length), keepsMark: false)
      else { break }
      let start = offset + name.length + size.length
      // A length whose bits are all ones means "up to the end".
      let isOpen = size.value == 1 << (7 * size.length) - 1
      let end = isOpen ? range.upperBound : start.addingReportingOverflow(size.value).partialValue
      // If the file breaks off, its last element is treated as an open one.
      let isCut = end > range.upperBound || end < start
      if name.value == id {
        found.append(Element(id: id, content: start..<(isCut ? range.upperBound : end)))
      }
      guard !isOpen, !isCut else { break }
      offset = end
    }
    return found
  }

  /// A number of one to eight bytes. The zero bits before its first one bit are as many as the
  /// bytes that follow the first byte.
  private static func number(
    in bytes: ArraySlice<UInt8>, keepsMark: Bool
  ) -> (value: Int, length: Int)? {
    guard let first = bytes.first, first != 0 else { return nil }
    let length = first.leadingZeroBitCount + 1
    guard bytes.count >= length, !keepsMark || length <= 4 else { return nil }
    let mark = keepsMark ? 0 : 1 << (8 - length)
    let start = Int(first) & ~mark
    return (bytes.dropFirst().prefix(length - 1).reduce(start) { $0 << 8 | Int($1) }, length)
  }
}
