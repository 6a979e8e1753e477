internal import ComfyCore

/// One record of a command's output.
public struct Record: Sendable {
  /// A field's value.
  public indirect enum Value: Sendable {
    case text(String)
    case integer(Int64)
    case real(Double)
    case truth(Bool)
    case list([Value])
    case object([Field])
  }

  /// A name and its value; an absent value is not written at all.
  public struct Field: Sendable {
    public let name: String
    public let value: Value

    public init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// What kind of record it is, and so which fields it may have.
  public let kind: RecordKind
  /// The fields that are present, in the order of ``RecordKind/fields``.
  public let fields: [Field]

  /// - Parameter fields: Name and value of each field; those without a value are left out.
  public init(_ kind: RecordKind, _ fields: [(String, Value?)]) {
    self.kind = kind
    self.fields = fields.compactMap { name, value in value.map { Field(name, $0) } }
  }

  /// The value of a field; `nil` when it is absent.
  public subscript(_ name: String) -> Value? {
    fields.first { $0.name == name }?.value
  }
}

/// A kind of record: its name, its fields and which of them the default line has.
public struct RecordKind: Sendable {
  /// The `type` of the JSON form.
  public let type: String
  /// Every field that `--json` may write and `--format` may ask for.
  public let fields: [String]
  /// The fields of the default line, the free text last.
  public let columns: [String]

  public init(type: String, fields: [String], columns: [String]) {
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
  public var plain: String {
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
