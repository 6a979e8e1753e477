import Testing

@testable import ComfyCore

@Suite("Commit messages")
struct CommitMessageTests {
  @Test(
    "subjects",
    arguments: [
      (CommitMessage(action: "init"), "comfy: init"),
      (
        CommitMessage(action: "add-intent", workflows: ["default"], models: ["a.sft"]),
        "comfy: add intent for a.sft (default)"
      ),
      (
        CommitMessage(action: "add-intent", workflows: ["x", "y"], models: ["a", "b", "c"]),
        "comfy: add intent for 3 models (2 workflows)"
      ),
      (
        CommitMessage(action: "set-hash", workflows: ["d"], models: ["a"]),
        "comfy: set hash of a (d)"
      ),
      (
        CommitMessage(action: "set-criticality", models: ["a"]), "comfy: set criticality of a"
      ),
      (CommitMessage(action: "drop-model", models: ["a: b"]), "comfy: drop a: b"),
      (
        CommitMessage(action: "add-intent", models: [String(repeating: "é", count: 500)]),
        "comfy: add intent for \(String(repeating: "é", count: 28))…"
      ),
      (
        CommitMessage(action: "undo", workflows: ["\u{9B}2J\n"], models: ["\u{1B}[31m"]),
        #"comfy: undo "\033[31m" ("\302\2332J\n")"#
      ),
    ])
  func subject(message: CommitMessage, expected: String) {
    #expect(message.subject == expected)
  }

  @Test("a batch lists its models")
  func batch() {
    let message = CommitMessage(action: "add-intent", workflows: ["w"], models: ["a", "b"])
    #expect(
      message.rendered == """
        comfy: add intent for 2 models (w)

        - a
        - b

        Comfy-Action: add-intent
        Comfy-Workflow: w
        Comfy-Model: a
        Comfy-Model: b

        """)
  }

  @Test("a long batch is cut, in list and trailers")
  func longBatch() {
    let message = CommitMessage(
      action: "add-intent", models: (0..<5000).map { "\($0)" + String(repeating: "x", count: 5000) }
    )
    #expect(message.rendered.contains("\n- … 4980 more\n"))
    #expect(CommitMessage(parsing: message.rendered)?.models.count == 200)
    #expect(message.rendered.utf8.count < 1 << 18)
  }

  @Test(
    "what is rendered is read back",
    arguments: [
      "plain.safetensors", "with: colon", " outer ", "", "tab\tnewline\nreturn\r", "\"quoted\"",
      #"back\slash"#, "\u{0}\u{1}\u{7F}\u{85}\u{2028}", "日本語.sft", "---", "# comment",
      "Signed-off-by: me", "e\u{301}",
    ])
  func roundTrip(name: String) throws {
    let id = try #require(ObjectID(String(repeating: "0a", count: 20)))
    let message = CommitMessage(
      action: "add-intent", workflows: [name, "w"], models: [name, name], undoes: [id])
    #expect(CommitMessage(parsing: message.rendered) == message)
    #expect(message.rendered.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
  }

  @Test(
    "trailers are read by git's rules",
    arguments: [
      ("s\n\nComfy-Action: a\n", true), ("s\n\ncomfy-action:a\nSigned-off-by: x\n", true),
      ("s\n\nComfy-Action: a\n\nmore\n", false), ("Comfy-Action: a\n", false),
      ("s\n\nwe like\nComfy-Action: a\nvery\nmuch\nhere\n", false), ("", false),
    ])
  func reading(text: String, isOurs: Bool) {
    // `contains` is case-sensitive on purpose: it only spares other commits the reading.
    let found = CommitMessage(parsing: text)
    #expect((found != nil) == (isOurs && text.contains("Comfy-Action")))
  }

  @Test(
    "C quoting is undone only where it is sound",
    arguments: [
      (#""a\nb""#, "a\nb"), (#""\303\251""#, "é"), (#""\8""#, #""\8""#), (#""\303""#, #""\303""#),
      (#"""#, #"""#), (#"a"b"#, #"a"b"#), (#""a\"#, #""a\"#), (#""\400""#, #""\400""#),
    ])
  func unquoting(text: String, expected: String) {
    #expect(CQuoting.unquote(text) == expected)
  }
}

@Suite("Git dates")
struct GitDateTests {
  @Test(
    "git's forms",
    arguments: [
      ("1112926393 +0200", 1_112_926_393, 120), ("@1112926393 -0330", 1_112_926_393, -210),
      ("@0", 0, 0), ("@0 +0000", 0, 0), ("1112926393", 1_112_926_393, 0),
      ("100000000", 100_000_000, 0), ("@1099511627775", 1_099_511_627_775, 0),
      ("Thu, 7 Apr 2005 22:13:13 +0200", 1_112_904_793, 120),
      ("7 Apr 2005 22:13:13 GMT", 1_112_911_993, 0),
      ("Thu Apr 7 22:13:13 2005 +0200", 1_112_904_793, 120),
      ("2005-04-07T22:13:13Z", 1_112_911_993, 0),
      ("2005-04-07T22:13:13.999+02:00", 1_112_904_793, 120),
      ("2005-04-07 22:13:13 +0200", 1_112_904_793, 120), ("2005-04-07 22:13", 1_112_908_380, 60),
      ("2005.04.07 22:13:13", 1_112_908_393, 60), ("04/07/2005 22:13:13 -05", 1_112_929_993, -300),
      ("07.04.2005 22:13:13 UTC", 1_112_911_993, 0), ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
      // The first and the last of everything.
      ("1970-01-01T00:00:00Z", 0, 0),
      ("2000-02-29 12:00:00 +1400", 951_775_200, 840),
      ("2100-03-01T23:59:60Z", 4_107_628_800, 0),
      ("Fri, 31 Dec 1999 00:00:00 -0059", 946_601_940, -59),
      ("1 Jan 2001 00:00 Z", 978_307_200, 0),
      ("2005 Apr 7 22:13:13 UTC", 1_112_911_993, 0),
      ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
    ])
  func reads(text: String, seconds: Int64, zone: Int) {
    #expect(
      GitDate.parse(text, localZone: 60) == Timestamp(seconds: seconds, zoneOffset: zone))
  }

  @Test(
    "nothing else",
    arguments: [
      "", "now", "yesterday", "12345", "99999999",
      "@1099511627776", "@", "@-1", "2005-13-07 00:00", "2005-04-07 25:00",
      "2005-04-07T22:13:13+99:00", "@99999999999999999999 +0000", "1 2 3 4 5", "Apr 7 22:13:13",
      "2005-04-07T:", "2005-04-07 ::", "--", "1969-12-31T23:59:59Z", "2005-00-07 00:00",
      "2005-04-00 00:00", "2005-04-32 00:00", "2005-04-07 24:00", "2005-04-07 22:60",
      "2005-04-07 22:13:61", "2005-04-07 22:13 +1500", "2005-04-07 22:13 +0060",
      "7 4 Apr 2005 22:13", "2005-04-07 22", "Apr 2005 22:13", "1112926393 2005",
      "2005/04-07 22:13",
    ])
  func refuses(text: String) {
    #expect(GitDate.parse(text, localZone: 60) == nil)
  }
}
