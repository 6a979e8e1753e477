import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("The state of a clone")
struct CloneStateTests {
  private let sandbox: GitSandbox
  private var witness: FilePath { sandbox.root.appending("witness") }

  init() throws {
    sandbox = try GitSandbox()
    try sandbox.commitByHand(["node.py": "a\n"])
  }

  private var state: CloneState? {
    CloneState(of: sandbox.repository, environment: sandbox.environment)
  }

  @Test("a clone is clean until a tracked file changes") func changes() throws {
    let commit = try sandbox.git("rev-parse", "HEAD")
    #expect(state?.commit == commit)
    #expect(state?.isDirty == false)
    try sandbox.write("new\n", to: sandbox.repository.appending("untracked"))
    #expect(state?.isDirty == false)
    try sandbox.write("other\n", to: sandbox.repository.appending("node.py"))
    #expect(state?.isDirty == true)
  }

  @Test("no program runs that a submodule of the clone names") func submodule() throws {
    let origin = sandbox.root.appending("origin")
    try sandbox.git("init", "--quiet", origin.string)
    try sandbox.write("x\n", to: origin.appending("x"))
    try sandbox.git("add", "x", in: origin)
    try sandbox.git("commit", "--quiet", "-m", "x", in: origin)
    try sandbox.git("submodule", "--quiet", "add", origin.string, "part")
    try sandbox.git("config", "--file", ".gitmodules", "submodule.part.ignore", "none")
    try sandbox.git("add", ".gitmodules")
    try sandbox.git("commit", "--quiet", "-m", "part")
    let part = sandbox.repository.appending("part")
    try sandbox.git("config", "core.fsmonitor", try program().string, in: part)
    #expect(state?.isDirty == false)
    #expect(!sandbox.exists(witness))
    try sandbox.git("status")
    #expect(sandbox.exists(witness), "git itself runs the program")
  }

  @Test("no filter runs, however long the configuration is", arguments: [0, 1 << 20])
  func filter(length: Int) throws {
    try sandbox.commitByHand([".gitattributes": "*.py filter=own\n"])
    let configuration = sandbox.repository.pushing(".git/config")
    let before = try String(decoding: FileBytes.read(configuration, limit: 1 << 20), as: UTF8.self)
    var comments = ""
    while comments.utf8.count < length {
      comments +=
        "[padding \"\(comments.utf8.count)\"]\n\tvalue = \(String(repeating: "x", count: 999))\n"
    }
    try sandbox.write(
      before + comments + "[filter \"own\"]\n\tclean = \(try program())\n", to: configuration)
    let file = sandbox.repository.appending("node.py")
    // Of the same size, so that git has to look at the content.
    try sandbox.write("b\n", to: file)
    #expect(state?.isDirty == true)
    #expect(!sandbox.exists(witness))
    try sandbox.write("c\n", to: file)
    try sandbox.git("status")
    #expect(sandbox.exists(witness), "git itself runs the filter")
  }

  /// A program that leaves a trace.
  private func program() throws -> FilePath {
    let path = sandbox.root.appending("program")
    try sandbox.write("#!/bin/sh\ntouch '\(witness)'\ncat\n", to: path)
    try #require(chmod(path.string, 0o755) == 0)
    return path
  }
}
