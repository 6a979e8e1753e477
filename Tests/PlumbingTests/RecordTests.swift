import Testing

@testable import Plumbing

/// Records as lines, in each of the forms.
@Suite struct RecordTests {
  static let kind = RecordKind(
    type: "test", fields: ["id", "count", "ratio", "sure", "names", "text"],
    columns: ["id", "count", "names", "text"])

  static func record(_ text: String) -> Record {
    Record(
      kind,
      [
        ("id", .text("7:1")), ("count", .integer(3)), ("ratio", .real(0.5)), ("sure", .truth(true)),
        ("names", .list([.text("a"), .text("b c")])), ("text", .text(text)),
      ])
  }

  @Test(arguments: [
    ("plain", "plain", "plain"), ("a b", "a b", "a b"), ("tab\t", "\"tab\\t\"", "tab\\t"),
    ("nul\0", "\"nul\\000\"", "nul\\u0000"), ("\"", "\"\\\"\"", "\\\""), ("\\", "\"\\\\\"", "\\\\"),
    ("墨", "墨", "墨"), ("", "", ""),
  ])
  func aField(_ text: String, quoted: String, json: String) throws {
    let record = Self.record(text)
    let format = try RecordFormat("%(text)|%(id)", for: Self.kind)
    #expect(format.line(of: record, quoting: true) == "\(quoted)|7:1")
    #expect(format.line(of: record, quoting: false) == "\(text)|7:1")
    #expect(
      record.json
        == #"{"type":"test","id":"7:1","count":3,"ratio":0.5,"sure":true,"names":["a","b c"],"#
        + "\"text\":\"\(json)\"}")
  }

  @Test(arguments: [
    ("%(id)", "7:1"), ("%(type) %(count)%%", "test 3%"), ("%(names)", "a b c"),
    ("%09%41%0a", "\tA\n"),
    ("%(ratio)%(sure)", "0.5true"), ("%", "%"), ("100% of %(id)", "100% of 7:1"), ("", ""),
    ("%zz", "%zz"),
  ])
  func aFormat(_ format: String, _ line: String) throws {
    #expect(
      try RecordFormat(format, for: Self.kind).line(of: Self.record("x"), quoting: true) == line)
  }

  @Test func formatsThatCannotBeRead() {
    #expect(throws: RecordFormat.SyntaxError.unclosed(format: "a %(id")) {
      try RecordFormat("a %(id", for: Self.kind)
    }
    #expect(throws: RecordFormat.SyntaxError.unknownField("nosuch", known: Self.kind.fields)) {
      try RecordFormat("%(nosuch)", for: Self.kind)
    }
  }

  @Test func absentFieldsAreAbsent() {
    let record = Record(Self.kind, [("id", .text("1")), ("text", nil), ("names", .texts([]))])
    #expect(record.json == #"{"type":"test","id":"1"}"#)
  }

  /// The columns of a default line are fields, the free text last.
  @Test(arguments: [
    RecordKind.reference, .stale, .match, .intent, .model, .scan, .node, .event, .failure,
  ])
  func columnsAreFields(kind: RecordKind) {
    #expect(kind.columns.allSatisfy(kind.fields.contains))
    #expect(Set(kind.fields).count == kind.fields.count, "\(kind.type)")
  }
}
