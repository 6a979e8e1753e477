/// A TOML document: the bytes as they were read, and the position of each value in them.
///
/// The tree is flat: nodes refer to each other and to the bytes by number, and texts and numbers
/// are decoded on request. The printed form is the bytes themselves; a change is an edit of the
/// bytes.
struct TOMLDocument: Sendable {
  /// Number of a node; ``root`` is the document's table.
  typealias ID = Int

  static let root: ID = 0

  /// The parts, behind one reference: passing a document around updates one reference count, not
  /// five.
  private final class Storage: Sendable {
    let bytes: [UInt8]
    let arena: [UInt8]
    let nodes: [TOMLNode]
    let statements: [TOMLStatement]
    let keys: TOMLKeyIndex

    init(_ bytes: [UInt8], _ parser: TOMLParser) {
      self.bytes = bytes
      arena = parser.arena
      nodes = parser.nodes
      statements = parser.statements
      keys = parser.keys
    }
  }

  private let storage: Storage

  /// The text as read, a byte order mark included.
  var bytes: [UInt8] { storage.bytes }
  /// Decoded spellings of keys that have escapes.
  var arena: [UInt8] { storage.arena }
  /// Every value and table, in the order of their first mention.
  var nodes: [TOMLNode] { storage.nodes }
  /// Headers and key-value lines in file order.
  var statements: [TOMLStatement] { storage.statements }
  /// The keys of large tables.
  var keys: TOMLKeyIndex { storage.keys }

  /// Reads a document.
  ///
  /// - Throws: ``TOMLError`` with the place of the first error.
  init(parsing bytes: [UInt8], version: TOMLVersion = .toml10) throws(TOMLError) {
    var parser = TOMLParser(version: version)
    let failure = bytes.withUnsafeBufferPointer { buffer -> TOMLParser.Failure? in
      do throws(TOMLParser.Failure) {
        try parser.parse(buffer)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw TOMLError(failure.reason, at: failure.offset, in: bytes) }
    storage = Storage(bytes, parser)
  }
}

/// Which version of TOML is read.
enum TOMLVersion: Sendable {
  case toml10
  /// Adds line breaks, comments and a trailing comma in inline tables, `\e` and `\xHH`, and times
  /// without seconds.
  case toml11
}

/// A value, a table or an array.
struct TOMLNode: Sendable {
  enum Kind: UInt8, Sendable {
    case table, array
    case string, integer, float, boolean
    case offsetDateTime, localDateTime, localDate, localTime
  }

  /// How a table or an array was made; this decides what may still be added to it.
  enum Form: UInt8, Sendable {
    /// A value in its own right: `{…}`, `[…]` or a scalar.
    case value
    /// A table without a header of its own, made by the path of a longer header.
    case implied
    /// A table with a header of its own, or the root, or an element of an array of tables.
    case header
    /// A table made by a dotted key.
    case dotted
    /// An array made by `[[…]]` headers.
    case tables
  }

  var kind: Kind
  var form: Form
  /// Whether the decoded key is in the arena, not in the bytes.
  var keyInArena = false
  /// Whether the text has no escape and no line break, so that it is the bytes between the quotes.
  var isPlain = false
  var parent: Int32
  var next: Int32 = -1
  var firstChild: Int32 = -1
  var lastChild: Int32 = -1
  var count: Int32 = 0
  /// The decoded key; empty for elements of arrays.
  var keyStart: Int32 = 0
  var keyEnd: Int32 = 0
  /// The value as written, or the header of a table that has one; empty for all others.
  var start: Int32
  var end: Int32
}

/// A header, or a key with its value, outside of any inline table.
struct TOMLStatement: Sendable {
  /// Whether it is `[…]` or `[[…]]`.
  var isHeader: Bool
  /// The table that a header opens, or the value of a key.
  var node: Int32
  /// The first byte of the key or of the opening bracket.
  var start: Int32
  /// The end of the key or of the header.
  var keyEnd: Int32
  /// The end of the value or of the header, before a trailing comment and the line ending.
  var end: Int32
}

extension TOMLError {
  /// Counts lines and columns up to a byte.
  init(_ reason: Reason, at offset: Int, in bytes: [UInt8]) {
    let place = TOMLDocument.place(of: offset, in: bytes)
    self.init(reason: reason, line: place.line, column: place.column)
  }
}

extension TOMLDocument {
  /// One-based line and column (in bytes) of an offset.
  static func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
    let before = bytes.prefix(max(0, offset))
    var line = 1
    var lineStart = 0
    for (index, byte) in before.enumerated() where byte == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    return (line, before.count - lineStart + 1)
  }
}
