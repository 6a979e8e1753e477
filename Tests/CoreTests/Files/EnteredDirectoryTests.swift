import Foundation
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("The directory of -C") struct EnteredDirectoryTests {
  @Test("behind a link, .. is the parent of what the link leads to") func linkAndParent() throws {
    let scratch = try Scratch()
    let root = try #require(scratch.path.real)
    try root.pushing("a/b").makeDirectories()
    try FileManager.default.createSymbolicLink(
      atPath: root.appending("link").string, withDestinationPath: "a/b")
    let environment = ProcessEnvironment(
      variables: [:], home: root, currentDirectory: root, now: { Timestamp(seconds: 0) })
    #expect(try environment.entering("link/..").currentDirectory == root.appending("a"))
    #expect(try environment.entering("link").currentDirectory == root.appending("link"))
    #expect(try environment.entering("a/./b/..").currentDirectory == root.appending("a"))
    #expect(try environment.entering("").currentDirectory == root)
  }
}
