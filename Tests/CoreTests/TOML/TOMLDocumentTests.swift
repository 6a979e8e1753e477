import Testing

@testable import ComfyCore

/// The grammar, one case a line; the public suite has more where it is there.
@Suite("TOML document")
struct TOMLDocumentTests {
  @Test(arguments: [
    ("", 0), ("\u{FEFF}# only\r\n", 0), ("a = 1", 1), ("a.b.c = 1\na.b.d = 2", 1),
    ("\"a.b\" = 'x'\n'' = 1", 2), ("[a]\n[a.b]\n[c]", 2), ("[a.b]\n[a]\nx = 1", 1),
    ("[[a]]\n[a.b]\n[[a]]\n[a.b]", 1), ("a = [[1, 2], [\"x\",], # c\n]", 1),
    ("a = {b.c = 1, d = {}}", 1), ("a = 1979-05-27 07:32:00.5Z\nb = 07:32:00", 2),
    ("a = -0x", -1), ("a = 0xdead_beef\nb = 1e+6\nc = -inf", 3),
    ("a = \"\"\"\\\n   x\"\"\"\"\"", 1), ("a = 9223372036854775808", -1), ("a = 1\na = 2", -1),
    ("a = 1\n[a]", -1), ("[a]\n[a]", -1), ("a = {b = 1}\n[a.c]", -1), ("a = {b = 1,}", -1),
    ("a = {\nb = 1}", -1), ("a = [1 2]", -1), ("a = \"\\x41\"", -1), ("a = 01", -1),
    ("a = 2021-02-29", -1), ("a = \"x\ny\"", -1), ("a = 'x", -1), ("a", -1), ("= 1", -1),
    ("[a]]", -1), ("[[a]", -1), ("a = 1 b = 2", -1), ("a = 1\rb = 2", -1), ("a.b = 1\n[a]", -1),
    ("[a]\nb.c = 1\n[a.b]", -1), ("a = []\n[[a]]", -1), ("[[a]]\n[a]", -1),
  ])
  func readsOrRefuses(text: String, count: Int) throws {
    let bytes = Array(text.utf8)
    guard count >= 0 else {
      #expect(throws: TOMLError.self) { try TOMLDocument(parsing: bytes) }
      return
    }
    let document = try TOMLDocument(parsing: bytes)
    #expect(document.bytes == bytes)
    #expect(Array(document.children(of: TOMLDocument.root)).count == count)
  }

  @Test(arguments: [
    ("a = 1\nb = [1,\n  2 3]", TOMLError.Reason.expectedSeparator, 3, 5),
    ("a = \"\\q\"", .invalidEscape, 1, 6), ("[x]\na = 1\na = 2", .duplicateKey, 3, 1),
    ("é = 1", .expectedKey, 1, 1),
  ])
  func saysWhere(text: String, reason: TOMLError.Reason, line: Int, column: Int) {
    #expect(throws: TOMLError(reason: reason, line: line, column: column)) {
      try TOMLDocument(parsing: Array(text.utf8))
    }
  }

  /// Around the sizes from which keys are found by hash, and from which the hashes need more room.
  @Test(arguments: [8, 9, 31, 32, 33, 5_000])
  func everyKeyOfALargeTableIsFoundAndNoneTwice(count: Int) throws {
    let lines = (0..<count).map { "k\($0) = \($0)\n" }.joined()
    let text = "[a]\n" + lines + "[b]\n" + lines
    let document = try TOMLDocument(parsing: Array(text.utf8))
    for name in ["a", "b"] {
      let table = try #require(document.child(name, of: TOMLDocument.root))
      let values = (0..<count).map { document.child("k\($0)", of: table).flatMap(document.integer) }
      #expect(values == (0..<count).map { Int64($0) })
      #expect(document.child("k\(count)", of: table) == nil)
    }
    for number in [0, count / 2, count - 1] {
      let twice = Array((text + "k\(number) = 0\n").utf8)
      #expect(throws: TOMLError(reason: .duplicateKey, line: 2 * count + 3, column: 1)) {
        try TOMLDocument(parsing: twice)
      }
    }
  }

  @Test(arguments: ["", "'", "\"", "\\", "é"], [false, true])
  func whatIsQuotedIsReadAsItWas(beside: String, literal: Bool) throws {
    for byte in UInt8.min...UInt8.max {
      let text = "a\(Unicode.Scalar(byte))\(beside)"
      let line = TOMLText.key(text) + " = " + TOMLText.quoted(text, literal: literal)
      let document = try TOMLDocument(parsing: Array(line.utf8))
      #expect(
        document.child(text, of: TOMLDocument.root).flatMap(document.string) == text, "\(line)")
    }
  }

  @Test(arguments: [
    ("x = ", "[", ""), ("x = ", "{a=", ""), ("", "a.", "a = 1"), ("x = {", "a.", "a = 1}"),
  ])
  func endlessNestingIsRefused(lead: String, part: String, tail: String) {
    let text = lead + String(repeating: part, count: 100_000) + tail
    let error = #expect(throws: TOMLError.self) { try TOMLDocument(parsing: Array(text.utf8)) }
    #expect(error?.reason == .tooDeep)
  }

  @Test("edits that meet in the same bytes are refused; removals may meet")
  func editsThatMeet() {
    let bytes = Array("abcdef".utf8)
    var edits = TextEdits()
    edits.replace(1..<3, with: "X")
    edits.replace(3..<4, with: "Y")
    #expect(edits.applied(to: bytes).map { String(decoding: $0, as: UTF8.self) } == "aXYef")
    edits.replace(2..<5, with: "Z")
    #expect(edits.applied(to: bytes) == nil)
    var removals = TextEdits()
    removals.remove(1..<3)
    removals.remove(2..<5)
    removals.insert("X", at: 4)
    #expect(removals.applied(to: bytes).map { String(decoding: $0, as: UTF8.self) } == "aXf")
    removals.replace(4..<6, with: "Y")
    #expect(removals.applied(to: bytes) == nil)
    var outside = TextEdits()
    outside.insert("X", at: 7)
    #expect(outside.applied(to: bytes) == nil)
  }

  @Test func nothingTrapsOnBrokenBytes() {
    var random = SplitMix(seed: 7)
    let seeds = [
      "[a.b]\nc = \"x\\u00e9\" # c\r\n[[d]]\ne = [1, {f = 1979-05-27T07:32:00Z}]\n",
      "a = \"\"\"x\n\\\n \"\"\"\nb = '''y'''\n\"q\\t\".r = -1.5e3\n",
    ]
    for _ in 0..<20_000 {
      var bytes = Array((seeds.randomElement(using: &random) ?? "").utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { break }
      }
      if let document = try? TOMLDocument(parsing: bytes) { #expect(document.bytes == bytes) }
    }
  }
}
