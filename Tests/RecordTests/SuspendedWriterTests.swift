import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import Testing

/// A writer that gets Ctrl-Z at any system call that changes something.
@Suite struct SuspendedWriterTests {
  /// A stopped process that held the manifest's lock would make every other writer wait in vain.
  @Test("it stops, but not while it holds the manifest's lock") func anywhere() throws {
    let project = try RecordedProject(models: ["a.pt", "b.pt"])
    try project.intend("a.pt")
    let old = try project.read("pyproject.toml")
    guard let calls = try run(project, suspendedAt: 0) else {
      print("skipped: programs may not be traced here")
      return
    }
    #expect(!calls.contains("stopped") && calls.count > 20)
    for number in stride(from: 1, through: calls.count, by: 3) {
      try project.git("reset", "--quiet", "--hard", "HEAD~1")
      #expect(try project.read("pyproject.toml") == old)
      let calls = try #require(try run(project, suspendedAt: number))
      // What a run finds in the repository already, it does not write again.
      guard calls.count > number else { break }
      guard let stop = calls.firstIndex(of: "stopped") else {
        Issue.record("it did not stop at call \(number)")
        continue
      }
      let begin = try #require(calls.firstIndex { $0.contains("pyproject.toml.lock") })
      let end = try #require(calls.lastIndex { $0.contains("pyproject.toml.lock") })
      #expect(stop <= begin + 1 || stop > end, "\(calls[stop - 1])")
    }
  }

  /// The calls of a writer, with a line `stopped` where it stopped; `nil` where programs can't be
  /// traced.
  private func run(_ project: RecordedProject, suspendedAt number: Int) throws -> [String]? {
    let tool = try #require(
      Product.path(named: "KillAtCall"), "KillAtCall is not built beside the tests")
    let log = project.sandbox.home.appending("calls")
    let result = try project.command(
      tool.string,
      [
        "-z", "\(number)", log.string, project.comfy.string, "add-intent", "flow.json", "b.pt",
        "https://example.com/b.pt",
      ]
    ).run()
    guard result.status != .exited(125) else { return nil }
    #expect(result.status == .exited(0), "\(result.errorText)")
    return try String(contentsOfFile: log.string, encoding: .utf8).split(separator: "\n")
      .map(String.init)
  }
}
