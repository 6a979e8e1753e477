import CommandSupport
import Foundation
import TestServer
import Testing

/// Whoever answers goes away at some question: what was decided until then is kept, nothing is
/// downloaded, and the program ends.
@Suite struct InteractiveEndTests {
  /// A question, the answers that lead to it, and what is in the record then.
  struct Question: Sendable, CustomTestStringConvertible {
    let name: String
    /// How each answer's prompt ends at 40 columns, and the answer.
    let answers: [(prompt: String, keys: String)]
    let prompt: String
    let commits: [String]

    var testDescription: String { name }
  }

  /// The end of a menu at 40 columns.
  private static let menu = "\n>"
  private static let url = "https://example.com/ink_v3.safetensors"

  private static let found = [
    "comfy: set hash of soft.safetensors (portrait)",
    "comfy: set hash of base.safetensors (portrait)",
  ]
  private static let decided =
    found + [
      "comfy: add intent for ink_v3.safetensors (portrait)",
      "comfy: set criticality of flux.safetensors (portrait)",
      "comfy: set criticality of zzz.pth (portrait)",
    ]

  static let questions: [Question] = {
    let first = [(prompt: menu, keys: "1"), (menu, "s")]
    let all = first + [(menu, url), (menu, "y"), ("[Y/n/o/s/b/q/?]", "o"), (menu, "o")]
    return [
      Question(name: "candidates", answers: [], prompt: menu, commits: Array(found.prefix(1))),
      Question(
        name: "place", answers: Array(first.prefix(1)), prompt: menu, commits: found),
      Question(name: "missing", answers: first, prompt: menu, commits: found),
      Question(
        name: "URL", answers: first + [(menu, "d")], prompt: "[b/q/?]:", commits: found),
      Question(
        name: "download", answers: first + [(menu, url)], prompt: menu, commits: found),
      Question(
        name: "path", answers: first + [(menu, url), (menu, "m")], prompt: "]:", commits: found),
      Question(
        name: "URL that does not do",
        answers: first + [(menu, "https://example.com/missing/ink_v3.safetensors")], prompt: menu,
        commits: found),
      Question(
        name: "search", answers: first + [(menu, "r")], prompt: "[b/q/?]:", commits: found),
      Question(name: "browse", answers: first + [(menu, "a")], prompt: menu, commits: found),
      Question(
        name: "one candidate", answers: first + [(menu, "o")], prompt: "[Y/n/o/s/b/q/?]",
        commits: found + ["comfy: set criticality of ink_v3.safetensors (portrait)"]),
      Question(name: "overview", answers: all, prompt: menu, commits: decided),
      Question(name: "drop one", answers: all + [(menu, "e")], prompt: menu, commits: decided),
    ]
  }()

  /// Sits down, and answers until that question is there.
  private func sit(
    in project: InteractiveProject, until question: Question, ignoringHangUp: Bool = false
  ) throws -> PseudoTerminal {
    let trap = ignoringHangUp ? "trap '' HUP; " : ""
    let command = project.sandbox.command(
      "sh", "-c", trap + "exec comfy resolve portrait.json")
    let sitting = try project.sit(columns: 40, at: command)
    for answer in question.answers { try sitting.answer(answer.prompt, answer.keys) }
    try sitting.wait(for: question.prompt)
    return sitting.terminal
  }

  private func check(_ project: InteractiveProject, at question: Question) throws {
    #expect(try project.commits() == question.commits)
    #expect(!project.server.requests.contains { $0.method == "GET" && $0["Range"] == nil })
    let state = try project.sandbox.run("git", "status", "--porcelain", "pyproject.toml")
    #expect(state.outputText.isEmpty)
  }

  @Test(arguments: questions)
  func theEndOfAPipe(_ question: Question) throws {
    let project = try InteractiveProject()
    var command = project.sandbox.command("comfy", "resolve", "--interactive", "portrait.json")
    command.input = .bytes(Array(question.answers.map { $0.keys + "\n" }.joined().utf8))
    let result = try command.run()
    #expect(result.status == .exited(1))
    #expect(result.errorText.hasSuffix("to continue\n"))
    try check(project, at: question)
  }

  @Test(arguments: questions)
  func ctrlD(_ question: Question) throws {
    let project = try InteractiveProject()
    let terminal = try sit(in: project, until: question)
    try terminal.type("\u{4}")
    #expect(try terminal.waitForEnd() == .exited(1))
    try check(project, at: question)
  }

  /// The window is closed.
  @Test(arguments: questions)
  func theTerminalGoesAway(_ question: Question) throws {
    let project = try InteractiveProject()
    let terminal = try sit(in: project, until: question)
    try terminal.hangUp()
    #expect(try terminal.waitForEnd() == .exited(130))
    try check(project, at: question)
  }

  /// The window is closed, and no signal tells: as below `nohup`.
  @Test(arguments: questions)
  func theTerminalGoesAwaySilently(_ question: Question) throws {
    let project = try InteractiveProject()
    let terminal = try sit(in: project, until: question, ignoringHangUp: true)
    try terminal.hangUp()
    #expect(try terminal.waitForEnd() == .exited(1))
    try check(project, at: question)
  }
}
