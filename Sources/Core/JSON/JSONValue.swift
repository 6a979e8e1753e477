/// One value of a ``JSONDocument``: a cursor, cheap to copy.
///
/// A request that does not fit the kind of the value gives `nil`, such as the text of a number or
/// a member of an array.
package struct JSONValue: Sendable {
  let storage: JSONStorage
  let index: Int

  private var entry: JSONTapeEntry { storage.tape[index] }

  /// What a value is.
  package enum Kind: Sendable, Hashable {
    case null, bool, number, string, array, object
  }

  package var kind: Kind {
    switch entry.kind {
    case .null, .end: .null
    case .true, .false: .bool
    case .integer, .decimal: .number
    case .string, .escapedString: .string
    case .array: .array
    case .object: .object
    }
  }

  package var isNull: Bool { entry.kind == .null }

  /// The range of the value in the document's bytes, including quotes, brackets or braces.
  package var span: Range<Int> {
    let entry = entry
    switch entry.kind {
    case .object, .array: return entry.offset..<storage.tape[entry.second - 1].offset + 1
    default: return entry.offset..<entry.offset + entry.second
    }
  }

  /// The text of a string, escapes resolved; a lone surrogate is U+FFFD.
  package var string: String? {
    let entry = entry
    switch entry.kind {
    case .string: return String(decoding: inside(entry), as: UTF8.self)
    case .escapedString: return JSONText.decode(inside(entry))
    default: return nil
    }
  }

  /// The bytes of a string between its quotes.
  private func inside(_ entry: JSONTapeEntry) -> ArraySlice<UInt8> {
    storage.bytes[entry.offset + 1..<max(entry.offset + entry.second - 1, entry.offset + 1)]
  }

  package var bool: Bool? {
    switch entry.kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// A number without a fraction that `Int` can hold: `4`, but also `4.0` and `4e0`.
  package var int: Int? {
    switch entry.kind {
    case .integer: return Int(String(decoding: storage.bytes[span], as: UTF8.self))
    case .decimal: return double.flatMap { Int(exactly: $0) }
    default: return nil
    }
  }

  /// A number, rounded to the nearest `Double`; `NaN` and the infinities as such.
  package var double: Double? {
    switch entry.kind {
    case .integer, .decimal: JSONText.double(storage.bytes[span])
    default: nil
    }
  }

  /// The value as it is written in the text: for a number, its digits.
  package var source: String { String(decoding: storage.bytes[span], as: UTF8.self) }

  /// Number of elements or members (repeated names count); 0 for a value that is not a container.
  package var count: Int {
    switch entry.kind {
    case .object, .array: storage.tape[entry.second - 1].second
    default: 0
    }
  }

  /// The member named `name`. If there are several, the last one, as in Python and JavaScript.
  package subscript(name: String) -> JSONValue? {
    guard entry.kind == .object else { return nil }
    var name = name
    return name.withUTF8 { wanted in
      var found: JSONValue?
      var cursor = JSONCursor(container: self)
      while let key = cursor.next() {
        guard let value = cursor.next() else { break }
        if JSONValue(storage: storage, index: key).hasText(wanted) {
          found = JSONValue(storage: storage, index: value)
        }
      }
      return found
    }
  }

  /// The element at a zero-based index; `nil` outside the array. Takes time proportional to the
  /// index.
  package subscript(position: Int) -> JSONValue? {
    guard entry.kind == .array, position >= 0, position < count else { return nil }
    var cursor = JSONCursor(container: self)
    for _ in 0..<position { _ = cursor.next() }
    return cursor.next().map { JSONValue(storage: storage, index: $0) }
  }

  /// The elements of an array in order; empty for anything else.
  package var elements: JSONElements { JSONElements(array: self) }

  /// The members of an object in the text's order, repeated names included; empty for anything
  /// else.
  package var members: JSONMembers { JSONMembers(object: self) }

  /// The members of an object, each name once: in the order of first mention, with the last value.
  package var uniqueMembers: [(name: String, value: JSONValue)] {
    var result: [(name: String, value: JSONValue)] = []
    var places: [String: Int] = [:]
    for (name, value) in members {
      if let place = places[name] {
        result[place].value = value
      } else {
        places[name] = result.count
        result.append((name, value))
      }
    }
    return result
  }

  /// Whether the value is the string `text`, compared byte by byte (no Unicode normalisation).
  package func isString(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { hasText($0) }
  }

  private func hasText(_ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
    let entry = entry
    switch entry.kind {
    case .string:
      return entry.second - 2 == wanted.count
        && storage.bytes[entry.offset + 1..<entry.offset + 1 + wanted.count].elementsEqual(wanted)
    case .escapedString: return string?.utf8.elementsEqual(wanted) ?? false
    default: return false
    }
  }
}

/// The elements of an array in order.
package struct JSONElements: Sequence, Sendable {
  fileprivate let array: JSONValue

  package func makeIterator() -> Iterator {
    Iterator(storage: array.storage, cursor: JSONCursor(container: array, kind: .array))
  }

  package struct Iterator: IteratorProtocol {
    fileprivate let storage: JSONStorage
    fileprivate var cursor: JSONCursor

    package mutating func next() -> JSONValue? {
      cursor.next().map { JSONValue(storage: storage, index: $0) }
    }
  }
}

/// The members of an object in the text's order.
package struct JSONMembers: Sequence, Sendable {
  fileprivate let object: JSONValue

  package func makeIterator() -> Iterator {
    Iterator(storage: object.storage, cursor: JSONCursor(container: object, kind: .object))
  }

  package struct Iterator: IteratorProtocol {
    fileprivate let storage: JSONStorage
    fileprivate var cursor: JSONCursor

    package mutating func next() -> (name: String, value: JSONValue)? {
      guard let key = cursor.next(), let value = cursor.next() else { return nil }
      return (
        JSONValue(storage: storage, index: key).string ?? "",
        JSONValue(storage: storage, index: value)
      )
    }
  }
}

/// Walks the tape indexes of a container's direct values.
struct JSONCursor {
  private let storage: JSONStorage
  private var index: Int
  private let end: Int

  init(container: JSONValue, kind: JSONTapeEntry.Kind? = nil) {
    storage = container.storage
    let entry = storage.tape[container.index]
    index = container.index + 1
    let isContainer = entry.kind == .object || entry.kind == .array
    end = isContainer && (kind ?? entry.kind) == entry.kind ? entry.second - 1 : index
  }

  mutating func next() -> Int? {
    guard index < end else { return nil }
    let here = index
    let entry = storage.tape[here]
    switch entry.kind {
    case .object, .array: index = entry.second
    default: index += 1
    }
    return here
  }
}
