import Testing

@testable import ComfyCore

/// The expressions in node maps.
@Suite struct NodeNamePatternTests {
  @Test(
    "a pattern is found anywhere in the name",
    arguments: [
      ("HYPIR", "Load HYPIR model"), ("^ttN ", "ttN text"), (#"\(BillBum\)$"#, "Any (BillBum)"),
      ("a|b", "xbx"), ("^(?:ab|cd)+$", "abcdab"), ("^(?P<name>x)y$", "xy"), ("^a{2,3}$", "aaa"),
      ("^a{2}$", "aa"), ("^a{,2}b$", "aab"), ("^a{2,}$", "aaaa"), ("a{b}", "xa{b}"),
      (#"^\w+\s\d$"#, "Größe 7"), ("^[A-C_]+[^0-9]$", "AB_x"), (#"^[]\-a]+$"#, "]-a"),
      ("^.*?z$", "xyz"),
      (#"\bword\b"#, "a word here"), (#"\Bord"#, "word"), (#"^\x41B$"#, "AB"), ("(?i)^KSÄ", "ksä"),
      ("", "anything"), ("^()*x$", "x"), ("^(a*)*$", "aaa"), (#"\Ax\Z"#, "x"), ("^x$", "x\n"),
    ])
  func fits(pattern: String, name: String) {
    #expect(NodeNamePattern(pattern).fits(name))
  }

  @Test(
    "a pattern that does not fit, that is not valid, or that needs more than steps",
    arguments: [
      ("^ttN ", "xttN "), (#"\(mtb\)$"#, "(mtb) Any"), ("^a{2,3}$", "aaaa"), ("^[^a]$", "a"),
      (".", "\n"), ("^a.b$", "a\nb"), (#"\bor"#, "word"), (#"x\Z"#, "x\n"), ("ABC", "abc"),
      ("(unclosed", "(unclosed"), ("a)", "a)"), ("[a", "[a"), ("*a", "*a"), ("a**", "a"),
      ("a{3,2}", "aaa"), (#"(a)\1"#, "aa"), ("a(?=b)", "ab"), ("(?<!a)b", "b"), ("a++", "aa"),
      (#"\q"#, "q"), ("[b-a]", "b"), (#"\x4"#, "4"),
    ])
  func doesNotFit(pattern: String, name: String) {
    #expect(!NodeNamePattern(pattern).fits(name))
  }

  @Test(
    "no pattern takes for ever",
    arguments: [
      #"^(\w+\s?)+$"#, "^(a|a)*$", "^(a*)*b$", "(.*)(.*)(.*)(.*)(.*)(.*)x",
      "^(([a-z])+.)+[A-Z]([a-z])+$",
    ])
  func isBounded(pattern: String) {
    let name = String(repeating: "a", count: 500) + "!!"
    #expect(!NodeNamePattern(pattern).fits(name))
  }

  @Test(
    "a pattern that grows too large matches nothing",
    arguments: [
      "(x{1000}){1000}", "(((((){999}){999}){999}){999})x", "x{9999}",
      String(repeating: "(", count: 200) + "x" + String(repeating: ")", count: 200),
      String(repeating: "x?", count: 300),
    ])
  func isLimited(pattern: String) {
    #expect(!NodeNamePattern(pattern).fits("x"))
  }
}
