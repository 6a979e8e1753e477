import Testing

@testable import ComfyCore

/// The expressions in node maps.
@Suite struct NodeNamePatternTests {
  @Test(
    "a pattern is found anywhere in the name",
    arguments: [
      ("HYPIR", "Load HYPIR model"), ("^ttN ", "ttN text"), (#"\(BillBum\)$"#, "Any (BillBum)"),
      ("a|b", "xbx"), ("^(?:ab|cd)+$", "abcdab"), ("^(?P<name>x)y$", "xy"), ("^a{2,3}$", "aaa"),
      (#"^\w+\s\d$"#, "Größe 7"), (#"\bword\b"#, "a word here"), ("(?i)^KSÄ", "ksä"),
      ("^(a*)*$", "aaa"), ("^x$", "x\n"), ("a(?=b)", "ab"),
    ])
  func fits(pattern: String, name: String) {
    #expect(NodeNamePattern(pattern).fits(name))
  }

  @Test(
    "a pattern that does not fit, or that is not valid",
    arguments: [
      ("^ttN ", "xttN "), (#"\(mtb\)$"#, "(mtb) Any"), ("^a{2,3}$", "aaaa"), ("^[^a]$", "a"),
      (".", "\n"), ("ABC", "abc"), ("(unclosed", "(unclosed"), ("a)", "a)"), ("[a", "[a"),
      ("*a", "*a"), ("a{3,2}", "aaa"), (String(repeating: "a?", count: 300), "a"),
    ])
  func doesNotFit(pattern: String, name: String) {
    #expect(!NodeNamePattern(pattern).fits(name))
  }

  @Test(
    "no pattern takes for ever",
    arguments: [
      #"^(\w+\s?)+$"#, "^(a|a)*$", "^(a*)*b$", "(.*)(.*)(.*)(.*)(.*)(.*)x",
      "^(([a-z])+.)+[A-Z]([a-z])+$", "(((((){999}){999}){999}){999})x",
      String(repeating: "(", count: 200) + "x" + String(repeating: ")", count: 200),
    ])
  func isBounded(pattern: String) {
    let name = String(repeating: "a", count: 500) + "!!"
    #expect(!NodeNamePattern(pattern).fits(name))
  }
}
