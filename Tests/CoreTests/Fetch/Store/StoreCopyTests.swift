import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// How a file of a folder store gets to its target.
@Suite struct StoreCopyTests {
  private let body = content(40_000)
  private let root: FilePath
  private let source: FilePath
  private let target: FilePath

  init() throws {
    root = try makeTemporaryDirectory(for: "store-copy")
    source = root.appending("source")
    target = root.appending("m.pt")
    writeFile(source, body)
  }

  private func place(
    _ source: FilePath, _ policy: DedupePolicy, replaces: Bool = false
  ) throws -> FetchedFile? {
    let request = FetchRequest(
      sources: [], key: "", root: root, target: try RelativePath("m.pt"),
      expectation: FetchExpectation(sha256: sha256(body)), replaces: replaces)
    let copy = StoreCopy(
      request: request, policy: policy, options: FetchOptions(), cancellation: .never,
      progress: { _ in })
    return try copy.place(source)
  }

  @Test("a link that leads nowhere is replaced where that is asked for", arguments: DedupePolicy.allCases)
  func danglingLink(policy: DedupePolicy) throws {
    defer { removeTree(root) }
    symlink("nowhere", target.string)
    #expect(throws: FetchError.danglingLink(target)) { try place(source, policy) }
    #expect(try place(source, policy, replaces: true)?.arrival == .copied)
    #expect(readFile(target) == body)
    #expect(listDirectory(root) == ["m.pt", "source"])
  }
}
