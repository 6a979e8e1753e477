import Testing

@testable import ComfyCore

/// Files in which both line ends occur: new lines end as their neighbours do.
@Suite("Mixed line ends")
struct ManifestLineEndTests {
  private static let entries = "tool.comfydock.workflows.w.models"

  /// Ends every line by CRLF.
  private static func crlf(_ text: String) -> String { text.replacing("\n", with: "\r\n") }

  /// An entry, then a row of another one.
  private static func section(_ id: String) -> String {
    ManifestEditTests.entry(entries, id, "m\(id)", end: "\n")
  }

  @Test("a new section ends its lines as the section above", arguments: [true, false])
  func section(isCRLF: Bool) throws {
    let first = isCRLF ? "[a]\n" : Self.crlf("[a]\n")
    let ended = isCRLF ? Self.crlf : { $0 }
    let result = try ManifestEditTests.edit(
      first + ended("\n" + Self.section("1") + "\n[b]\n") + (isCRLF ? "x = 1\n" : "x = 1\r\n")
    ) { $0.put(ManifestEditTests.intent("2", "m2"), in: "w") }
    #expect(
      result == first + ended("\n" + Self.section("1") + "\n" + Self.section("2") + "\n[b]\n")
        + (isCRLF ? "x = 1\n" : "x = 1\r\n"))
  }

  @Test("so do a new line of a section, of a list, and a new row")
  func lines() throws {
    let list = "[\r\n  \"https://e/a\",\r\n]"
    let text =
      "[a]\n[tool.comfydock.models]\r\n"
      + "\"\(ManifestEditTests.hash)\" = { filename = \"r\" }\r\n[[\(Self.entries)]]\n"
      + "filename = \"m\"\r\nsources = \(list)\r\n"
    let result = try ManifestEditTests.edit(text) {
      try $0.setSources(["https://e/a", "https://e/b"], for: .filename("m"), in: "w")
      try $0.setCriticality(.optional, for: .filename("m"), in: "w")
      let hash = try #require(ModelHash(ManifestEditTests.other))
      $0.put(
        ManifestModel(hash: hash, filename: "s", size: nil, relativePath: nil, category: nil))
    }
    #expect(
      result
        == text.replacing(
          "\"r\" }\r\n",
          with: "\"r\" }\r\n\"\(ManifestEditTests.other)\""
            + " = { filename = \"s\" }\r\n"
        )
        .replacing("\"m\"\r\n", with: "\"m\"\r\ncriticality = \"optional\"\r\n")
        .replacing("a\",\r\n", with: "a\",\r\n  \"https://e/b\",\r\n"))
  }
}
