import Testing

@testable import Porcelain

@Suite struct VisibleTextTests {
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
    ("\u{e0041}", #"\u{e0041}"#),
    ("\u{fffe}", #"\u{fffe}"#),
    ("墨絵 ink é 👩‍👩‍👧 می‌خواهم", "墨絵 ink é 👩‍👩‍👧 می‌خواهم"),
    (#"sdxl\base.safetensors"#, #"sdxl\base.safetensors"#),
    ("", ""),
  ])
  func escapes(_ foreign: String, _ expected: String) {
    #expect(visible(foreign) == expected)
  }

  @Test func noControlCharacterIsLeft() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = visible(String(scalar))
      let isSafe = text.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && $0.properties.isBidiControl == false
      }
      #expect(isSafe, "U+\(String(value, radix: 16))")
    }
  }

  @Test func heapsOfMarksAreCut() {
    let heap = "e" + String(repeating: "\u{301}", count: 10_000) + "x"
    let text = visible(heap)
    #expect(text.unicodeScalars.count == 1 + 8 + 1 + 1)
    #expect(text.columns == 3)
  }
}
