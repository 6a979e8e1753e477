import Testing

@testable import Porcelain

@Suite struct MenuTests {
  enum Pick: Sendable, Equatable {
    case number(Int)
    case download, optional, skip
  }

  static let options = [
    MenuOption("d", "download from URL", help: "give an address", Pick.download),
    MenuOption("o", "optional", help: "the workflow may lack it", .optional),
    MenuOption("s", "skip", help: "ask again next time", .skip),
  ]

  static let menu = Menu(options, default: "1", numbers: 3) { .number($0) }

  private func picked(_ line: String, in menu: Menu<Pick> = menu) -> Pick? {
    if case .chosen(let pick) = menu.decision(for: line) { pick } else { nil }
  }

  @Test(
    arguments: [
      ("d", .download), (" D ", .download), ("Optional", .optional),
      ("download from url", .download),
      ("2", .number(2)), ("3", .number(3)), ("03", .number(3)), ("", .number(1)),
      ("  ", .number(1)),
      ("\t", .number(1)),
    ] as [(String, Pick)])
  func takes(_ line: String, _ expected: Pick) {
    #expect(picked(line) == expected)
  }

  @Test(arguments: [
    "x", "0", "4", "99999999999999999999999", "-1", "1.5", "dd", "d 1", "\u{1b}[A", "１", "٣",
  ])
  func refuses(_ line: String) {
    guard case .refused(let reason) = Self.menu.decision(for: line) else {
      Issue.record("taken: \(line)")
      return
    }
    #expect(!reason.plain.contains("\u{1b}"))
  }

  @Test func saysWhatIsAllowed() {
    guard case .refused(let reason) = Self.menu.decision(for: "x") else {
      Issue.record("taken")
      return
    }
    #expect(reason.plain == "'x' is not an answer here; please answer with 1-3, d, o, s or ?")
  }

  @Test func anEmptyLineNeedsADefault() {
    let menu = Menu(Self.options)
    #expect(picked("", in: menu) == nil)
    #expect(picked("1", in: menu) == nil)
    #expect(picked("1", in: Menu(Self.options, numbers: 0) { .number($0) }) == nil)
    #expect(picked("1", in: Menu(Self.options, numbers: -2) { .number($0) }) == nil)
    #expect(picked("1", in: Menu(Self.options, numbers: 1) { .number($0) }) == .number(1))
  }

  @Test func helpNamesEveryAnswer() {
    guard case .help = Self.menu.decision(for: " ? ") else {
      Issue.record("no help")
      return
    }
    #expect(
      Self.menu.help().map(\.plain) == [
        "  1-3     take the one with this number", "  d       give an address",
        "  o       the workflow may lack it", "  s       ask again next time",
        "  Return  the same as 1",
      ])
  }

  @Test func hints() {
    #expect(
      Self.menu.hint.plain == "[1-3] pick  [d] download from URL  [o] optional  [s] skip  [?] help")
    let brief = Menu(
      [
        MenuOption("y", "yes", help: "", true), MenuOption("n", "no", help: "", false),
      ], default: "y", form: .brief)
    #expect(brief.hint.plain == "[Y/n/?]")
    #expect(
      Self.menu.wrappedHint(columns: 39).plain
        == "  [1-3] pick  [d] download from URL\n  [o] optional  [s] skip  [?] help")
    #expect(Self.menu.wrappedHint(columns: 1).plain.split(separator: "\n").count == 5)
  }
}
