internal import ComfyCore

/// Reads NDJSON records, one a line (or one a NUL with `-z`); empty lines are passed over.
///
/// Every error names the line of the input.
struct RecordReader {
  private var lines: LineReader

  init(_ context: Context, nul: Bool) {
    lines = LineReader(
      context.input, separator: nul ? 0 : 10, cancellation: context.cancellation)
  }

  /// The next record; `nil` at the end of the input.
  ///
  /// - Throws: ``RecordError``, `LineReader.TooLong`, `Errno`.
  mutating func next() throws -> InputRecord? {
    while let bytes = try lines.nextOfInput() {
      guard bytes.contains(where: { $0 > 32 }) else { continue }
      let line = lines.lineNumber
      do {
        let value = try JSONDocument(parsing: bytes).root
        guard value.kind == .object else { throw RecordError(line, .notAnObject) }
        return InputRecord(line: line, value: value)
      } catch let error as JSONError {
        throw RecordError(line, .syntax(error))
      }
    }
    return nil
  }
}

/// A record that was read, and the line it stood on.
struct InputRecord {
  /// One-based line of the input.
  let line: Int
  let value: JSONValue

  /// The record's `type`; `nil` when it has none.
  var type: String? { value["type"]?.string }

  /// A text field; `nil` when absent, null or empty.
  ///
  /// - Throws: ``RecordError`` when it is of another type.
  func text(_ name: String) throws(RecordError) -> String? {
    guard let field = value[name], !field.isNull else { return nil }
    guard let text = field.string else {
      throw RecordError(line, .type(field: name, expected: "a string"))
    }
    return text.isEmpty ? nil : text
  }

  /// A text field that must be there.
  ///
  /// - Throws: ``RecordError`` when it is absent or of another type.
  func required(_ name: String) throws(RecordError) -> String {
    guard let text = try text(name) else { throw RecordError(line, .missing(field: name)) }
    return text
  }

  /// A list of texts; empty when absent.
  ///
  /// - Throws: ``RecordError`` when it is anything else.
  func texts(_ name: String) throws(RecordError) -> [String] {
    guard let field = value[name], !field.isNull else { return [] }
    let wrong = RecordError(line, .type(field: name, expected: "a list of strings"))
    guard field.kind == .array else { throw wrong }
    var texts: [String] = []
    for element in field.elements {
      guard let text = element.string else { throw wrong }
      texts.append(text)
    }
    return texts
  }

  /// A path below the models directory; `nil` when absent.
  ///
  /// - Throws: ``RecordError`` when it leaves the directory.
  func relativePath(_ name: String) throws(RecordError) -> RelativePath? {
    guard let text = try text(name) else { return nil }
    do {
      return try RelativePath(text)
    } catch {
      throw RecordError(line, .path(field: name, error))
    }
  }

  /// The same, where something new is to be put.
  func newRelativePath(_ name: String) throws(RecordError) -> RelativePath? {
    guard let text = try text(name) else { return nil }
    do {
      return try RelativePath(ofNewModel: text)
    } catch {
      throw RecordError(line, .path(field: name, error))
    }
  }

  /// A hash as the manifest stores it; `nil` when absent.
  ///
  /// - Throws: ``RecordError`` when it is no 64 or 16 hexadecimal digits.
  func modelHash(_ name: String) throws(RecordError) -> ModelHash? {
    guard let text = try text(name) else { return nil }
    guard let hash = ModelHash(text) else {
      throw RecordError(line, .type(field: name, expected: "a BLAKE3 of 64 hexadecimal digits"))
    }
    return hash
  }
}

/// A record that cannot be taken, and the line it stands on.
struct RecordError: Error, Hashable {
  enum Reason: Hashable {
    case syntax(JSONError)
    case notAnObject
    case missing(field: String)
    case type(field: String, expected: String)
    case path(field: String, RelativePathError)
    case value(field: String, value: String, expected: [String])
    case url(field: String, SourceURLError)
    /// A record of a type that the command has no use for.
    case unwanted(type: String?, expected: [String])
  }

  /// One-based line of the input.
  let line: Int
  let reason: Reason

  init(_ line: Int, _ reason: Reason) {
    self.line = line
    self.reason = reason
  }
}
