/// A JSON text and a table of its values: each knows the bytes it was read from.
///
/// Reading makes one table entry of eight bytes for each value (two for an array or object), so the
/// table takes at most eight times the size of the text. It has at most ``JSONLimits/values``
/// entries, and one more for each open container. Strings and numbers are decoded on request.
/// Copies share their storage.
package struct JSONDocument: Sendable {
  let storage: JSONStorage

  /// Reads a whole text.
  ///
  /// - Throws: the first ``JSONError`` from the start of the text.
  package init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    var parser = JSONParser(limits: limits)
    storage = JSONStorage(bytes: bytes, tape: try parser.parse(bytes))
  }

  /// Reads a whole text.
  ///
  /// - Throws: the first ``JSONError`` from the start of the text.
  package init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  /// The outermost value.
  package var root: JSONValue { JSONValue(storage: storage, index: 0) }

  /// Every string of the document in the order of the text, names of members included.
  var strings: some Sequence<JSONValue> {
    let values = storage.tape.indices.lazy.map { JSONValue(storage: storage, index: $0) }
    return values.filter { $0.kind == .string }
  }

  /// The text as it was given.
  package var bytes: [UInt8] { storage.bytes }
}

/// What all values of a document share.
final class JSONStorage: Sendable {
  let bytes: [UInt8]
  let tape: [JSONTapeEntry]

  init(bytes: [UInt8], tape: [JSONTapeEntry]) {
    self.bytes = bytes
    self.tape = tape
  }
}

/// One value, packed: kind in four bits, two numbers of thirty.
///
/// The first number is the offset of the value's first byte. The meaning of the second depends on
/// the entry. For a scalar, it is the length in bytes, quotes included. For a container's opening
/// entry, it is the tape index just past its closing entry. For a closing entry, it is the number
/// of elements or members. Values are in the order of the text: `{`, name, value, name, value, `}`.
struct JSONTapeEntry: Sendable {
  private(set) var bits: UInt64

  enum Kind: UInt64 {
    case null, `true`, `false`, integer, decimal, string, escapedString, object, array, end
  }

  init(_ kind: Kind, offset: Int, second: Int) {
    bits =
      kind.rawValue << 60 | UInt64(truncatingIfNeeded: second) << 30
      | UInt64(truncatingIfNeeded: offset)
  }

  private static let low: UInt64 = 1 << 30 - 1

  var kind: Kind { Kind(rawValue: bits >> 60) ?? .null }
  var offset: Int { Int(truncatingIfNeeded: bits & Self.low) }
  var second: Int { Int(truncatingIfNeeded: bits >> 30 & Self.low) }

  mutating func setSecond(_ value: Int) {
    bits = bits & ~(Self.low << 30) | UInt64(truncatingIfNeeded: value) << 30
  }
}
