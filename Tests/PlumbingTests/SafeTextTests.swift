import Testing

@testable import Plumbing

@Suite struct SafeTextTests {
  @Test(arguments: [
    ("plain.safetensors", "plain.safetensors"), ("with space", "with space"),
    ("名前/墨絵", "名前/墨絵"), ("tab\there", "\"tab\\there\""), ("a\\b", "\"a\\\\b\""),
    ("say \"hi\"", "\"say \\\"hi\\\"\""), ("line\nbreak", "\"line\\nbreak\""),
    ("bell\u{7}", "\"bell\\a\""), ("esc\u{1B}[2J", "\"esc\\033[2J\""),
    ("rtl\u{202E}txt", "\"rtl\\342\\200\\256txt\""), ("", ""),
  ])
  func fieldsAreQuotedAsGitQuotesPaths(_ text: String, _ expected: String) {
    #expect(SafeText.quoted(text) == expected)
  }

  @Test func nothingSteersATerminal() {
    #expect(SafeText.escaped("a\u{1B}]0;x\u{7}b") == "a\\u{1b}]0;x\\u{7}b")
    #expect(SafeText.escaped("plain") == "plain")
  }
}
