/// What a server said before the body.
public struct ResponseHead: Sendable, Hashable {
  /// One header line.
  public struct Field: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The status code: 200, 404, …
  public var status: Int
  /// In the order they came.
  public var fields: [Field]

  public init(status: Int, fields: [Field] = []) {
    self.status = status
    self.fields = fields
  }

  /// The value of the first field of that name, in any case, without white space around it.
  public subscript(_ name: String) -> String? {
    let wanted = name.lowercased()
    guard let field = fields.first(where: { $0.name.lowercased() == wanted }) else { return nil }
    return String(field.value.trimmingBlanks)
  }
}
