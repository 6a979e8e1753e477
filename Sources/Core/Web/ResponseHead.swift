/// The status and the header fields of an HTTP response.
package struct ResponseHead: Sendable, Hashable {
  /// One header line.
  package struct Field: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The status code: 200, 404, …
  package var status: Int
  /// In the order received.
  package var fields: [Field]

  package init(status: Int, fields: [Field] = []) {
    self.status = status
    self.fields = fields
  }

  /// The value of the first field of that name, in any case, without surrounding whitespace.
  package subscript(_ name: String) -> String? {
    let wanted = name.lowercased()
    guard let field = fields.first(where: { $0.name.lowercased() == wanted }) else { return nil }
    return String(field.value.trimmingBlanks)
  }
}
