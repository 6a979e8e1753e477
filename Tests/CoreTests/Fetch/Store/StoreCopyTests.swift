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

  @Test(
    "a link that leads nowhere is replaced where that is asked for",
    arguments: DedupePolicy.allCases)
  func danglingLink(policy: DedupePolicy) throws {
    defer { removeTree(root) }
    symlink("nowhere", target.string)
    #expect(throws: FetchError.danglingLink(target)) { try place(source, policy) }
    #expect(try place(source, policy, replaces: true)?.arrival == .copied)
    #expect(readFile(target) == body)
  }

  /// The partial of a download of the same target that was stopped.
  private func leavePartial() throws -> ResumeState {
    let partial = try PartialFile.claim(target, for: "key")
    try [UInt8](repeating: 1, count: 100).withUnsafeBytes { try partial.write($0, at: 0) }
    var state = ResumeState(key: "key")
    state.done.insert(0..<100)
    try partial.store(state)
    partial.release()
    return state
  }

  private func expectKept(_ state: ResumeState) throws {
    let partial = try PartialFile.claim(target, for: "key")
    #expect(partial.state == state && partial.length == 100)
  }

  @Test("a copy that does not begin keeps what a download kept", arguments: DedupePolicy.allCases)
  func keptBytes(policy: DedupePolicy) throws {
    defer { removeTree(root) }
    let state = try leavePartial()
    #expect(throws: (any Error).self) { try place(root.appending("missing"), policy) }
    try expectKept(state)
    writeFile(target, [1])
    #expect(throws: FetchError.self) { try place(source, policy) }
    try expectKept(state)
  }

  @Test("a copy that fails midway leaves no bytes that count as a download's")
  func lostBytes() throws {
    defer { removeTree(root) }
    _ = try leavePartial()
    // It can be opened, but not read.
    #expect(throws: FileError.self) { try place(root, .never) }
    #expect(listDirectory(root) == ["source"])
  }
}
