/// An answer of an S3 service: a head, and a body of XML or of a file's bytes.
struct BucketReply: Sendable {
  var head: ResponseHead
  var body: [UInt8]

  /// The service's name for the reason of a refusal, such as `AccessDenied`; empty when there is
  /// none.
  var errorCode: String { contains("<Error>") ? value(of: "Code") ?? "" : "" }

  /// Whether the body contains a text.
  func contains(_ text: String) -> Bool { xml.contains(text) }

  /// The unescaped text inside the first element of this name; `nil` when there is none.
  func value(of element: String) -> String? { Self.value(of: element, in: xml[...]) }

  /// The raw XML inside each element of this name, in order.
  func elements(_ name: String) -> [Substring] {
    var found: [Substring] = []
    var rest = xml[...]
    while let start = rest.firstRange(of: "<\(name)>"),
      let end = rest[start.upperBound...].firstRange(of: "</\(name)>")
    {
      found.append(rest[start.upperBound..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    return found
  }

  /// The unescaped text inside the first element of this name in a part of the body; `nil` when
  /// there is none.
  static func value(of element: String, in xml: Substring) -> String? {
    guard let start = xml.firstRange(of: "<\(element)>"),
      let end = xml[start.upperBound...].firstRange(of: "</\(element)>")
    else { return nil }
    return unescaped(xml[start.upperBound..<end.lowerBound])
  }

  private var xml: String { String(decoding: body, as: UTF8.self) }

  private static func unescaped(_ text: Substring) -> String {
    var text = String(text)
    for (name, character) in [
      ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"),
      ("&amp;", "&"),
    ] {
      text = text.replacing(name, with: character)
    }
    return text
  }

  /// A text with `&`, `<` and `>` escaped, as the content of an XML element.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
