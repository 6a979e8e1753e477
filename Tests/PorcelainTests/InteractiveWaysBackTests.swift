import CommandSupport
import Foundation
import TestServer
import Testing

/// `b` leads back and `q` ends at every question of `comfy resolve`.
@Suite struct InteractiveWaysBackTests {
  /// The answers that lead to a question, and answers that lead on from it after `b`.
  struct Place: Sendable, CustomTestStringConvertible {
    let name: String
    let answers: [String]
    /// What is shown after `b`.
    let after: String

    var testDescription: String { name }
  }

  private static let url = "https://example.com/ink_v3.safetensors"

  static let places: [Place] = {
    let all = ["o", url, "y", "o", "o"]
    return [
      Place(name: "the first", answers: [], after: "This is the first question."),
      Place(name: "the second", answers: ["o"], after: "Answered before: optional"),
      Place(name: "place of a pick", answers: ["1"], after: "Answered before: it is "),
      Place(name: "search", answers: ["r"], after: "Which one is base.safetensors?"),
      Place(name: "all models", answers: ["a"], after: "Which one is base.safetensors?"),
      Place(name: "URL", answers: ["d"], after: "Which one is base.safetensors?"),
      Place(name: "download", answers: [url], after: "URL [b/q/?]: "),
      Place(name: "path", answers: [url, "m"], after: "Is that right?"),
      Place(
        name: "URL that does not do", answers: ["https://example.com/missing/i.safetensors"],
        after: "Which one is base.safetensors?"),
      Place(name: "one candidate", answers: ["o", "o"], after: "Answered before: optional"),
      Place(name: "overview", answers: all, after: "Answered before: optional"),
      Place(name: "drop one", answers: all + ["e"], after: "Start?"),
    ]
  }()

  private func run(_ answers: [String]) throws -> CommandResult {
    let project = try InteractiveProject()
    var command = project.sandbox.command("comfy", "resolve", "--interactive", "portrait.json")
    command.input = .bytes(Array(answers.map { $0 + "\n" }.joined().utf8))
    let result = try command.run()
    #expect(result.status == .exited(1))
    #expect(!result.errorText.contains("is not an answer here"), "\(result.errorText)")
    #expect(result.errorText.hasSuffix("' to continue\n"))
    return result
  }

  @Test(arguments: places)
  func qEnds(_ place: Place) throws {
    // What would be asked next is not asked.
    let result = try run(place.answers + ["q", "o", "o", "o", "o"])
    #expect(result.errorText.contains("stopped"))
  }

  @Test(arguments: places)
  func bLeadsBack(_ place: Place) throws {
    let here = try run(place.answers + ["q"]).errorText
    let back = try run(place.answers + ["b", "q"]).errorText
    let shown = here.components(separatedBy: place.after).count
    #expect(back.components(separatedBy: place.after).count == shown + 1, "\(back)")
  }
}
