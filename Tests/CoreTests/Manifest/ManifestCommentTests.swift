import Testing

@testable import ComfyCore

/// Comments inside what is edited.
@Suite("Comments in lists")
struct ManifestCommentTests {
  /// An entry with these sources, as they are written.
  private static func text(_ sources: String) -> String {
    "[[tool.comfydock.workflows.w.models]]\nfilename = \"m\"\ncriticality = \"required\"\n"
      + "status = \"unresolved\"\nsources = \(sources)\n"
  }

  @Test(
    "a source that takes another's place leaves the comments of the list",
    arguments: [
      ("[ # s\n \"a\" # slow\n]", ["b"], "[ # s\n \"b\" # slow\n]"),
      ("[\n \"a\", # A\n \"b\", # B\n]", ["b", "a"], "[\n \"b\", # B\n \"a\",\n]"),
      ("[\n \"a\", # A\n \"b\", # B\n]", ["x", "b"], "[\n \"x\", # A\n \"b\", # B\n]"),
      ("[\n \"a\", # A\n \"b\", # B\n]", ["b", "x"], "[\n \"b\", # B\n \"x\",\n]"),
      ("[\n \"a\", # A\n \"b\", # B\n]", ["x", "y"], "[\n \"x\", # A\n \"y\", # B\n]"),
      (
        "[ # all\n \"a\", # A\n \"b\", # B\n \"c\" # C\n]", ["c", "x"],
        "[ # all\n \"c\", # C\n \"x\"\n]"
      ),
      (
        "[\n # first\n \"a\", # A\n # second\n \"b\", # B\n # end\n]", ["a"],
        "[\n # first\n \"a\", # A\n # end\n]"
      ),
      ("[\"a\", \"b\"]", ["b", "a"], "[\"b\", \"a\"]"),
      ("[\"a\", \"b\"]", ["c", "b", "a"], "[\"c\", \"b\", \"a\"]"),
    ])
  func sources(before: String, meant: [String], after: String) throws {
    let result = try ManifestEditTests.edit(Self.text(before)) {
      try $0.setSources(meant, for: .filename("m"), in: "w")
    }
    #expect(result == Self.text(after))
  }
}
