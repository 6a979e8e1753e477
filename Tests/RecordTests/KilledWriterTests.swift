import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import Testing

/// A writer that is killed at any system call that changes something, in any of its threads.
@Suite struct KilledWriterTests {
  /// What writes, and who commits it.
  enum Writer: String, CaseIterable, Sendable {
    case addIntent, addIntents, undo
    /// Where libgit2 can't open the repository.
    case addIntentByProgram, undoByProgram
    /// Likewise, and the manifest was never committed.
    case firstByProgram

    var arguments: [String] {
      switch self {
      case .addIntent, .addIntentByProgram, .firstByProgram:
        ["add-intent", "flow.json", "b.pt", "https://example.com/b.pt"]
      case .addIntents: ["add-intent", "--stdin"]
      case .undo, .undoByProgram: ["undo"]
      }
    }

    var input: String? {
      guard self == .addIntents else { return nil }
      return #"{"type":"ref","workflow":"flow","path":"flow.json","node_id":"2","#
        + #""node_type":"LoraLoader","widget_idx":0,"widget_value":"b.pt","category":"loras","#
        + #""url":"https://example.com/b.pt"}"# + "\n"
    }

    var isByProgram: Bool { rawValue.hasSuffix("ByProgram") }
  }

  @Test(
    "the manifest is the old or the new one, the next command works, nothing stays behind",
    arguments: Writer.allCases)
  func anywhere(writer: Writer) throws {
    let scene = try Scene(writer)
    guard let wanted = try scene.undisturbed() else {
      print("skipped: programs may not be traced here")
      return
    }
    #expect(wanted.calls.contains { $0.contains(" renameat2 ") })
    #expect(wanted.manifest != scene.old)
    var ends: Set<String> = []
    var kills = 0
    for number in 1...wanted.calls.count {
      try scene.restore()
      guard try scene.run(killingAt: number) == .exited(128 + SIGKILL) else { continue }
      let call = try scene.calls().last ?? ""
      kills += 1
      let left = try scene.project.read("pyproject.toml")
      #expect(left == scene.old || left == wanted.manifest, "\(call)")
      ends.insert(left)

      let next = try scene.project.run(
        "add-intent", "flow.json", "c.pt", "https://example.com/c.pt")
      #expect(next.status == .exited(0), "\(call): \(next.errorText)")
      #expect(next.errorText == "", "\(call)")
      let names = left == scene.old ? scene.names : wanted.names
      #expect(try scene.project.names() == names + ["c.pt"], "\(call)")
      // What was written and not committed is a commit of its own.
      let messages = try scene.messages()
      let expected = (left == scene.old ? scene.messagesBefore : wanted.messages)
      #expect(messages.dropFirst() == expected[...], "\(call)")
      #expect(messages.first?.hasPrefix("comfy: add intent for c.pt (flow)\n") == true, "\(call)")
      #expect(try scene.project.git("status", "--porcelain") == "?? flow.json", "\(call)")
      try scene.project.git("fsck", "--strict")
      #expect(try scene.leftovers() == "", "\(call)")
    }
    #expect(ends == [scene.old, wanted.manifest])
    #expect(kills > wanted.calls.count / 2)
  }

  /// A project that a writer works on again and again.
  private final class Scene {
    /// What an undisturbed run did and left.
    struct Outcome {
      let calls: [String]
      let manifest: String
      let names: [String]
      let messages: [String]
    }

    let project: RecordedProject
    let old: String
    let names: [String]
    private(set) var messagesBefore: [String] = []
    private let writer: Writer
    private let tool: FilePath

    init(_ writer: Writer) throws {
      self.writer = writer
      tool = try #require(
        Product.path(named: "KillAtCall"), "KillAtCall is not built beside the tests")
      project = try RecordedProject(models: ["a.pt", "b.pt", "c.pt"])
      try project.intend("a.pt")
      if !writer.arguments.contains("add-intent") { try project.intend("b.pt") }
      if writer == .firstByProgram {
        try project.git("checkout", "--quiet", "--orphan", "fresh")
        try project.git("rm", "--quiet", "--cached", "pyproject.toml")
      }
      if writer.isByProgram {
        try project.git("config", "core.repositoryFormatVersion", "1")
        try project.git("config", "extensions.partialClone", "origin")
      }
      old = try project.read("pyproject.toml")
      names = try project.names()
      messagesBefore = try messages()
      _ = try project.command("cp", ["-a", project.directory.string, backup.string]).run()
    }

    private var backup: FilePath { project.sandbox.home.appending("backup") }
    private var log: FilePath { project.sandbox.home.appending("calls") }

    /// `nil` where programs can't be traced.
    func undisturbed() throws -> Outcome? {
      let status = try run(killingAt: 0)
      guard status == .exited(0) else {
        #expect(status == .exited(125))
        return nil
      }
      return Outcome(
        calls: try calls(), manifest: try project.read("pyproject.toml"),
        names: try project.names(), messages: try messages())
    }

    /// Runs the writer and kills it right before one of its calls.
    func run(killingAt number: Int) throws -> CommandStatus {
      try project.command(
        tool.string, ["\(number)", log.string, project.comfy.string] + writer.arguments,
        input: writer.input.map { .bytes(Array($0.utf8)) } ?? .nothing
      ).run().status
    }

    /// The calls of the last run: number, name, file.
    func calls() throws -> [String] {
      try String(contentsOfFile: log.string, encoding: .utf8).split(separator: "\n")
        .map(String.init)
    }

    /// Whole messages, newest first.
    func messages() throws -> [String] {
      let head = try project.command("git", ["rev-parse", "--verify", "--quiet", "HEAD"]).run()
      guard head.status == .exited(0) else { return [] }
      return try project.git("log", "-z", "--format=%B").split(separator: "\0").map(String.init)
    }

    func restore() throws {
      _ = try project.command(
        "sh", ["-c", "find . -mindepth 1 -delete && cp -a \"$1\"/. .", "sh", backup.string]
      ).run()
    }

    /// Files beside those that belong there.
    func leftovers() throws -> String {
      try project.command(
        "sh",
        [
          "-c",
          "find . -path ./.git/objects -prune -o "
            + "\\( -name '*.lock' -o -name '*comfy-new*' -o -name '*.comfy*' \\) -print",
        ]
      ).run().outputText
    }
  }
}
