import Foundation
import SystemPackage
import Testing

@testable import ComfyCore

/// A directory of its own under the system's temporary directory, removed with the value.
final class Scratch: Sendable {
  let path: FilePath

  init() throws {
    let name = "comfy-test-" + String(UInt64.random(in: .min ... .max), radix: 36)
    path = FilePath(FileManager.default.temporaryDirectory.path).appending(name)
    try FileManager.default.createDirectory(
      atPath: path.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []).sorted()
  }

  func write(_ text: String, to name: String, mode: Int = 0o644) throws -> FilePath {
    let file = path.appending(name)
    try Data(text.utf8).write(to: URL(filePath: file.string))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.string)
    return file
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: path.appending(name).string, encoding: .utf8)
  }
}

/// The test tool, which lies beside the test bundle.
enum Tool {
  static let path: String? = {
    guard let bundle = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    // The test runner is either the bundle itself or one that loads it from the build directory.
    let arguments = CommandLine.arguments.filter {
      $0.contains(".xctest") || $0.contains("/debug/")
    }
    for start in [bundle] + arguments {
      var folder = URL(filePath: start)
      for _ in 0..<4 {
        folder.deleteLastPathComponent()
        let tool = folder.appending(path: "ManifestWriter").path
        if FileManager.default.isExecutableFile(atPath: tool) { return tool }
      }
    }
    return nil
  }()

  /// Starts a process; its output goes to a file.
  static func start(_ words: [String], output: FilePath, through: [String] = []) throws -> Process {
    let all = through + [try #require(path)] + words
    let process = Process()
    process.executableURL = URL(filePath: try #require(all.first))
    process.arguments = Array(all.dropFirst())
    _ = FileManager.default.createFile(atPath: output.string, contents: nil)
    let handle = try FileHandle(forWritingTo: URL(filePath: output.string))
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  static func run(
    _ words: [String], output: FilePath, through: [String] = []
  ) throws -> (status: Int32, text: String) {
    let process = try start(words, output: output, through: through)
    process.waitUntilExit()
    let text = (try? String(contentsOfFile: output.string, encoding: .utf8)) ?? ""
    return (process.terminationStatus, text)
  }
}

@Suite("Writing the manifest")
struct LockedFileTests {
  static let text = "# mine\n[project]\nname = \"x\"\n"

  private static func add(_ store: ManifestStore, _ name: String = "m") throws -> ManifestUpdate {
    try store.update { manifest in
      manifest.ensureWorkflow(name, path: "w.json")
    }
  }

  @Test(arguments: [0o644, 0o600, 0o664, 0o755])
  func keepsTheModeAndLeavesNothingBeside(mode: Int) throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml", mode: mode)
    let update = try Self.add(ManifestStore(path: path))
    #expect(update.changed)
    #expect(update.before == Array(Self.text.utf8))
    #expect(try scratch.read("pyproject.toml").utf8.elementsEqual(update.after))
    let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
    #expect(attributes[.posixPermissions] as? Int == mode)
    #expect(scratch.names == ["pyproject.toml"])
    let inode = attributes[.systemFileNumber] as? Int
    #expect(try !Self.add(ManifestStore(path: path)).changed)
    let after = try FileManager.default.attributesOfItem(atPath: path.string)
    #expect(after[.systemFileNumber] as? Int == inode)
  }

  @Test func makesANewFileOnlyWhenAsked() throws {
    let scratch = try Scratch()
    let store = ManifestStore(path: scratch.path.appending("pyproject.toml"))
    #expect(throws: ManifestError.file(FileError(.open, store.path, .noSuchFileOrDirectory))) {
      try Self.add(store)
    }
    #expect(scratch.names == [])
    let update = try store.update(creating: true) { $0.ensureWorkflow("w", path: nil) }
    #expect(update.before == nil)
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test func writesThroughLinks() throws {
    let scratch = try Scratch()
    for name in ["a", "b"] {
      try FileManager.default.createDirectory(
        atPath: scratch.path.appending(name).string, withIntermediateDirectories: true)
    }
    _ = try scratch.write(Self.text, to: "a/real.toml")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path.appending("b/middle").string, withDestinationPath: "../a/real.toml")
    let link = scratch.path.appending("pyproject.toml")
    try FileManager.default.createSymbolicLink(
      atPath: link.string, withDestinationPath: "b/middle")
    let update = try Self.add(ManifestStore(path: link))
    #expect(try scratch.read("a/real.toml").utf8.elementsEqual(update.after))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: link.string) == "b/middle")
    #expect(scratch.names == ["a", "b", "pyproject.toml"])
    #expect(update.file.lastComponent?.string == "real.toml")
  }

  @Test func refusesLoopsAndDirectories() throws {
    let scratch = try Scratch()
    let loop = scratch.path.appending("loop")
    try FileManager.default.createSymbolicLink(atPath: loop.string, withDestinationPath: "loop")
    #expect(throws: ManifestError.file(FileError(.readLink, loop, .tooManySymbolicLinkLevels))) {
      try Self.add(ManifestStore(path: loop))
    }
    let folder = scratch.path.appending("pyproject.toml")
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: true)
    #expect(throws: ManifestError.file(FileError(.open, folder, .isDirectory))) {
      try Self.add(ManifestStore(path: folder))
    }
    #expect(scratch.names == ["loop", "pyproject.toml"])
  }

  @Test func brokenTextIsLeftAlone() throws {
    let scratch = try Scratch()
    let path = try scratch.write("[project\n", to: "pyproject.toml")
    #expect(
      throws: ManifestError.syntax(path: path, line: 1, column: 9, reason: .expectedClosingBracket)
    ) { try Self.add(ManifestStore(path: path)) }
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test func aFailedChangeWritesNothing() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml")
    #expect(throws: ManifestError.unknownWorkflow("w", known: ["other"])) {
      try ManifestStore(path: path).update { manifest throws(ManifestError) in
        manifest.ensureWorkflow("other", path: nil)
        try manifest.setCriticality(.optional, for: .filename("m"), in: "w")
      }
    }
    #expect(try scratch.read("pyproject.toml") == Self.text)
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test func whatAKilledWriterLeftGoesAway() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml")
    _ = try scratch.write("9999999 gone\n", to: "pyproject.toml.lock")
    _ = try scratch.write("half", to: ".pyproject.toml.comfy-new")
    _ = try Self.add(ManifestStore(path: path, patience: 0))
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test(arguments: ["mine\n", "[lock]\nversion = 1\n", "12 monkeys", "\0\0"])
  func aFileThatHasTheLocksNameIsLeftAlone(text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml")
    let lock = try scratch.write(text, to: "pyproject.toml.lock")
    #expect(throws: ManifestError.file(FileError(.lock, lock, .fileExists))) {
      try Self.add(ManifestStore(path: path, patience: 0))
    }
    #expect(try scratch.read("pyproject.toml.lock") == text)
    #expect(try scratch.read("pyproject.toml") == Self.text)
    #expect(scratch.names == ["pyproject.toml", "pyproject.toml.lock"])
  }

  @Test func aPipeThatHasTheLocksNameIsLeftAlone() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml")
    let lock = scratch.path.appending("pyproject.toml.lock")
    try #require(mkfifo(lock.string, 0o644) == 0)
    #expect(throws: ManifestError.file(FileError(.lock, lock, .fileExists))) {
      try Self.add(ManifestStore(path: path, patience: 0))
    }
    #expect(scratch.names == ["pyproject.toml", "pyproject.toml.lock"])
  }

  @Test(arguments: ["", "9999999 \n", "9999999 gone\n", "9999999 two words\nhalf a note"])
  func whatAKilledHolderLeftIsTakenOver(text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml")
    _ = try scratch.write(text, to: "pyproject.toml.lock")
    #expect(try Self.add(ManifestStore(path: path, patience: 0)).changed)
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test func aHandEditBetweenReadingAndWritingIsTakenIn() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml")
    var calls = 0
    let update = try ManifestStore(path: path).update { manifest in
      calls += 1
      manifest.ensureWorkflow("w", path: nil)
      guard calls == 1 else { return }
      _ = try? scratch.write(Self.text + "# by hand\n", to: "edited")
      rename(scratch.path.appending("edited").string, path.string)
    }
    #expect(calls == 2)
    let result = try scratch.read("pyproject.toml")
    #expect(result.contains("# by hand\n"))
    #expect(result.contains("[tool.comfydock.workflows.w]"))
    #expect(update.before.map { String(decoding: $0, as: UTF8.self) } == Self.text + "# by hand\n")
    #expect(scratch.names == ["pyproject.toml"])
  }

  /// The text that a store has seen last is compared with the file instead of parsed again.
  @Test(arguments: ["# mine", "\"x\"", "# last"])
  func anEditOfTheSameSizeIsTakenIn(edited: String) throws {
    let scratch = try Scratch()
    // Longer than what is compared at a time.
    let filler = String(repeating: "# \(String(repeating: "-", count: 77))\n", count: 1_000)
    let path = try scratch.write(Self.text + filler + "# last\n", to: "pyproject.toml")
    let store = ManifestStore(path: path)
    _ = try store.read()
    let twin = try scratch.read("pyproject.toml").replacing(
      edited, with: String(edited.map { $0.isLetter ? "o" : $0 }))
    #expect(twin.utf8.count == Self.text.utf8.count + filler.utf8.count + 7)
    _ = try scratch.write(twin, to: "pyproject.toml")
    let update = try Self.add(store)
    #expect(update.before.map { String(decoding: $0, as: UTF8.self) } == twin)
    #expect(try scratch.read("pyproject.toml").hasPrefix(twin))
  }

  @Test func anEndlessContestIsGivenUp() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml")
    var calls = 0
    let error = #expect(throws: ManifestError.self) {
      try ManifestStore(path: path).update { manifest in
        calls += 1
        manifest.ensureWorkflow("w", path: nil)
        _ = try? scratch.write(Self.text + "# \(calls)\n", to: "edited")
        rename(scratch.path.appending("edited").string, path.string)
      }
    }
    #expect(error == .contended(path: path, attempts: calls))
    #expect(try scratch.read("pyproject.toml") == Self.text + "# \(calls)\n")
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test func aLiveHolderIsNamed() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.text, to: "pyproject.toml")
    let store = ManifestStore(path: path, patience: 0.01)
    let error: ManifestError? = try store.update { _, _ in
    } recorded: { _ in
      do throws(ManifestError) {
        _ = try store.update { $0.ensureWorkflow("w", path: nil) }
        return nil
      } catch {
        return error
      }
    }
    guard case .locked(let lock, let holder) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(lock == scratch.path.appending("pyproject.toml.lock"))
    #expect(holder?.processID == Int(getpid()))
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test func findsTheNearestUpwards() throws {
    let scratch = try Scratch()
    let deep = scratch.path.appending("a/b")
    try FileManager.default.createDirectory(
      atPath: deep.string, withIntermediateDirectories: true)
    _ = try scratch.write(Self.text, to: "pyproject.toml")
    #expect(try ManifestStore.nearest(from: deep).path == scratch.path.appending("pyproject.toml"))
    _ = try scratch.write(Self.text, to: "a/pyproject.toml")
    #expect(
      try ManifestStore.nearest(from: deep).path == scratch.path.appending("a/pyproject.toml"))
    #expect(throws: ManifestError.notFound(from: "/proc/self")) {
      try ManifestStore.nearest(from: "/proc/self")
    }
  }
}

@Suite(
  "Writing the manifest from other processes",
  .enabled(if: Tool.path != nil, "the ManifestWriter tool is not built"))
struct ManifestWriterTests {
  @Test func manyWritersAndAHandLoseNothing() throws {
    let scratch = try Scratch()
    let path = try scratch.write(LockedFileTests.text, to: "pyproject.toml")
    let logs = try Scratch()
    let edits = 40
    let editor = try Tool.start(
      ["edit", path.string, "\(edits)"], output: logs.path.appending("editor"))
    let writers = try (0..<16).map { number in
      try Tool.start(
        ["add", path.string, "p\(number)", "50"], output: logs.path.appending("w\(number)"))
    }
    for writer in writers { writer.waitUntilExit() }
    editor.waitUntilExit()
    #expect(writers.allSatisfy { $0.terminationStatus == 0 })
    #expect(editor.terminationStatus == 0)
    let text = try scratch.read("pyproject.toml")
    let manifest = try Manifest(parsing: Array(text.utf8), path: path)
    // What the editor itself wrote over, blind between its look and its rename, is not ours.
    let blind = Set(
      try logs.read("editor").split(separator: "\n").map { $0.split(separator: "\"")[1] })
    let present = Set(manifest.workflow(named: "w")?.models.map(\.filename) ?? [])
    for writer in 0..<16 {
      for number in 0..<50 {
        let name = "p\(writer)-\(number).safetensors"
        #expect(present.contains(name) || blind.contains(Substring(name)), "\(name)")
      }
    }
    #expect(blind.count < 100)
    for number in 0..<edits { #expect(text.contains("# hand edit \(number)\n")) }
    #expect(scratch.names.filter { !$0.hasSuffix("~") } == ["pyproject.toml"])
  }

  static let strace = ["/usr/bin/strace", "/bin/strace"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: ManifestWriterTests.strace != nil, "strace is not installed"))
  func whereFilesCannotBeLockedNothingStays() throws {
    let strace = try #require(Self.strace)
    let scratch = try Scratch()
    let logs = try Scratch()
    let path = try scratch.write(LockedFileTests.text, to: "pyproject.toml")
    let (status, text) = try Tool.run(
      ["add", path.string, "p", "1"], output: logs.path.appending("log"),
      through: [
        strace, "-f", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK",
      ])
    #expect(status == 1, "\(text)")
    #expect(text.contains("pyproject.toml.lock"), "\(text)")
    #expect(try scratch.read("pyproject.toml") == LockedFileTests.text)
    #expect(scratch.names == ["pyproject.toml"])
  }

  /// Kills the writer at each of its system calls that change anything, counted one by one: a
  /// kill at any other call leaves the files as the changing call before it did.
  @Test(
    .enabled(if: ManifestWriterTests.strace != nil, "strace is not installed"),
    arguments: [
      "openat", "unlink", "write", "pwrite64", "ftruncate", "fsync", "fchmod", "renameat2",
      "flock",
    ])
  func killedAnywhereItIsTheOldOrTheNewOne(call: String) throws {
    let strace = try #require(Self.strace)
    let scratch = try Scratch()
    let logs = try Scratch()
    let whole = try scratch.write(LockedFileTests.text, to: "whole.toml")
    _ = try Tool.run(["add", whole.string, "p", "1"], output: logs.path.appending("log"))
    let new = try scratch.read("whole.toml")
    #expect(new != LockedFileTests.text)
    // Calls on other files, those of the loader above all, come to nothing that could be torn.
    let ours = ["", "pyproject.toml", "pyproject.toml.lock", ".pyproject.toml.comfy-new"].flatMap {
      ["-P", scratch.path.pushing(FilePath($0)).string]
    }
    for count in 1...200 {
      let path = try scratch.write(LockedFileTests.text, to: "pyproject.toml", mode: 0o640)
      let (status, _) = try Tool.run(
        ["add", path.string, "p", "1"], output: logs.path.appending("log"),
        through: [strace, "-f", "-o", "/dev/null"] + ours + [
          "-e", "trace=\(call)", "-e", "inject=\(call):signal=KILL:when=\(count)",
        ])
      let text = try scratch.read("pyproject.toml")
      #expect(text == LockedFileTests.text || text == new, "\(call) \(count)")
      if status == 0 {
        #expect(count > 1, "\(call) was never called")
        return
      }
      let update = try ManifestStore(path: path, patience: 0).update { manifest in
        manifest.ensureWorkflow("after", path: nil)
      }
      #expect(update.changed)
      #expect(scratch.names == ["pyproject.toml", "whole.toml"], "\(call) \(count)")
      let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
      #expect(attributes[.posixPermissions] as? Int == 0o640)
    }
    Issue.record("\(call): no end")
  }

  @Test(
    .enabled(if: getuid() == 0, "only root can become another user"),
    arguments: [(0o555, 0o666), (0o777, 0o444)])
  func withoutTheRightToWriteNothingChanges(folder: Int, file: Int) throws {
    let scratch = try Scratch()
    let logs = try Scratch()
    let path = try scratch.write(LockedFileTests.text, to: "pyproject.toml", mode: file)
    try FileManager.default.setAttributes(
      [.posixPermissions: folder], ofItemAtPath: scratch.path.string)
    let (status, text) = try Tool.run(
      ["65534", "add", path.string, "p", "1"], output: logs.path.appending("log"))
    #expect(status == 1)
    #expect(text.contains("FileError"))
    #expect(try scratch.read("pyproject.toml") == LockedFileTests.text)
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test(.enabled(if: strace != nil, "strace is not installed"), arguments: ["write", "fsync"])
  func aFullDiskLeavesTheOldFile(call: String) throws {
    let scratch = try Scratch()
    let logs = try Scratch()
    let path = try scratch.write(LockedFileTests.text, to: "pyproject.toml")
    let (status, text) = try Tool.run(
      ["add", path.string, "p", "1"], output: logs.path.appending("log"),
      through: [
        try #require(Self.strace), "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
        "inject=\(call):error=ENOSPC:when=1",
      ])
    #expect(status == 1)
    #expect(text.contains("No space left") || text.contains("ENOSPC") || text.contains("28"))
    #expect(try scratch.read("pyproject.toml") == LockedFileTests.text)
    #expect(scratch.names == ["pyproject.toml"])
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small disk is not permitted here"))
  func aDiskThatIsReallyFullLeavesTheOldFile() throws {
    let scratch = try Scratch()
    let logs = try Scratch()
    let disk = try SmallDisk(at: scratch.path)
    defer { withExtendedLifetime(disk) {} }
    let path = try scratch.write(LockedFileTests.text, to: "pyproject.toml")
    let filler = try FileDescriptor.open(
      scratch.path.appending("filler"), .writeOnly, options: [.create],
      permissions: [.ownerReadWrite])
    defer { try? filler.close() }
    let page = [UInt8](repeating: 0, count: 4096)
    #expect(throws: Errno.noSpace) { while true { _ = try filler.writeAll(page) } }
    let (status, text) = try Tool.run(
      ["add", path.string, "p", "1"], output: logs.path.appending("log"))
    #expect(status == 1)
    #expect(text.contains("No space left") || text.contains("ENOSPC") || text.contains("28"))
    #expect(try scratch.read("pyproject.toml") == LockedFileTests.text)
    #expect(scratch.names == ["filler", "pyproject.toml"])
    // With room again, the next one works.
    ftruncate(filler.rawValue, 0)
    try FileManager.default.removeItem(atPath: scratch.path.appending("filler").string)
    let (again, _) = try Tool.run(
      ["add", path.string, "p", "1"], output: logs.path.appending("log"))
    #expect(again == 0)
    #expect(scratch.names == ["pyproject.toml"])
  }
}
