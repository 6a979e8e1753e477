internal import ComfyCore

extension Record {
  /// The record as one line of JSON, `type` first.
  package var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", kind.type)
    for field in fields { Record.write(field, to: &writer) }
    writer.endObject()
    return writer.text
  }

  fileprivate static func write(_ field: Field, to writer: inout JSONWriter) {
    writer.name(field.name)
    write(field.value, to: &writer)
  }

  fileprivate static func write(_ value: Value, to writer: inout JSONWriter) {
    switch value {
    case .text(let text): writer.value(text)
    case .integer(let number): writer.value(number)
    case .real(let number): writer.value(number)
    case .truth(let truth): writer.value(truth)
    case .list(let values):
      writer.beginArray()
      for value in values { write(value, to: &writer) }
      writer.endArray()
    case .object(let fields):
      writer.beginObject()
      for field in fields { write(field, to: &writer) }
      writer.endObject()
    }
  }
}

extension Record.Value {
  /// The value as JSON text.
  var json: String {
    var writer = JSONWriter()
    Record.write(self, to: &writer)
    return writer.text
  }
}
