import Testing

@testable import Porcelain

@Suite struct StyledTextTests {
  @Test func interpolatedTextIsMadeSafe() {
    let name = "a\u{1b}[2J\nb"
    let text: StyledText = "file '\(name, .strong)' is \(3) long\n"
    #expect(text.plain == "file 'a\\x1b[2J\\nb' is 3 long\n")
    #expect(
      text.rendered(usesColor: true)
        == "file '\u{1b}[1ma\\x1b[2J\\nb\u{1b}[0m' is 3 long\n")
    #expect(text.rendered(usesColor: false) == text.plain)
  }

  @Test func cutsAcrossStyles() {
    let text: StyledText = "ab\("cd", .bad)ef"
    #expect(text.truncated(to: 6, ellipsis: "…").plain == "abcdef")
    #expect(text.truncated(to: 5, ellipsis: "…").plain == "abcd…")
    #expect(text.truncated(to: 4, ellipsis: "…").plain == "abc…")
    #expect(text.truncated(to: 2, ellipsis: "...").plain == "..")
    #expect(text.truncated(to: 0, ellipsis: "…").plain == "")
  }

  @Test func pads() {
    #expect(StyledText("墨").padded(to: 4).plain == "墨  ")
    #expect(StyledText("1").padded(to: 3, .trailing).plain == "  1")
    #expect(StyledText("long").padded(to: 2).plain == "long")
  }

  @Test func tableAligns() {
    var table = Table([
      Table.Column("NAME", isFlexible: true), Table.Column("SIZE", .trailing), Table.Column(""),
    ])
    table.append(["墨絵.safetensors", "1.0 GiB", "here"])
    table.append(["a", "12 B"])
    table.append(["a-very-long-name-that-must-give-way.safetensors", "9 B", "x"])
    #expect(
      table.lines(width: 40, ellipsis: "…").map(\.plain) == [
        "NAME                          SIZE",
        "墨絵.safetensors           1.0 GiB  here",
        "a                             12 B",
        "a-very-long-name-that-mu…      9 B  x",
      ])
    #expect(
      table.lines(width: nil, ellipsis: "…")[3].plain.hasPrefix(
        "a-very-long-name-that-must-give-way.safetensors"))
    #expect(table.lines(width: 1, ellipsis: "…").count == 4)
  }
}
