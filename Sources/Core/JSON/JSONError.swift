/// Text that is not JSON, or more JSON than the limits allow.
///
/// The dialect is Python's, which writes most workflows: `NaN`, `Infinity` and `-Infinity` are
/// numbers, a byte order mark may come first, names may repeat, a lone surrogate escape is read as
/// U+FFFD. Everything else is RFC 8259 to the letter.
public struct JSONError: Error, Sendable, Hashable {
  package let reason: Reason
  /// Zero-based byte offset of the trouble, the byte order mark counted.
  public let offset: Int
  /// One-based; lines end in LF.
  public let line: Int
  /// One-based, in Unicode scalars from the start of the line, the byte order mark not counted.
  public let column: Int

  package enum Reason: Sendable, Hashable {
    /// The text ends inside a value; also an empty text.
    case unexpectedEnd
    /// A character that nothing at its place begins with, and what could stand there.
    case unexpectedCharacter(Unicode.Scalar, expected: Expectation)
    /// A number such as `01`, `1.` or `-`.
    case invalidNumber
    /// `\` with a character that it does not go with, or `\u` without four hexadecimal digits.
    case invalidEscape
    /// A raw control character (below U+0020) inside a string.
    case controlCharacter(Unicode.Scalar)
    /// A byte sequence that is not UTF-8.
    case invalidUTF8
    /// More containers inside each other than ``JSONLimits/depth``.
    case tooDeep(limit: Int)
    /// More values than ``JSONLimits/values``.
    case tooManyValues(limit: Int)
    /// More bytes than ``JSONLimits/bytes``.
    case tooLarge(limit: Int)
  }

  /// What could stand where something else stands.
  package enum Expectation: String, Sendable, Hashable {
    case value
    /// A member's name or `}`.
    case nameOrEnd
    /// A member's name, after a comma.
    case name
    case colon
    case commaOrEnd
    case endOfText
  }

  init(_ reason: Reason, at offset: Int, in bytes: [UInt8]) {
    self.reason = reason
    self.offset = offset
    let head = bytes.prefix(offset)
    let lineStart = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    line = head.count { $0 == UInt8(ascii: "\n") } + 1
    let scalars = head[lineStart...].count { !UTF8.isContinuation($0) }
    column = scalars + (line == 1 && bytes.starts(with: JSONParser.byteOrderMark) ? 0 : 1)
  }
}

/// How much JSON a reader takes; memory beside the text is bounded by both numbers.
package struct JSONLimits: Sendable, Hashable {
  /// Longest text in bytes; never more than 512 MiB.
  package var bytes: Int
  /// Most values: strings, numbers, containers (two each), literals and names of members.
  package var values: Int
  /// Most containers inside each other.
  package var depth: Int

  package init(bytes: Int = 64 << 20, values: Int = 16 << 20, depth: Int = 1000) {
    self.bytes = min(bytes, 512 << 20)
    self.values = min(values, 1 << 29)
    self.depth = depth
  }

  /// 64 MiB, 16 Mi values (a table of 128 MiB at most), 1000 levels: hundreds of times what the
  /// largest published workflows need.
  package static let standard = JSONLimits()
}
