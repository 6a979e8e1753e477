internal import ComfyCore

/// One record of a command's output.
package struct Record: Sendable {
  /// A field's value.
  package indirect enum Value: Sendable {
    case text(String)
    case integer(Int64)
    case real(Double)
    case truth(Bool)
    case list([Value])
    case object([Field])
  }

  /// A name and its value; an absent value is not written at all.
  package struct Field: Sendable {
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// What kind of record it is, and so which fields it may have.
  package let kind: RecordKind
  /// The fields that are present, in the order of ``RecordKind/fields``.
  package let fields: [Field]

  /// - Parameter fields: Name and value of each field; those without a value are left out.
  package init(_ kind: RecordKind, _ fields: [(String, Value?)]) {
    self.kind = kind
    self.fields = fields.compactMap { name, value in value.map { Field(name, $0) } }
  }

  /// The value of a field; `nil` when it is absent.
  package subscript(_ name: String) -> Value? {
    fields.first { $0.name == name }?.value
  }
}

/// A kind of record: its name, its fields and which of them the default line has.
package struct RecordKind: Sendable {
  /// The `type` of the JSON form.
  package let type: String
  /// Every field that `--json` may write and `--format` may ask for.
  package let fields: [String]
  /// The fields of the default line, the free text last.
  package let columns: [String]

  package init(type: String, fields: [String], columns: [String]) {
    self.type = type
    self.fields = fields
    self.columns = columns
  }
}

extension Record.Value {
  /// A text field, absent for `nil`.
  static func text(_ text: String?) -> Record.Value? { text.map(Record.Value.text) }

  /// A whole number, absent for `nil`.
  static func integer(_ number: (some BinaryInteger)?) -> Record.Value? {
    number.map { .integer(Int64(clamping: $0)) }
  }

  /// A list of texts, absent when empty.
  static func texts(_ texts: [String]) -> Record.Value? {
    texts.isEmpty ? nil : .list(texts.map(Record.Value.text))
  }

  /// The value as one piece of text: lists joined by a space, objects as JSON.
  package var plain: String {
    switch self {
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): String(number)
    case .truth(let truth): truth ? "true" : "false"
    case .list(let values): values.map(\.plain).joined(separator: " ")
    case .object: json
    }
  }
}
