import ComfyCore
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONDocument(parsing: text).root }

  @Test(arguments: [
    ("null", JSONValue.Kind.null), (" true ", .bool), ("\t\r\n[]", .array), ("{}", .object),
    ("\u{FEFF}\"x\"", .string), ("NaN", .number), ("-Infinity", .number), ("-0.5e+3", .number),
  ])
  func kinds(text: String, kind: JSONValue.Kind) throws {
    #expect(try parse(text).kind == kind)
  }

  /// A container late in a text of many short values: its table index is larger than its offset.
  @Test func containersHaveNoText() throws {
    let text = "[" + String(repeating: "[],", count: 50) + "{}]"
    let root = try parse(text)
    #expect(root.string == nil)
    #expect(root.elements.allSatisfy { $0.string == nil })
    #expect(root.elements.count { $0.kind == .object } == 1)
  }

  @Test(arguments: [
    (#""""#, ""), (#""a\"b\\c\/""#, "a\"b\\c/"), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"),
    (#""é漢😀""#, "é漢😀"), (#""\u00e9\u6F22\ud83d\ude00""#, "é漢😀"),
    (#""\ud800""#, "\u{FFFD}"), (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
    (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\u0000""#, "\0"),
    (
      #""a string longer than one machine word, with é in it""#,
      "a string longer than one machine word, with é in it"
    ),
  ])
  func strings(text: String, value: String) throws {
    let string = try parse(text).string
    #expect(string.map { Array($0.utf8) } == Array(value.utf8))
    #expect(try parse(text).isString(value))
  }

  @Test(
    arguments: [
      ("0", 0, 0), ("-0", 0, 0), ("42", 42, 42), ("4.0", 4, 4), ("1e3", 1000, 1000),
      ("9223372036854775807", Int.max, 9.223372036854775807e18),
      ("18446744073709552000", nil, 1.8446744073709552e19), ("0.5", nil, 0.5),
      ("1e999", nil, Double.infinity), ("Infinity", nil, .infinity), ("-Infinity", nil, -.infinity),
    ] as [(String, Int?, Double)])
  func numbers(text: String, int: Int?, double: Double) throws {
    let value = try parse(text)
    #expect(value.int == int)
    #expect(value.double == double)
    #expect(value.source == text)
  }

  @Test func notANumberIsANumber() throws {
    #expect(try parse("NaN").double?.isNaN == true)
    #expect(try parse("NaN").int == nil)
  }

  @Test func membersAndElements() throws {
    let root = try parse(#"{"a":1,"b":[10,{"x":[]},"z"],"a":{"deep":true},"\u0061":7}"#)
    #expect(root.count == 4)
    #expect(root["a"]?.int == 7)
    #expect(root["c"] == nil)
    #expect(root["b"]?.elements.map(\.source) == ["10", #"{"x":[]}"#, #""z""#])
    #expect(root["b"]?[2]?.string == "z")
    #expect(root["b"]?[3] == nil)
    #expect(root["b"]?[-1] == nil)
    #expect(root["b"]?["x"] == nil)
    #expect(root.members.map(\.name) == ["a", "b", "a", "a"])
    #expect(root.uniqueMembers.map(\.name) == ["a", "b"])
    #expect(root.uniqueMembers.map(\.value.source) == ["7", #"[10,{"x":[]},"z"]"#])
    #expect(root["b"]?.members.map(\.name) == [])
    #expect(root.elements.map(\.source) == [])
    #expect(root.string == nil && root.int == nil && root.bool == nil && root.double == nil)
  }

  @Test func spansAreTheBytesOfTheValue() throws {
    let text = "\u{FEFF}{ \"é\" : [ 1 , \"two\" ] }"
    let document = try JSONDocument(parsing: text)
    let slice = { (value: JSONValue?) in
      value.map { String(decoding: document.bytes[$0.span], as: UTF8.self) }
    }
    #expect(slice(document.root) == "{ \"é\" : [ 1 , \"two\" ] }")
    #expect(slice(document.root["é"]) == "[ 1 , \"two\" ]")
    #expect(slice(document.root["é"]?[1]) == "\"two\"")
  }

  @Test(
    arguments: [
      ("", .unexpectedEnd, 1, 1), ("  \n ", .unexpectedEnd, 2, 2),
      ("[1,\n 2", .unexpectedEnd, 2, 3),
      ("\"abc", .unexpectedEnd, 1, 5), ("{\"a\"", .unexpectedEnd, 1, 5),
      ("tru", .unexpectedEnd, 1, 4),
      ("\"\\", .unexpectedEnd, 1, 3), ("\"\\u12", .unexpectedEnd, 1, 6),
      ("[1,]", .unexpectedCharacter("]", expected: .value), 1, 4),
      ("{\"a\":1,}", .unexpectedCharacter("}", expected: .name), 1, 8),
      ("{1:2}", .unexpectedCharacter("1", expected: .nameOrEnd), 1, 2),
      ("{\"a\" 1}", .unexpectedCharacter("1", expected: .colon), 1, 6),
      ("<<<<<<< HEAD\n{}", .conflictMarker, 1, 1),
      ("{\n<<<<<<< HEAD\n", .conflictMarker, 2, 1),
      ("{ <<<<<<< HEAD\n", .unexpectedCharacter("<", expected: .nameOrEnd), 1, 3),
      ("[1 2]", .unexpectedCharacter("2", expected: .commaOrEnd), 1, 4),
      ("[1}", .unexpectedCharacter("}", expected: .commaOrEnd), 1, 3),
      ("{} x", .unexpectedCharacter("x", expected: .endOfText), 1, 4),
      ("[\"é\",漢]", .unexpectedCharacter("漢", expected: .value), 1, 6),
      ("\u{FEFF}\u{FEFF}1", .unexpectedCharacter("\u{FEFF}", expected: .value), 1, 1),
      ("<html>", .unexpectedCharacter("<", expected: .value), 1, 1),
      ("nul!", .unexpectedCharacter("n", expected: .value), 1, 1),
      ("\r\n\r\n  01", .invalidNumber, 3, 3), ("1.", .invalidNumber, 1, 1),
      ("-", .invalidNumber, 1, 1),
      ("1e+", .invalidNumber, 1, 1), ("[\"\\x\"]", .invalidEscape, 1, 3),
      ("\"\\u12G4\"", .invalidEscape, 1, 2), ("\"a\nb\"", .controlCharacter("\n"), 1, 3),
    ] as [(String, JSONError.Reason, Int, Int)])
  func errors(text: String, reason: JSONError.Reason, line: Int, column: Int) {
    let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: text) }
    #expect(error?.reason == reason)
    #expect(error?.line == line)
    #expect(error?.column == column)
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22],
      [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xE0, 0x80, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xF0, 0x9F],
      [0x22, 0xE2, 0x82], [0xFF, 0xFE], [0x22, 0x80, 0x22],
    ] as [[UInt8]])
  func invalidUTF8(bytes: [UInt8]) {
    let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: bytes) }
    #expect(error?.reason == .invalidUTF8)
  }

  @Test func limits() throws {
    let nested = String(repeating: "[", count: 2_000_000)
    #expect(throws: JSONError.self) { try JSONDocument(parsing: nested) }
    let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
    #expect(try parse(deep).kind == .array)
    let reasons = [
      (JSONLimits(bytes: 4), JSONError.Reason.tooLarge(limit: 4)),
      (JSONLimits(values: 3), .tooManyValues(limit: 3)), (JSONLimits(depth: 1), .tooDeep(limit: 1)),
    ]
    for (limits, reason) in reasons {
      let error = #expect(throws: JSONError.self) {
        try JSONDocument(parsing: "[1,2,[3]]", limits: limits)
      }
      #expect(error?.reason == reason)
    }
  }

  /// Every text cut at every byte is an error, not a trap, and never a value.
  @Test func everyPrefixIsAnError() throws {
    let text = Array(#"{"a":[1.5e3,"\ud83d\ude00é",true,null,{"b":-Infinity}]}"#.utf8)
    for end in text.indices {
      #expect(throws: JSONError.self) { try JSONDocument(parsing: Array(text[..<end])) }
    }
  }

  @Test func writing() throws {
    var json = JSONWriter()
    json.beginObject()
    json.member("type", "ref")
    json.member("url", nil as String?)
    json.member("widget_idx", 3)
    json.member("confidence", 0.5)
    json.member("uncertain", true)
    json.member("sources", ["a", "b"])
    json.name("nodes")
    json.beginArray()
    json.beginObject()
    json.endObject()
    json.null()
    json.value(Double.nan)
    json.endArray()
    json.endObject()
    #expect(
      json.text
        == #"{"type":"ref","widget_idx":3,"confidence":0.5,"uncertain":true,"sources":["a","b"],"nodes":[{},null,null]}"#
    )
    #expect(try parse(json.text)["sources"]?[1]?.string == "b")
  }

  @Test(arguments: [
    "", "plain", "\"quoted\\\"", "\0\u{1}\u{1B}[31m\n\r\t\u{7F}\u{9B}", "é漢😀e\u{301}",
    "\u{2028}\u{2029}\u{202E}\u{2066}\u{FEFF}", "</script>",
  ])
  func writtenStringsReadBack(text: String) throws {
    var json = JSONWriter()
    json.value(text)
    #expect(try parse(json.text).string.map { Array($0.utf8) } == Array(text.utf8))
    #expect(!json.bytes.contains { $0 < 0x20 || $0 == 0x7F })
    for scalar in ["\u{9B}", "\u{202E}", "\u{2028}"] as [Unicode.Scalar] {
      #expect(!json.text.unicodeScalars.contains(scalar))
    }
  }
}
