/// A `--format` string: text with `%(field)` placeholders, as in `git for-each-ref`.
///
/// `%%` is a per cent sign and `%xx`, two hexadecimal digits, the character with that code.
package struct RecordFormat: Sendable {
  private enum Piece: Sendable {
    case text(String)
    case field(String)
  }

  /// A format that cannot be read.
  package enum SyntaxError: Error, Sendable, Hashable {
    /// `%(` without `)`.
    case unclosed(format: String)
    /// A field that this kind of record does not have; the fields it has.
    case unknownField(String, known: [String])
  }

  private let pieces: [Piece]

  /// - Throws: ``SyntaxError``.
  package init(_ format: String, for kind: RecordKind) throws(SyntaxError) {
    var pieces: [Piece] = []
    var text = ""
    var rest = format[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        text.append(character)
        continue
      }
      if rest.first == "(" {
        guard let close = rest.firstIndex(of: ")") else { throw .unclosed(format: format) }
        let name = String(rest[rest.index(after: rest.startIndex)..<close])
        guard name == "type" || kind.fields.contains(name) else {
          throw .unknownField(name, known: kind.fields)
        }
        pieces.append(.text(text))
        pieces.append(.field(name))
        text = ""
        rest = rest[rest.index(after: close)...]
      } else if let scalar = RecordFormat.code(rest.prefix(2)) {
        text.unicodeScalars.append(scalar)
        rest = rest.dropFirst(2)
      } else {
        text.append("%")
        if rest.first == "%" { rest.removeFirst() }
      }
    }
    pieces.append(.text(text))
    self.pieces = pieces
  }

  /// The record's line, without its end; absent fields are empty.
  ///
  /// - Parameter quoting: Whether fields are C-quoted where needed.
  package func line(of record: Record, quoting: Bool) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): return text
      case .field("type"): return record.kind.type
      case .field(let name):
        let value = record[name]?.plain ?? ""
        return quoting ? SafeText.quoted(value) : value
      }
    }.joined()
  }

  private static func code(_ digits: Substring) -> Unicode.Scalar? {
    guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let code = UInt8(digits, radix: 16)
    else { return nil }
    return Unicode.Scalar(code)
  }
}
