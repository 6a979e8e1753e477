import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import TestServer
import Testing

/// A project with models to fetch, and runs of a command that are killed at a system call by which
/// they change something, each followed by one that goes on with it.
final class KilledRuns {
  /// What a run leaves, by kind.
  typealias State = [String: String]

  let project: RecordedProject
  let server: TestServer
  let models: FilePath
  private let names: [String]
  private let tool: FilePath

  /// - Parameter names: File names of models that the workflow `flow.json` asks for.
  init(_ names: [String], _ script: @escaping TestServer.Script) throws {
    self.names = names
    tool = try #require(
      Product.path(named: "KillAtCall"), "KillAtCall is not built beside the tests")
    server = try #require(TestServer(script))
    project = try RecordedProject(
      models: names,
      variables: ["COMFY_ALLOW_PRIVATE_HOSTS": "true", "COMFY_INDEX": "../home/index/index.db"])
    models = project.sandbox.home.appending("models")
    for name in ["models", "index"] {
      try FileManager.default.createDirectory(
        atPath: project.sandbox.home.appending(name).string, withIntermediateDirectories: false)
    }
    try project.git("config", "--global", "comfy.modelsDir", models.string)
  }

  deinit { server.stop() }

  /// Writes down that a model comes from a path of the server.
  func intend(_ name: String, from path: String) throws {
    try project.must(
      "add-intent", "flow.json", name, server.url(path), "--path", "loras/\(name)")
  }

  /// Everything from here on is done anew for each kill.
  func begin() throws {
    try shell("mkdir ../home/backup && cp -a . ../home/models ../home/index ../home/backup")
  }

  /// Runs a command anew and undisturbed, so that what it leaves is what the next kills compare with.
  func redo(_ command: String) throws {
    try restore()
    try project.must(command)
  }

  // MARK: Kills

  /// The calls of an undisturbed run: number, name, file; `nil` where programs can't be traced.
  func calls(of command: String) throws -> [String]? {
    let result = try run(command, killingAt: 0)
    guard result.status == .exited(0) else {
      #expect(result.status == .exited(125), "\(result.errorText)")
      print("skipped: programs may not be traced here")
      return nil
    }
    return try traced()
  }

  /// Kills a run right before each of these calls, and lets the next one end its work, which must
  /// come to what the undisturbed run left and fetch nothing that was safe.
  ///
  /// - Parameters:
  ///   - check: Looks at what the killed run left; gets the call, and the bytes of each of the
  ///     server's paths that are safe.
  ///   - prepare: Called before each run that is killed.
  func kill(
    _ command: String, at numbers: [Int],
    check: (String, [String: ByteRanges]) throws -> Void = { _, _ in },
    prepare: () -> Void = {}
  ) throws {
    let wanted = try state()
    #expect(wanted["status"] == "?? flow.json\n" && wanted["leftovers"] == "")
    var kills = 0
    for number in numbers {
      try restore()
      prepare()
      guard try run(command, killingAt: number).status == .exited(128 + SIGKILL) else { continue }
      // Files arrive in another order than the first time.
      let call = try traced().last ?? ""
      kills += 1
      let safe = try safeBytes()
      try check(call, safe)
      let before = server.requests.count
      let next = try project.run(command)
      #expect(next.status == .exited(0), "\(call): \(next.errorText)")
      for request in server.requests.dropFirst(before) where request.method == "GET" {
        let asked = ByteRanges(of: request)
        #expect(safe[request.path]?.intersects(asked) != true, "\(call): \(request.path)")
      }
      let left = try state().filter { wanted[$0.key] != $0.value }
      #expect(left.isEmpty, "\(call)")
      try project.git("fsck", "--strict")
    }
    #expect(kills > numbers.count / 2)
  }

  /// Bytes of each path on the server that the killed run had made safe.
  private func safeBytes() throws -> [String: ByteRanges] {
    var safe: [String: ByteRanges] = [:]
    for name in names {
      let parts = models.appending("loras/.\(name).comfy-part/state")
      let state = try? String(contentsOfFile: parts.string, encoding: .utf8)
      if FileManager.default.fileExists(atPath: models.appending("loras/\(name)").string)
        || state?.contains("\nsealed ") == true
      {
        safe["/\(name)"] = ByteRanges(all: [0..<Int.max])
      } else if let state {
        safe["/\(name)"] = ByteRanges(ofState: state)
      }
    }
    return safe
  }

  /// The calls of the last run: number, name, file.
  private func traced() throws -> [String] {
    try String(contentsOfFile: log.string, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private var log: FilePath { project.sandbox.home.appending("calls") }

  private func run(_ command: String, killingAt number: Int) throws -> CommandResult {
    try project.command(
      tool.string, ["\(number)", log.string, project.comfy.string, command]
    ).run()
  }

  /// Gives the project back the state that ``begin()`` kept.
  func restore() throws {
    try shell(
      """
      find . ../home/models ../home/index -mindepth 1 -delete
      cp -a ../home/backup/. . && rm -r models index
      cp -a ../home/backup/models ../home/backup/index ../home
      """)
  }

  // MARK: States

  /// What the last run left.
  func state() throws -> State {
    [
      "manifest": try project.read("pyproject.toml"),
      "committed": try project.git("show", "HEAD:pyproject.toml") + "\n",
      // Files land in any order.
      "subjects": try shell("git log --format=%s | sort"),
      "status": try shell("git status --porcelain --ignored"),
      "index": try project.must("list-models", "--json"),
      // Everything below the models directory, hidden files included.
      "files": try shell("cd ../home/models && find . -exec cksum {} + 2>&1 | sort -k 3"),
      "links": try shell("cd ../home/models && find . -type f -printf '%p %n\\n' | sort"),
      "leftovers": try shell(
        "find . -name objects -prune -o \\( -name '*.lock' -o -name '*comfy*' \\) -print"),
    ]
  }

  @discardableResult
  func shell(_ script: String) throws -> String {
    let result = try project.command("sh", ["-ec", script]).run()
    try #require(result.status == .exited(0), "\(script): \(result.errorText)")
    return result.outputText
  }
}

/// Bytes of a file.
struct ByteRanges {
  let all: [Range<Int>]

  init(all: [Range<Int>]) { self.all = all }

  /// What the state beside a partial promises to the next run.
  init(ofState text: String) {
    all = text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == "done", let start = Int(words[1]), let end = Int(words[2])
      else { return nil }
      return start..<end
    }
  }

  /// What a request asks for.
  init(of request: Request) {
    let range = request.range ?? (start: 0, end: nil)
    all = [range.start..<(range.end ?? .max)]
  }

  var count: Int { all.reduce(0) { $0 + $1.count } }

  func intersects(_ other: ByteRanges) -> Bool {
    all.contains { mine in other.all.contains { $0.overlaps(mine) } }
  }
}
