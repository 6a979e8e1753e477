import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// Ctrl-C while `prune` looks at a file, or deletes one, by a signal in the very call that does.
@Suite struct InterruptedPruneTests {
  private static let names = ["a.pt", "b.pt", "c.pt"]
  private let project: RecordedProject
  private let models: FilePath

  /// A project whose index knows three files, of which two are gone.
  init() throws {
    project = try RecordedProject(models: Self.names)
    models = project.sandbox.home.appending("models")
    try FileManager.default.createDirectory(
      atPath: models.appending("loras").string, withIntermediateDirectories: true)
    try project.git("config", "--global", "comfy.modelsDir", models.string)
    for name in Self.names {
      let file = models.appending("loras/\(name)").string
      try Data(name.utf8).write(to: URL(fileURLWithPath: file))
    }
    try project.must("update-index")
    for name in ["a.pt", "b.pt"] {
      try FileManager.default.removeItem(atPath: models.appending("loras/\(name)").string)
    }
  }

  @Test(.enabled(if: mayTrace, "strace is not there or may not trace"), arguments: names)
  func whileItLooks(at name: String) throws {
    let before = try (project.must("list-models", "--json"), project.commits())
    let path = models.appending("loras/\(name)").string
    let words = [
      "-f", "-o", "/dev/null", "-P", path, "-e", "trace=%file", "-e",
      "inject=%file:signal=SIGINT:when=1", project.comfy.string, "prune",
    ]
    let result = try project.command("strace", words).run()
    // The last file that is looked at is the end of the look: nothing may be done after it either.
    #expect(result.status == .exited(130), "\(result.errorText)")
    #expect(result.outputText == "")
    #expect(try project.must("list-models", "--json") == before.0)
    #expect(try project.commits() == before.1)
    // The next one does all of it.
    let next = try project.must("prune")
    #expect(next.contains("a.pt") && next.contains("b.pt") && !next.contains("c.pt"))
    let left = try project.must("list-models")
    #expect(left.contains("c.pt") && !left.contains("a.pt"))
  }

  /// Runs `prune` with a signal in the first of these calls.
  private func prune(interruptedAt call: String, _ words: String...) throws -> CommandResult {
    let trace = [
      "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=SIGINT:when=1",
      project.comfy.string, "prune",
    ]
    return try project.command("strace", trace + words).run()
  }

  @Test(.enabled(if: mayTrace, "strace is not there or may not trace"))
  func betweenTwoFiles() throws {
    for name in ["a.pt", "b.pt"] {
      try Data(name.utf8).write(
        to: URL(fileURLWithPath: models.appending("loras/\(name)").string))
    }
    let result = try prune(interruptedAt: "unlinkat", "a.pt", "b.pt", "c.pt")
    #expect(result.status == .exited(130))
    #expect(result.outputText == "deleted \(models)/loras/a.pt  (4 B)\n")
    #expect(
      result.errorText == """
        freed 4 B; 2 of 3 files not deleted
        error: stopped; what was done until then is kept

        """)
    let left = try project.must("list-models")
    #expect(!left.contains("a.pt") && left.contains("b.pt") && left.contains("c.pt"))
    #expect(try project.must("prune", "b.pt", "c.pt").contains("deleted"))
  }

  @Test(.enabled(if: mayTrace, "strace is not there or may not trace"))
  func betweenTwoPartials() throws {
    for name in ["x", "y"] {
      let parts = models.appending("loras/.\(name).pt.comfy-part").string
      try FileManager.default.createDirectory(
        atPath: parts, withIntermediateDirectories: false)
      try Data(name.utf8).write(to: URL(fileURLWithPath: "\(parts)/bytes"))
    }
    let result = try prune(interruptedAt: "rmdir", "--partials")
    #expect(result.status == .exited(130))
    #expect(
      result.outputText == "deleted \(models)/loras/.x.pt.comfy-part  (1 B of a download)\n")
    #expect(result.errorText.hasPrefix("freed 1 B; 1 of 2 files not deleted\n"))
    #expect(try project.must("prune", "--partials").contains(".y.pt.comfy-part"))
  }
}

/// Whether a program can be traced here.
private let mayTrace: Bool = {
  guard let sandbox = try? Sandbox() else { return false }
  return (try? sandbox.run("strace", "-o", "/dev/null", "true").status) == .exited(0)
}()
