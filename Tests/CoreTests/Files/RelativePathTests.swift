import Testing

@testable import ComfyCore

@Suite struct RelativePathTests {
  @Test(arguments: ["a", "a/b.safetensors", "a\\b", "a/..b/c", "名前/墨絵.safetensors", "C"])
  func accepts(_ text: String) throws {
    let path = try RelativePath(text)
    #expect(path.string == text.split(separator: "\\").joined(separator: "/"))
  }

  @Test(arguments: [
    "", "/a", "\\a", "a//b", "a/", "../a", "a/../b", "a/.", ".", "C:/a", "c:a", "a\u{0}b",
    "a\\..\\b", "//server/share",
  ])
  func refuses(_ text: String) {
    let error = #expect(throws: RelativePathError.self) { try RelativePath(text) }
    let unified = text.split(separator: "\\", omittingEmptySubsequences: false)
      .joined(separator: "/")
    switch error {
    case .empty: #expect(text.isEmpty)
    case .nulByte: #expect(text.contains("\0"))
    case .absolute(let shown):
      #expect(shown == unified)
      #expect(unified.hasPrefix("/") || unified.dropFirst().hasPrefix(":"))
    case .component(let shown): #expect(shown == unified)
    case .unportable, .withoutCategory, .hidden, .code, .notAModel, .deep:
      Issue.record("it is there already")
    case nil: break
    }
  }

  /// What is there may have any name; what is new has one that Windows takes.
  @Test(
    arguments: [
      ("CON.safetensors", "CON.safetensors"), ("loras/nul", "nul"), ("aux/a.pt", "aux"),
      ("loras/Com1.tar.pt", "Com1.tar.pt"), ("loras/lpt³ .pt", "lpt³ .pt"), ("a.pt.", "a.pt."),
      ("loras/style. /a.pt", "style. "), ("loras/a.pt ", "a.pt "), ("loras/d:a.pt", "d:a.pt"),
    ])
  func newFilesHaveNamesForWindows(_ text: String, _ part: String) throws {
    #expect(try RelativePath(text).string == text)
    #expect(throws: RelativePathError.unportable(text, part: part)) {
      try RelativePath(ofNewFile: text)
    }
  }

  @Test(arguments: [
    "loras/console.pt", "com10.pt", "loras/.hidden/a b.pt", "com0.pt", "a..b/1c:", "名前/墨絵.pt",
  ])
  func newFilesMayHaveAnyOtherName(_ text: String) throws {
    #expect(try RelativePath(ofNewFile: text).string == text)
  }

  @Test func partsAreNamed() throws {
    let path = try RelativePath("loras/style/ink.safetensors")
    #expect(path.filename == "ink.safetensors")
    #expect(path.folder == "loras")
    #expect(try RelativePath("ink.safetensors").folder == nil)
    #expect(try RelativePath("ink.safetensors").filename == "ink.safetensors")
    // A mark on a slash does not make it another character.
    let marked = try RelativePath("a/\u{301}b")
    #expect(marked.folder == "a")
    #expect(marked.components.count == 2)
  }

  @Test func orderIsThatOfTheTexts() throws {
    let names = ["a/b", "a-b", "B", "a/a", "a"]
    #expect(try names.map { try RelativePath($0) }.sorted().map(\.string) == names.sorted())
  }
}
