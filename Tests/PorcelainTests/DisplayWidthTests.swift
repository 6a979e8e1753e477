import CommandSupport
import Testing

@testable import Porcelain

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("墨絵", 4), ("ｆｕｌｌ", 8), ("ﾊﾝｶｸ", 4),
    ("한글", 4), ("\u{1112}\u{1161}\u{11ab}", 2), ("👍", 2), ("🇩🇪", 2), ("❤\u{fe0f}", 2), ("❤", 1),
    ("กำ", 2), ("…", 1), ("a\u{200d}", 1),
  ])
  func columns(_ text: String, _ expected: Int) {
    #expect(text.columns == expected)
  }

  /// The C library has a table of its own: it must agree wherever it knows a scalar
  /// (signs of format never reach a terminal), but for a mark or two that another version moved.
  @Test func agreesWithTheCLibrary() {
    var differing: [String] = []
    for value in UInt32(0x20)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), let expected = CharacterWidth.columns(scalar),
        scalar.properties.generalCategory != .format
      else { continue }
      if scalar.columns != expected { differing.append(String(value, radix: 16)) }
    }
    #expect(differing.count < 4, "\(differing.count): \(differing.prefix(300))")
  }

  @Test(arguments: 0...40)
  func shortenedFits(_ columns: Int) {
    for name in [
      "juggernautXL_v9Rundiffusionphoto2.safetensors", "墨絵風スタイル-二〇二四年版.safetensors",
      "no-extension-at-all-but-very-long", "x.a-very-long-extension-that-is-none-at-all",
      "👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧.bin", "a",
    ] {
      for ellipsis in ["…", "..."] {
        let short = name.shortened(to: columns, ellipsis: ellipsis)
        #expect(short.columns <= columns)
        if name.columns <= columns { #expect(short == name) }
      }
    }
  }

  /// Where there is little room it goes to the name, and the extension gives way.
  @Test func shortenedGivesUpTheExtensionFirst() {
    let name = "juggernautXL_v9Rundiffusionphoto2"
    for columns in 1..<20 {
      #expect(
        "\(name).safetensors".shortened(to: columns, ellipsis: "…")
          == name.shortened(to: columns, ellipsis: "…"))
    }
    #expect("wan_2.1.pt".shortened(to: 8, ellipsis: "…") == "wan_2.1")
    #expect("wan_2.1.part".shortened(to: 8, ellipsis: "…").hasSuffix("part"))
  }

  @Test func shortenedKeepsTheExtension() {
    let name = "juggernautXL_v9Rundiffusionphoto2.safetensors"
    #expect(
      name.shortened(to: 30, ellipsis: "…")
        == "juggernautXL_v…oto2.safetensors".shortened(to: 30, ellipsis: "…"))
    #expect(
      name.shortened(to: 24, ellipsis: "…")
        == "juggerna…oto2.safetensors".shortened(to: 24, ellipsis: "…"))
    for columns in 24...44 {
      #expect(name.shortened(to: columns, ellipsis: "…").hasSuffix(".safetensors"))
    }
  }

  @Test func startAndEndByColumns() {
    #expect("墨絵ab".prefix(columns: 3) == "墨")
    #expect("墨絵ab".suffix(columns: 3) == "ab")
    #expect("墨絵ab".suffix(columns: 4) == "絵ab")
    #expect("abc".prefix(columns: -1) == "")
  }
}
