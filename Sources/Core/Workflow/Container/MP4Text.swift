/// The `workflow` and `prompt` texts of an MP4 or QuickTime file: items of its list of metadata,
/// which ComfyUI writes (`moov`, `udta`, `meta` with `keys` and `ilst`).
///
/// Only the boxes on the way to the metadata are read; pictures and sound are skipped.
struct MP4Text {
  private var texts: [String: [UInt8]] = [:]
  /// More boxes than any real file has within one box on the way to its metadata.
  private static let boxLimit = 1 << 12
  /// Longest name, in bytes.
  private static let namesLimit = 1 << 20

  private struct Box {
    let type: String
    let content: Range<Int>
  }

  /// If the file breaks off, the search ends there.
  ///
  /// - Parameter limit: Longest text, in bytes.
  init(_ source: borrowing ByteSource, limit: Int) throws(WorkflowError) {
    let top = try Self.boxes(in: 0..<source.size, of: source)
    var users = top.filter { $0.type == "udta" }
    for movie in top where movie.type == "moov" {
      users += try Self.boxes(in: movie.content, of: source).filter { $0.type == "udta" }
    }
    for user in users {
      for meta in try Self.boxes(in: user.content, of: source) where meta.type == "meta" {
        try read(meta, of: source, limit: limit)
      }
    }
  }

  /// The text under a keyword as UTF-8; `nil` if there is none.
  func text(_ keyword: String) -> [UInt8]? { texts[keyword] }

  /// - Parameter meta: Its version precedes its boxes.
  private mutating func read(
    _ meta: Box, of source: borrowing ByteSource, limit: Int
  ) throws(WorkflowError) {
    let boxes = try Self.boxes(in: meta.content.dropFirst(4), of: source)
    guard let keys = boxes.first(where: { $0.type == "keys" }),
      let list = boxes.first(where: { $0.type == "ilst" })
    else { return }
    let names = try Self.names(in: keys, of: source)
    for item in try Self.boxes(in: list.content, of: source) {
      // An item is named by its number, counted from 1.
      let header = try source.read(4, at: item.content.lowerBound - 4)
      let number = header.reduce(0) { $0 << 8 | Int($1) }
      guard names.indices.contains(number - 1) else { continue }
      let name = names[number - 1]
      guard name == "workflow" || name == "prompt" else { continue }
      let values = try Self.boxes(in: item.content, of: source)
      // The kind of the value and its language come first.
      guard let value = values.first(where: { $0.type == "data" })?.content.dropFirst(8),
        value.count <= limit
      else { continue }
      texts[name] = try source.read(value.count, at: value.lowerBound)
    }
  }

  /// The names of items, in lower case: a version, their count, then a box for each.
  private static func names(
    in keys: Box, of source: borrowing ByteSource
  ) throws(WorkflowError) -> [String] {
    var names: [String] = []
    for key in try boxes(in: keys.content.dropFirst(8), of: source) {
      guard key.content.count <= namesLimit else { break }
      let bytes = try source.read(key.content.count, at: key.content.lowerBound)
      names.append(String(decoding: bytes, as: UTF8.self).lowercased())
    }
    return names
  }

  /// The boxes in a range, up to one that does not fit in it.
  private static func boxes(
    in range: Range<Int>, of source: borrowing ByteSource
  ) throws(WorkflowError) -> [Box] {
    var boxes: [Box] = []
    var offset = range.lowerBound
    while offset + 8 <= range.upperBound, boxes.count < boxLimit {
      let header = try source.read(16, at: offset)
      guard header.count >= 8 else { break }
      let short = header.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      var start = offset + 8
      var size = short
      if short == 0 {
        size = range.upperBound - offset
      } else if short == 1 {
        guard header.count == 16, header[8] < 0x40 else { break }
        size = header.dropFirst(8).reduce(0) { $0 << 8 | Int($1) }
        start = offset + 16
      }
      guard size >= start - offset, size <= range.upperBound - offset else { break }
      let type = String(decoding: header[4..<8], as: UTF8.self)
      boxes.append(Box(type: type, content: start..<offset + size))
      offset += size
    }
    return boxes
  }
}
