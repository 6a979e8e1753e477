import Testing

@testable import Plumbing

@Suite struct SafeTextTests {
  @Test(arguments: [
    ("plain.safetensors", "plain.safetensors"), ("with space", "with space"),
    ("名前/墨絵", "名前/墨絵"), ("tab\there", "\"tab\\there\""), ("a\\b", "\"a\\\\b\""),
    ("say \"hi\"", "\"say \\\"hi\\\"\""), ("line\nbreak", "\"line\\nbreak\""),
    ("bell\u{7}", "\"bell\\a\""), ("esc\u{1B}[2J", "\"esc\\033[2J\""),
    ("rtl\u{202E}txt", "\"rtl\\342\\200\\256txt\""), ("", ""),
    ("a\u{200B}b", "\"a\\342\\200\\213b\""), ("\u{FEFF}a", "\"\\357\\273\\277a\""),
    ("\u{3164}", "\"\\343\\205\\244\""), ("👩‍👩‍👧", "👩‍👩‍👧"),
  ])
  func fieldsAreQuotedAsGitQuotesPaths(_ text: String, _ expected: String) {
    #expect(SafeText.quoted(text) == expected)
  }

  @Test(arguments: [
    ("plain name.safetensors", "plain name.safetensors"),
    ("a\tb\nc\rd", #"a\tb\nc\rd"#),
    ("a\r\nb", #"a\r\nb"#),
    ("\u{1b}[31mred\u{1b}[0m", #"\x1b[31mred\x1b[0m"#),
    ("\u{1b}]0;title\u{7}", #"\x1b]0;title\x07"#),
    ("\u{0}\u{7f}", #"\x00\x7f"#),
    ("\u{9b}2J", #"\u{9b}2J"#),
    ("cod\u{202e}sj.exe", #"cod\u{202e}sj.exe"#),
    ("\u{2066}x\u{2069}\u{200f}\u{61c}", #"\u{2066}x\u{2069}\u{200f}\u{61c}"#),
    ("a\u{2028}b\u{2029}c", #"a\u{2028}b\u{2029}c"#),
    ("\u{feff}a\u{200b}b\u{ad}", #"\u{feff}a\u{200b}b\u{ad}"#),
    ("\u{e0041}", #"\u{e0041}"#), ("\u{3164}a\u{2800}", #"\u{3164}a\u{2800}"#),
    ("a\u{200d}\u{200c}b\u{fe0f}", #"a\u{200d}\u{200c}b\u{fe0f}"#),
    ("\u{fffe}", #"\u{fffe}"#),
    ("墨絵 ink é 👩‍👩‍👧 می‌خواهم", "墨絵 ink é 👩‍👩‍👧 می‌خواهم"),
    (#"sdxl\base.safetensors"#, #"sdxl\base.safetensors"#),
    ("", ""),
  ])
  func whatActsOnATerminalIsMadeVisible(_ foreign: String, _ expected: String) {
    #expect(SafeText.escaped(foreign) == expected)
  }

  @Test func noControlCharacterIsLeft() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = SafeText.escaped(String(scalar))
      let isSafe = text.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && $0.properties.isBidiControl == false
      }
      #expect(isSafe, "U+\(String(value, radix: 16))")
    }
  }

  @Test func heapsOfMarksAreCut() {
    let heap = "e" + String(repeating: "\u{301}", count: 10_000) + "x"
    let cut = "e" + String(repeating: "\u{301}", count: 8) + "\u{fffd}x"
    #expect(Array(SafeText.escaped(heap).unicodeScalars) == Array(cut.unicodeScalars))
  }

  /// Sounds of Hangul in pieces, and emoji that are joined, are drawn over one another as marks are.
  @Test(arguments: ["\u{1161}", "\u{d7b0}", "\u{200d}", "\u{20dd}", "\u{fe0f}"])
  func heapsOfOthersAreCutToo(_ scalar: Unicode.Scalar) {
    let heap = "墨" + String(repeating: Character(scalar), count: 100)
    #expect(SafeText.escaped(heap).unicodeScalars.count == 1 + 8 + 1)
  }
}
