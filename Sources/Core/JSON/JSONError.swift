/// Why a text could not be read: it is not JSON, or it exceeds the limits.
///
/// The dialect is that of Python, which writes most workflows: `NaN`, `Infinity` and `-Infinity`
/// are numbers, a byte order mark may come first, names may repeat, and a lone surrogate escape is
/// read as U+FFFD. Everything else follows RFC 8259 exactly.
public struct JSONError: Error, Sendable, Hashable {
  package let reason: Reason
  /// Zero-based byte offset of the error, counting a byte order mark.
  public let offset: Int
  /// One-based; lines end in LF.
  public let line: Int
  /// One-based, in Unicode scalars from the start of the line, not counting a byte order mark.
  public let column: Int

  package enum Reason: Sendable, Hashable {
    /// The text ends inside a value; also an empty text.
    case unexpectedEnd
    /// A character that is not allowed here, and what is expected instead.
    case unexpectedCharacter(Unicode.Scalar, expected: Expectation)
    /// A marker of a git merge conflict at the beginning of the line.
    case conflictMarker
    /// A number such as `01`, `1.` or `-`.
    case invalidNumber
    /// `\` followed by a character that is not an escape, or `\u` without four hexadecimal digits.
    case invalidEscape
    /// A raw control character (below U+0020) inside a string.
    case controlCharacter(Unicode.Scalar)
    /// A byte sequence that is not UTF-8.
    case invalidUTF8
    /// Containers nested more deeply than ``JSONLimits/depth``.
    case tooDeep(limit: Int)
    /// More values than ``JSONLimits/values``.
    case tooManyValues(limit: Int)
    /// More bytes than ``JSONLimits/bytes``.
    case tooLarge(limit: Int)
  }

  /// What is expected at the place of an error.
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
    self.offset = offset
    let head = bytes.prefix(offset)
    let lineStart = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    if case .unexpectedCharacter = reason, Self.isConflictMarker(bytes[lineStart...]) {
      self.reason = .conflictMarker
    } else {
      self.reason = reason
    }
    line = head.count { $0 == UInt8(ascii: "\n") } + 1
    let scalars = head[lineStart...].count { !UTF8.isContinuation($0) }
    column = scalars + (line == 1 && bytes.starts(with: JSONParser.byteOrderMark) ? 0 : 1)
  }
}

extension JSONError {
  private static func isConflictMarker(_ line: ArraySlice<UInt8>) -> Bool {
    ["<<<<<<< ", "=======", ">>>>>>> ", "||||||| "].contains { line.starts(with: $0.utf8) }
  }
}

/// How much JSON a reader accepts. The limits also bound the memory used in addition to the text.
package struct JSONLimits: Sendable, Hashable {
  /// Largest text in bytes; at most 512 MiB.
  package var bytes: Int
  /// Largest number of values: strings, numbers, containers (each counts as two), literals and
  /// member names.
  package var values: Int
  /// Deepest nesting of containers.
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
