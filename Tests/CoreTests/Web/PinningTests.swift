import Testing

@testable import ComfyCore

@Suite struct PinningTests {
  static let commit = String(repeating: "0a1B", count: 10)

  @Test(arguments: [
    (
      "https://huggingface.co/o/r/resolve/main/a.bin?download=true#x",
      "https://huggingface.co/o/r/resolve/COMMIT/a.bin?download=true#x"
    ),
    (
      "https://huggingface.co/o/r/res%6Flve/m%61in/resolve/main/a.bin",
      "https://huggingface.co/o/r/res%6Flve/COMMIT/resolve/main/a.bin"
    ),
    (
      "https://hf.co/main/main/blob/main/main/resolve/main/a.bin",
      "https://hf.co/main/main/blob/COMMIT/main/resolve/main/a.bin"
    ),
    ("huggingface.co/gpt2/resolve/main/a.bin", "https://huggingface.co/gpt2/resolve/COMMIT/a.bin"),
  ])
  func replacesMain(_ text: String, _ pinned: String) throws {
    let url = try #require(try SourceURL(text).pinned(to: Self.commit))
    let parts = pinned.split(separator: "COMMIT")
    #expect(url.cleaned == parts.joined(separator: Self.commit.lowercased()))
    #expect(url.pinned(to: Self.commit) == nil)
  }

  @Test(arguments: [
    "https://huggingface.co/o/r/resolve/v1/a.bin", "https://huggingface.co/o/r/resolve/refs/pr/1/a",
    "https://example.org/o/r/resolve/main/a.bin", "https://huggingface.co/o/r",
    "https://github.com/o/r/blob/main/a.bin",
  ])
  func leavesTheRest(_ text: String) throws {
    #expect(try SourceURL(text).pinned(to: Self.commit) == nil)
  }

  @Test(arguments: ["", "main", "abc", String(repeating: "g", count: 40)])
  func wantsACommit(_ commit: String) throws {
    #expect(try SourceURL("https://hf.co/o/r/resolve/main/a").pinned(to: commit) == nil)
  }
}
