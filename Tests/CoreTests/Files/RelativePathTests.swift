import Testing

@testable import Core

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
    #expect(throws: RelativePathError.self) { try RelativePath(text) }
  }

  @Test func partsAreNamed() throws {
    let path = try RelativePath("loras/style/ink.safetensors")
    #expect(path.filename == "ink.safetensors")
    #expect(path.folder == "loras")
    #expect(try RelativePath("ink.safetensors").folder == nil)
  }
}
