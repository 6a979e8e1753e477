import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import TestServer
import Testing

/// A directory that cannot be synchronised: what is in it may be gone after a power failure.
@Suite struct LostDirectoryTests {
  private let body = [UInt8](repeating: 0x80, count: 9_000)
  private let project: RecordedProject
  private let models: FilePath

  init() throws {
    project = try RecordedProject(
      models: ["a.pt"], variables: ["COMFY_ALLOW_PRIVATE_HOSTS": "true"])
    models = project.sandbox.home.appending("models")
    try FileManager.default.createDirectory(
      atPath: models.appending("loras").string, withIntermediateDirectories: true)
    try project.git("config", "--global", "comfy.modelsDir", models.string)
  }

  /// Runs the program; the system refuses to synchronise a directory.
  private func run(losing directory: FilePath, _ words: String...) throws -> CommandResult {
    let trace = [
      "-f", "-o", "/dev/null", "-P", directory.string, "-e", "trace=fsync", "-e",
      "inject=fsync:error=EIO", project.comfy.string,
    ]
    return try project.command("strace", trace + words).run()
  }

  @Test(.enabled(if: mayTrace, "strace is not there or may not trace"))
  func ofModels() throws {
    let body = body
    let server = try #require(TestServer { ServedFile(body).reply(to: $0) })
    defer { server.stop() }
    try project.must("add-intent", "flow.json", "a.pt", server.url("/a.pt"), "--path", "loras/a.pt")
    let before = try (project.read("pyproject.toml"), project.commits())
    let result = try run(losing: models.appending("loras"), "fetch-intents")
    #expect(result.status == .exited(1))
    #expect(
      result.errorText == """
        error: 1 of 1 files downloaded, but not recorded
        error: 'a.pt': cannot write through to disk '\(models)/loras': input/output error
        hint: check the disk
        hint: run the same command again to record them; nothing is downloaded again

        """)
    #expect(try project.read("pyproject.toml") == before.0)
    #expect(try project.commits() == before.1)
    #expect(try project.run("list-models").outputText == "")
    // It is there, and the next run asks nobody.
    let asked = server.requests.count
    try project.must("fetch-intents")
    #expect(server.requests.count == asked)
    #expect(try project.entries().map(\.status) == [.resolved])
    #expect(try project.commits() == before.1 + 1)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: models.appending("loras").string)
    #expect(left == ["a.pt"])
  }
}

/// Whether a program can be traced here.
private let mayTrace: Bool = {
  guard let sandbox = try? Sandbox() else { return false }
  return (try? sandbox.run("strace", "-o", "/dev/null", "true").status) == .exited(0)
}()
