import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// The questions of `comfy resolve` on real terminals, screen by screen.
@Suite struct InteractiveScreenTests {
  /// Where the questions end at a width.
  struct Width: Sendable, CustomTestStringConvertible {
    let columns: Int
    /// Of the long questions; in narrow terminals the answer has a line of its own.
    let menu: String
    let confirm: String
    let start: String
    let edit: String

    var testDescription: String { "\(columns) columns" }
  }

  private static let widths = [
    Width(columns: 40, menu: "\n>", confirm: "\n>", start: "\n>", edit: "\n>"),
    Width(
      columns: 200, menu: "[?] help", confirm: "[?] help", start: "[?] help", edit: "[?] help"),
  ]

  @Test(arguments: widths)
  func everyAnswer(_ width: Width) throws {
    let project = try InteractiveProject()
    let sitting = try project.sit(columns: width.columns)
    for keys in ["x", "?", "2", "?", "s"] { try sitting.answer(width.menu, keys) }
    try sitting.answer(width.menu, "r")
    try sitting.answer("[b/q/?]:", "quite unlike")
    try sitting.answer("[b/q/?]:", "wash")
    for keys in ["a", "b", "d"] { try sitting.answer(width.menu, keys) }
    try sitting.answer("[b/q/?]:", "ftp://example.com/ink_v3.safetensors")
    try sitting.answer("[b/q/?]:", "")
    try sitting.answer(width.menu, "https://example.com/x/ink_v3.safetensors?token=abc")
    try sitting.answer(width.confirm, "m")
    try sitting.answer("]:", "../ink_v3.safetensors")
    try sitting.answer("]:", "vae/")
    try sitting.answer(width.confirm, "M")
    try sitting.answer("]:", "loras/inks/")
    try sitting.answer(width.confirm, "")
    try sitting.answer("[Y/n/o/s/b/q/?]", "n")
    try sitting.answer(width.menu, "b")
    try sitting.answer("[Y/n/o/s/b/q/?]", "b")
    try sitting.answer(width.menu, "k")
    try sitting.answer("[Y/n/o/s/b/q/?]", "o")
    try sitting.answer(width.menu, "s")
    try sitting.answer(width.start, "e")
    try sitting.answer(width.edit, "b")
    try sitting.answer(width.start, "l")
    #expect(try sitting.terminal.waitForEnd() == .exited(1))
    #expect(sitting.terminal.screen.unknown == [])
    try compare(sitting.terminal.screen.everything, "resolve-\(width.columns)-columns")
    #expect(
      try project.commits() == [
        "comfy: set hash of soft.safetensors (portrait)",
        "comfy: set hash of base.safetensors (portrait)",
        "comfy: add intent for ink_v3.safetensors (portrait)",
        "comfy: set criticality of flux.safetensors (portrait)",
      ])
  }

  /// Every reason for which an address may not do, and what can be done then.
  @Test(arguments: widths)
  func addressesThatDoNotDo(_ width: Width) throws {
    let project = try InteractiveProject()
    let sitting = try project.sit(columns: width.columns, rows: 60)
    try sitting.answer(width.menu, "o")
    try sitting.answer(width.menu, "d")
    for (url, answer) in [
      ("https://example.com/missing/ink_v3.safetensors", "x"), ("", "?"), ("", "r"), ("", "u"),
      ("https://huggingface.co/gated/b/resolve/main/ink_v3.safetensors", "u"),
      ("https://example.com/forbidden/ink_v3.safetensors", "u"),
      ("http://10.1.2.3/ink_v3.safetensors", "https://example.com/missing/ink.safetensors"),
      ("", "https://example.com/page/ink_v3.safetensors"), ("", "a"),
    ] {
      if !url.isEmpty { try sitting.answer("[b/q/?]:", url) }
      try sitting.answer(width.confirm, answer)
    }
    try sitting.answer(width.confirm, "b")
    try sitting.answer("[b/q/?]:", "https://huggingface.co/owner/b/resolve/main/ink.safetensors")
    try sitting.answer(width.confirm, "b")
    try sitting.answer("[b/q/?]:", "")
    try sitting.answer(width.menu, "q")
    #expect(try sitting.terminal.waitForEnd() == .exited(1))
    #expect(sitting.terminal.screen.unknown == [])
    try compare(sitting.terminal.screen.everything, "addresses-\(width.columns)-columns")
  }

  /// All models, in more pages than one, forth and back.
  @Test(arguments: widths)
  func pagesOfAllModels(_ width: Width) throws {
    let project = try InteractiveProject()
    for number in 1...12 {
      try project.write("lora \(number)", to: "models/loras/many/ink_study_\(number).safetensors")
    }
    _ = try project.sandbox.run("comfy", "update-index")
    let sitting = try project.sit(columns: width.columns, rows: 20)
    for keys in ["o", "a", "", "n"] { try sitting.answer(width.menu, keys) }
    if width.columns < 60 {
      for keys in ["N", "p", "n", "x", ""] { try sitting.answer(width.menu, keys) }
      try sitting.answer(width.menu, "?")
    } else {
      try sitting.answer(width.menu, "p")
    }
    try sitting.answer(width.menu, "2")
    try sitting.answer(width.menu, "s")
    try sitting.answer("[Y/n/o/s/b/q/?]", "q")
    #expect(try sitting.terminal.waitForEnd() == .exited(1))
    #expect(sitting.terminal.screen.unknown == [])
    try compare(sitting.terminal.screen.everything, "pages-\(width.columns)-columns")
    #expect(
      try project.commits().last == "comfy: set hash of ink_study_1.safetensors (portrait)")
  }

  /// The overview of a batch in which some files are kept back.
  @Test(arguments: widths)
  func theOverviewTellsWhatWillNotWork(_ width: Width) throws {
    let project = try InteractiveProject()
    let sitting = try project.sit(columns: width.columns, rows: 60)
    try sitting.answer(width.menu, "https://huggingface.co/owner/b/resolve/main/base.ckpt")
    try sitting.answer(width.confirm, "")
    try sitting.answer(width.menu, "https://huggingface.co/gated/b/resolve/main/i.safetensors")
    try sitting.answer(width.confirm, "a")
    try sitting.answer(width.confirm, "")
    try sitting.answer("[Y/n/o/s/b/q/?]", "https://example.com/flux.safetensors")
    try sitting.answer(width.confirm, "")
    try sitting.answer(width.menu, "o")
    try sitting.answer(width.start, "e")
    try sitting.answer(width.edit, "3")
    try sitting.answer(width.edit, "l")
    try sitting.answer(width.start, "l")
    #expect(try sitting.terminal.waitForEnd() == .exited(1))
    try compare(sitting.terminal.screen.everything, "overview-\(width.columns)-columns")
    // Nothing was fetched.
    #expect(!project.server.requests.contains { $0.method == "GET" && $0["Range"] != "bytes=0-0" })
  }

  @Test func ctrlCWhileAServerIsAskedKeepsWhatWasAnswered() throws {
    let project = try InteractiveProject()
    let sitting = try project.sit(columns: 100)
    try sitting.answer(">", "1")
    try sitting.answer(">", "s")
    try sitting.answer(">", "https://example.com/slow/ink_v3.safetensors")
    try sitting.terminal.wait(for: "Asking example.com…")
    try sitting.terminal.type("\u{3}")
    #expect(try sitting.terminal.waitForEnd() == .exited(130))
    #expect(!sitting.terminal.screen.everything.contains("Asking"))
    #expect(!sitting.terminal.screen.everything.contains("cannot reach"))
    #expect(
      try project.commits() == [
        "comfy: set hash of soft.safetensors (portrait)",
        "comfy: set hash of base.safetensors (portrait)",
      ])
  }

  @Test func ctrlCBeforeTheOverviewKeepsTheIntents() throws {
    let project = try InteractiveProject()
    _ = try project.resolve(
      "--no-fetch", "--offline",
      answering: "o", "https://example.com/slow/ink_v3.safetensors", "y", "o", "o")
    let sitting = try project.sit(columns: 100)
    try sitting.terminal.wait(for: "Asking 127.0.0.1…")
    try sitting.terminal.type("\u{3}")
    #expect(try sitting.terminal.waitForEnd() == .exited(130))
    #expect(sitting.terminal.screen.everything.contains("1 to download"))
    #expect(!sitting.terminal.screen.everything.contains("Start?"))
  }

  /// The block of a download is drawn anew at each size, and leaves nothing behind.
  @Test func resizingWhileDownloading() throws {
    let project = try InteractiveProject { request in
      var reply = InteractiveProject.answer(to: request)
      if request.method == "GET" { reply.rate = 12_000 }
      return reply
    }
    _ = try project.resolve(
      "--no-fetch", answering: "o", "https://example.com/ink_v3.safetensors", "y", "o", "o")
    let sitting = try project.sit(columns: 100, rows: 20)
    try sitting.answer("[?] help", "y")
    let terminal = sitting.terminal
    for columns in [100, 40, 140, 60] {
      terminal.resize(columns: columns, rows: 20)
      try terminal.wait(for: "the block at \(columns) columns") { screen in
        let rows = screen.text.split(separator: "\n").suffix(3).map(String.init)
        guard rows.count == 3, rows[0].hasSuffix("y") else { return false }
        let isDrawn = rows[1].hasPrefix("in") && rows[2].hasPrefix("0 of 1")
        return isDrawn && rows.dropFirst().allSatisfy { $0.contains("/s") && $0.count < columns }
      }
    }
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.screen.unknown == [])
    // What another machine would lack comes behind.
    let shown = terminal.screen.everything.split(separator: "\n")
    let last = shown.lastIndex { $0.hasPrefix("portrait: ") } ?? shown.endIndex - 1
    let end = shown[...last].suffix(3)
    #expect(
      end.dropFirst() == [
        "✓ ink_v3.safetensors  48.8 KiB",
        "portrait: 1 on this machine, 1 fetched, 3 optional",
      ])
    #expect(end.first?.hasSuffix("y") == true)
  }

  /// Compares with `Tests/Fixtures/screens/NAME.txt`; `COMFY_SCREENS=record` writes it instead.
  private func compare(_ screen: String, _ name: String) throws {
    let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .appending("Fixtures/screens")
    let file = URL(fileURLWithPath: folder.appending(name + ".txt").string)
    // What follows the last count names files by their whole paths, and free space is the machine's.
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
    let end = lines.lastIndex { $0.hasPrefix("portrait: ") } ?? lines.endIndex - 1
    let stable =
      lines[...end]
      .map { $0.hasSuffix(" free") ? "  SPACE free" : $0 }.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["COMFY_SCREENS"] == "record" {
      try Data(stable.utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == stable)
  }

  @Test func ctrlCKeepsWhatWasAnswered() throws {
    let project = try InteractiveProject()
    let first = try project.sit(columns: 100)
    try first.answer(">", "2")
    try first.answer(">", "\u{3}", returning: false)
    #expect(try first.terminal.waitForEnd() == .exited(130))
    let end = "stopped; what was answered is kept: run 'comfy resolve portrait' to continue"
    #expect(first.terminal.screen.everything.hasSuffix(end))
    let commits = try project.commits()
    #expect(commits.count == 2)

    let second = try project.sit(columns: 100)
    try second.wait(for: ">")
    #expect(
      second.terminal.screen.text.hasPrefix(
        "portrait: 5 models: 1 decided earlier, 4 to ask\n\n[1/4] base.safetensors is here, but not"
      ))
    try second.answer(">", "q")
    #expect(try second.terminal.waitForEnd() == .exited(1))
    #expect(try project.commits() == commits)
  }

  @Test func ctrlDStops() throws {
    let project = try InteractiveProject()
    let sitting = try project.sit(columns: 100)
    try sitting.answer(">", "https://127.0.0.1/base.safetensors")
    try sitting.answer(">", "\u{4}", returning: false)
    #expect(try sitting.terminal.waitForEnd() == .exited(1))
    #expect(try project.commits().count == 1)
    #expect(sitting.terminal.screen.everything.contains("stopped: run 'comfy resolve portrait'"))
  }

  @Test(arguments: [["CI": "true"], [:]])
  func nobodyIsAskedWhereNobodyAnswers(_ variables: [String: String]) throws {
    let project = try InteractiveProject(variables: variables)
    if variables.isEmpty {
      #expect(try project.sandbox.run("comfy", "resolve", "portrait.json").status == .exited(1))
    } else {
      let sitting = try project.sit(columns: 100)
      #expect(try sitting.terminal.waitForEnd() == .exited(1))
      #expect(!sitting.terminal.screen.everything.contains("[1/4]"))
    }
  }

  @Test func plainTerminalsGetPlainText() throws {
    let project = try InteractiveProject(variables: ["NO_COLOR": "1", "LC_ALL": "C"])
    let sitting = try project.sit(columns: 100)
    try sitting.answer(">", "q")
    _ = try sitting.terminal.waitForEnd()
    #expect(
      sitting.terminal.bytes.allSatisfy { $0 < 0x7f && ($0 >= 0x20 || $0 == 0x0a || $0 == 0x0d) })
  }

  @Test func aFileThatIsGoneIsSaidAndAskedAgain() throws {
    let project = try InteractiveProject()
    let sitting = try project.sit(columns: 200)
    try sitting.wait(for: "[?] help")
    try project.delete("models/vae/sdxl_vae.safetensors")
    for keys in ["1", "s", "a", "7"] { try sitting.answer("[?] help", keys) }
    try sitting.answer("[?] help", "q")
    #expect(try sitting.terminal.waitForEnd() == .exited(1))
    let screen = sitting.terminal.screen.everything
    #expect(screen.contains(" 3.2 KiB  gone from disk"))
    #expect(screen.contains("please answer again"))
  }

  @Test func pagesFitTheTerminal() throws {
    let project = try InteractiveProject()
    for number in 10..<50 {
      try project.write("lora \(number)", to: "models/loras/many/l\(number).safetensors")
    }
    _ = try project.sandbox.run("comfy", "update-index")
    let sitting = try project.sit(columns: 200, rows: 20)
    for keys in ["2", "s", "a"] { try sitting.answer("help", keys) }
    try sitting.wait(for: "help")
    #expect(
      sitting.terminal.screen.text.contains(
        "All 47 models of this machine, page 1 of 4; 1-43 are in loras"))
    try sitting.answer("help", "")
    try sitting.wait(for: "help")
    #expect(sitting.terminal.screen.text.contains("page 2 of 4"))
    try sitting.answer("help", "p")
    try sitting.wait(for: "help")
    #expect(
      sitting.terminal.screen.text.hasSuffix("[N] next page  [b] back  [q] stop here  [?] help"))
    try sitting.answer("help", "48")
    for keys in ["47", "s"] { try sitting.answer("help", keys) }
    try sitting.answer("[Y/n/o/s/b/q/?]", "q")
    #expect(try sitting.terminal.waitForEnd() == .exited(1))
    #expect(sitting.terminal.screen.everything.contains("there is no number 48 here"))
    #expect(try project.commits().last == "comfy: set hash of sdxl_vae.safetensors (portrait)")
  }
}
