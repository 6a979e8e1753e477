import CommandSupport
import Core
import Foundation
import SystemPackage
import Testing

/// A writer that is killed at any system call that changes something.
@Suite struct KilledWriterTests {
  /// A call of the writer's main thread: the n-th of its name.
  struct Call: Hashable, Sendable, CustomStringConvertible {
    let name: String
    let number: Int

    var description: String { "\(name) \(number)" }
  }

  private static let changing: Set<String> = [
    "chmod", "close", "fchmod", "fchmodat", "flock", "fsync", "fdatasync", "ftruncate", "link",
    "linkat", "mkdir", "mkdirat", "openat", "pwrite64", "rename", "renameat", "renameat2", "unlink",
    "unlinkat", "write", "writev",
  ]

  private let project: Project
  private let old: String
  private let commits: Int

  init() throws {
    project = try Project(models: ["a.pt", "b.pt", "c.pt"])
    try project.intend("a.pt")
    old = try project.read("pyproject.toml")
    commits = try project.commits()
    _ = try project.command("cp", ["-a", project.directory.string, backup.string]).run()
  }

  private var backup: FilePath { project.sandbox.home.appending("backup") }

  @Test("the manifest is the old or the new one, the next command works, nothing stays behind")
  func anywhere() throws {
    guard let calls = try calls() else {
      print("skipped: strace is not there or may not trace")
      return
    }
    #expect(calls.contains { $0.name == "renameat2" })
    let new = try project.read("pyproject.toml")
    var ends: Set<String> = []
    for call in calls {
      try restore()
      let result = try kill(at: call)
      guard result.status != .exited(0) else { continue }
      let left = try project.read("pyproject.toml")
      #expect(left == old || left == new, "\(call)")
      ends.insert(left)

      let next = try project.run("add-intent", "flow.json", "c.pt", "https://example.com/c.pt")
      #expect(next.status == .exited(0), "\(call): \(next.errorText)")
      #expect(next.errorText == "", "\(call)")
      #expect(try project.names() == (left == old ? ["a.pt", "c.pt"] : ["a.pt", "b.pt", "c.pt"]))
      // What was written and not committed is a commit of its own.
      #expect(try project.commits() == commits + (left == old ? 1 : 2), "\(call)")
      if left == new {
        let told = try project.git("log", "-1", "--skip=1", "--format=%s")
        #expect(told == "comfy: add intent for b.pt (flow)", "\(call)")
      }
      #expect(try project.git("status", "--porcelain") == "?? flow.json", "\(call)")
      try project.git("fsck", "--strict")
      #expect(try leftovers() == "", "\(call)")
    }
    #expect(ends == [old, new])
  }

  /// The calls of an undisturbed run, from the lock on; `nil` when they can't be traced.
  private func calls() throws -> [Call]? {
    guard let trace = try? trace(["-o", tracePath.string]), trace.status == .exited(0) else {
      return nil
    }
    let lines = try String(contentsOfFile: tracePath.string, encoding: .utf8).split(separator: "\n")
    let main = lines.first?.prefix { $0.isNumber }
    var numbers: [String: Int] = [:]
    var calls: [Call] = []
    var isLocked = false
    for line in lines where line.hasPrefix(main ?? "") {
      let text = line.drop { $0.isNumber || $0 == " " }
      let name = String(text.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
      guard text.dropFirst(name.count).first == "(" else { continue }
      numbers[name, default: 0] += 1
      isLocked = isLocked || (name == "openat" && text.contains("pyproject.toml.lock"))
      let onlyReads = name == "openat" && !text.contains("O_CREAT")
      guard isLocked, Self.changing.contains(name), !onlyReads else { continue }
      calls.append(Call(name: name, number: numbers[name] ?? 0))
    }
    return calls.isEmpty ? nil : calls
  }

  private var tracePath: FilePath { project.sandbox.home.appending("trace") }

  private func trace(_ options: [String]) throws -> CommandResult {
    try project.command(
      "strace",
      ["-f", "-qq"] + options + [
        project.comfy.string, "add-intent", "flow.json", "b.pt", "https://example.com/b.pt",
      ]
    ).run()
  }

  private func kill(at call: Call) throws -> CommandResult {
    try trace([
      "-o", "/dev/null", "-e", "trace=\(call.name)", "-e",
      "inject=\(call.name):signal=KILL:when=\(call.number)",
    ])
  }

  private func restore() throws {
    _ = try project.command(
      "sh",
      ["-c", "find . -mindepth 1 -delete && cp -a \"$1\"/. .", "sh", backup.string]
    ).run()
  }

  /// Files beside those that belong there.
  private func leftovers() throws -> String {
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
