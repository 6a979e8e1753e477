import Foundation
import SystemPackage
import Testing

@testable import ComfyCore

/// A file is replaced whole, and only if it is the one that was read.
@Suite("Replacing a file")
struct AtomicFileTests {
  let scratch: Scratch
  let file: AtomicFile

  /// Where the new content lies until it takes the file's place.
  private static let sibling = ".f.comfy-new"

  init() throws {
    scratch = try Scratch()
    file = AtomicFile(scratch.path.appending("f"))
  }

  private func status(of name: String) throws -> FileStatus {
    try #require(try FileStatus(of: scratch.path.appending(name)))
  }

  @Test("the file that was read gives way to the new content")
  func replaces() throws {
    let path = try scratch.write("old", to: "f", mode: 0o640)
    let found = try #require(try AtomicFile.read(path))
    let written = try #require(try file.replace(with: Array("new".utf8), seen: found.status))
    #expect(try scratch.read("f") == "new")
    #expect(try status(of: "f").isUnchanged(since: written))
    #expect(try status(of: "f").permissions == 0o640)
    #expect(scratch.names == ["f"])
  }

  @Test("a file that was replaced since it was read stays")
  func leavesAnother() throws {
    let path = try scratch.write("old", to: "f")
    let found = try #require(try AtomicFile.read(path))
    _ = try scratch.write("another's", to: "other")
    try #require(rename(scratch.path.appending("other").string, path.string) == 0)
    #expect(try file.replace(with: Array("new".utf8), seen: found.status) == nil)
    #expect(try scratch.read("f") == "another's")
    #expect(scratch.names == ["f"])
  }

  @Test("what was put there in the last instant gets its place back")
  func putsBack() throws {
    _ = try scratch.write("another's", to: Self.sibling)
    _ = try scratch.write("ours", to: "f")
    try file.putBack(status(of: Self.sibling), for: status(of: "f"))
    #expect(try scratch.read("f") == "another's")
    #expect(try scratch.read(Self.sibling) == "ours")
  }

  @Test("what was put there later still, over ours, is the newer one and keeps the place")
  func keepsTheNewest() throws {
    _ = try scratch.write("ours, as it was", to: "gone")
    _ = try scratch.write("another's", to: Self.sibling)
    _ = try scratch.write("another's, again", to: "f")
    try file.putBack(status(of: Self.sibling), for: status(of: "gone"))
    #expect(try scratch.read("f") == "another's, again")
    #expect(try scratch.read(Self.sibling) == "another's")
  }

  @Test("where ours was taken away, what lay there before gets the place")
  func fillsTheGap() throws {
    _ = try scratch.write("ours, as it was", to: "gone")
    _ = try scratch.write("another's", to: Self.sibling)
    try file.putBack(status(of: Self.sibling), for: status(of: "gone"))
    #expect(try scratch.read("f") == "another's")
  }
}
