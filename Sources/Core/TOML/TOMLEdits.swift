/// Replacements of ranges of a text, all made at once.
struct TextEdits: Sendable {
  private struct Edit {
    var range: Range<Int>
    var text: String
    /// Among texts for the same empty range, keys come before sections.
    var isSection = false
  }

  private var edits: [Edit] = []

  var isEmpty: Bool { edits.isEmpty }

  /// Replaces a range with `text`. Texts for the same empty range keep the order of these calls.
  mutating func replace(_ range: Range<Int>, with text: String) {
    guard !(range.isEmpty && text.isEmpty) else { return }
    edits.append(Edit(range: range, text: text))
  }

  /// Inserts `text`. Among insertions at one offset, sections come last.
  mutating func insert(_ text: String, at offset: Int, isSection: Bool = false) {
    guard !text.isEmpty else { return }
    edits.append(Edit(range: offset..<offset, text: text, isSection: isSection))
  }

  mutating func remove(_ range: Range<Int>) { replace(range, with: "") }

  /// Changes each insertion at an offset of a range that ends in a line ending.
  mutating func changeInsertedLines(in span: Range<Int>, by change: (String) -> String) {
    for index in edits.indices
    where edits[index].range.isEmpty && span.contains(edits[index].range.lowerBound)
      && edits[index].text.utf8.last == UInt8(ascii: "\n")
    {
      edits[index].text = change(edits[index].text)
    }
  }

  /// The text with all replacements made; `nil` if two of them affect the same bytes.
  ///
  /// Removals may overlap. An insertion may be inside a removal; the inserted text is kept. New
  /// lines get the line ending of the line before them; at the start of the text, that of the line
  /// after them.
  func applied(to bytes: [UInt8]) -> [UInt8]? {
    let sorted = edits.enumerated().sorted {
      let (left, right) = ($0.element.range, $1.element.range)
      return (left.lowerBound, left.isEmpty ? 0 : 1, $0.element.isSection ? 1 : 0, $0.offset)
        < (right.lowerBound, right.isEmpty ? 0 : 1, $1.element.isSection ? 1 : 0, $1.offset)
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + sorted.reduce(0) { $0 + $1.element.text.utf8.count })
    var at = 0
    var inRemoval = false
    for (_, edit) in sorted {
      let isSimple = edit.range.isEmpty || edit.text.isEmpty
      guard edit.range.lowerBound >= at || (inRemoval && isSimple),
        edit.range.upperBound <= bytes.count
      else { return nil }
      if edit.range.lowerBound > at {
        result.append(contentsOf: bytes[at..<edit.range.lowerBound])
      }
      append(edit.text, at: edit.range.lowerBound, of: bytes, to: &result)
      if edit.range.upperBound > at || edit.range.lowerBound >= at {
        at = max(at, edit.range.upperBound)
        inRemoval = edit.text.isEmpty || (inRemoval && edit.range.isEmpty)
      }
    }
    result.append(contentsOf: bytes[at...])
    return result
  }

  /// Appends a text that belongs at an offset.
  private func append(
    _ text: String, at offset: Int, of bytes: [UInt8], to result: inout [UInt8]
  ) {
    guard text.utf8.contains(UInt8(ascii: "\n")), let isCRLF = Self.isCRLF(at: offset, in: bytes)
    else {
      result.append(contentsOf: text.utf8)
      return
    }
    for byte in text.utf8 where byte != UInt8(ascii: "\r") {
      if byte == UInt8(ascii: "\n"), isCRLF { result.append(UInt8(ascii: "\r")) }
      result.append(byte)
    }
  }

  /// Whether the line before an offset, otherwise the one after it, ends in CRLF; `nil` if there is
  /// no line ending.
  private static func isCRLF(at offset: Int, in bytes: [UInt8]) -> Bool? {
    let feed = UInt8(ascii: "\n")
    guard
      let end = bytes[..<offset].lastIndex(of: feed) ?? bytes[offset...].firstIndex(of: feed)
    else { return nil }
    return end > 0 && bytes[end - 1] == UInt8(ascii: "\r")
  }
}
