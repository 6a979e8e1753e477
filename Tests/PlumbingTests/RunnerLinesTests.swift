import Testing

@testable import Plumbing

@Suite("Lines that the runner of GitHub Actions reads")
struct RunnerLinesTests {
  @Test(arguments: [
    ("plain: ::x", "plain: ::x"), ("::stop-commands::x", #":\x3astop-commands::x"#),
    ("  ::error::x", #"  :\x3aerror::x"#), ("\u{3000}::error::x", "\u{3000}:\\x3aerror::x"),
    ("a ##[add-mask]b", #"a ##\x5badd-mask]b"#), ("a ###[x", #"a ###\x5bx"#),
    ("a ##vso[task.complete]", #"a ##vso\x5btask.complete]"#),
    ("##teamcity[x", #"##teamcity\x5bx"#),
    ("#vso[x", "#vso[x"), ("##a b[x", "##a b[x"), ("##a##vso[x", #"##a##vso\x5bx"#),
    ("##v#so[x", "##v#so[x"),
    ("# #[x", "# #[x"), ("a\n::x", "a\n:\\x3ax"), ("a\r::x", "a\r:\\x3ax"),
    (###"{"name":"##[x"}"###, ###"{"name":"##\u005bx"}"###),
  ])
  func areMadeHarmless(_ text: String, _ expected: String) {
    var lines = RunnerLines()
    #expect(String(decoding: lines.harmless(text.utf8), as: UTF8.self) == expected)
  }

  @Test("in several pieces")
  func pieces() {
    var lines = RunnerLines()
    let pieces = [" :", ":x #", "#", "[y"].map { lines.harmless($0.utf8) }
    #expect(String(decoding: pieces.joined(), as: UTF8.self) == #" :\x3ax ##\x5by"#)
  }

  @Test(
    "where a runner reads",
    arguments: [
      (["GITHUB_ACTIONS": "true"], true), (["TF_BUILD": "True"], true),
      (["TEAMCITY_VERSION": "1"], true),
      (["CI": "1"], false),
    ])
  func runners(_ variables: [String: String], _ expected: Bool) {
    #expect(RunnerLines.areRead(given: variables) == expected)
  }

  @Test("a command of our own stays one; foreign words in it do not become another")
  func ownCommands() {
    var lines = RunnerLines()
    let line = lines.harmless("::error::'##[x'".utf8, isCommand: true)
    #expect(String(decoding: line, as: UTF8.self) == #"::error::'##\x5bx'"#)
  }
}
