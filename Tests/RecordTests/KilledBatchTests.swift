import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// A batch of three that is killed at any system call by which it changes something, and the run
/// that goes on with it.
@Suite struct KilledBatchTests {
  /// What a finished batch leaves, by kind.
  private typealias State = [String: String]

  private static let names = ["a.pt", "b.pt", "c.pt"]
  private static let tool = Product.path(named: "KillAtCall")

  private let project: Project
  private let server: TestServer
  private let models: FilePath

  init() throws {
    server = try #require(
      TestServer { request in
        let number = UInt64(request.path.utf8.dropFirst().first ?? 0)
        return ServedFile(Self.content(120_000 + Int(number) * 1000, number)).reply(to: request)
      })
    project = try Project(
      models: Self.names,
      variables: ["COMFY_ALLOW_PRIVATE_HOSTS": "true", "COMFY_INDEX": "../home/index/index.db"])
    models = project.sandbox.home.appending("models")
    for name in ["models", "index"] {
      try FileManager.default.createDirectory(
        atPath: project.sandbox.home.appending(name).string, withIntermediateDirectories: false)
    }
    try project.git("config", "comfy.modelsDir", models.string)
    for name in Self.names {
      try project.must(
        "add-intent", "flow.json", name, server.url("/\(name)"), "--path", "loras/\(name)")
    }
  }

  private static func content(_ count: Int, _ seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33) | 0x80
    }
  }

  @Test(
    "the next run ends as if nothing had been, and fetches nothing that was safe",
    arguments: ["fetch-intents", "sync"])
  func anywhere(command: String) throws {
    defer { server.stop() }
    if command == "sync" {
      try project.must("fetch-intents")
      try shell("find ../home/models ../home/index -mindepth 1 -delete")
    }
    try shell("mkdir ../home/backup && cp -a . ../home/models ../home/index ../home/backup")
    guard let calls = try calls(of: command) else {
      print("skipped: programs may not be traced here")
      return
    }
    let wanted = try state()
    #expect(wanted["status"] == "?? flow.json\n" && wanted["leftovers"] == "")
    var kills = 0
    for number in calls {
      try restore()
      guard try run(command, killingAt: number).status == .exited(128 + SIGKILL) else { continue }
      // Files arrive in another order than the first time.
      let call = try traced().last ?? ""
      kills += 1
      let safe = try safeBytes()
      let before = server.requests.count
      let next = try project.run(command)
      #expect(next.status == .exited(0), "\(call): \(next.errorText)")
      for request in server.requests.dropFirst(before) where request.method == "GET" {
        let start = request.range?.start ?? 0
        #expect(start >= safe[request.path] ?? 0, "\(call): \(request.path) \(start)")
      }
      let left = try state().filter { wanted[$0.key] != $0.value }
      #expect(left.isEmpty, "\(call)")
      try project.git("fsck", "--strict")
    }
    #expect(kills > calls.count / 2)
  }

  /// Bytes of each path on the server that the killed run had made safe.
  private func safeBytes() throws -> [String: Int] {
    var bytes: [String: Int] = [:]
    for name in Self.names {
      let file = models.appending("loras/\(name)")
      let parts = models.appending("loras/.\(name).comfy-part")
      if FileManager.default.fileExists(atPath: file.string) {
        bytes["/\(name)"] = .max
      } else if let state = try? String(
        contentsOfFile: parts.appending("state").string, encoding: .utf8)
      {
        let done = state.split(separator: "\n").first { $0.hasPrefix("done 0 ") }
        bytes["/\(name)"] = done.flatMap { Int($0.dropFirst(7)) } ?? 0
        if state.contains("\nsealed ") { bytes["/\(name)"] = .max }
      }
    }
    return bytes
  }

  // MARK: Kills

  /// The numbers of the calls to kill at, from an undisturbed run; `nil` where programs can't be
  /// traced. A file is written in many calls, of which some will do.
  private func calls(of command: String) throws -> [Int]? {
    let result = try run(command, killingAt: 0)
    guard result.status == .exited(0) else {
      #expect(result.status == .exited(125), "\(result.errorText)")
      return nil
    }
    let every = ProcessInfo.processInfo.environment["COMFY_KILLS"] == "all" ? 1 : 8
    var last: Substring = ""
    return try traced().enumerated().compactMap { index, line in
      let call = line.drop { $0 != " " }
      defer { last = call }
      return call != last && index % every == 0 || index % 24 == 0 ? index + 1 : nil
    }
  }

  /// The calls of the last run: number, name, file.
  private func traced() throws -> [Substring] {
    try String(contentsOfFile: log.string, encoding: .utf8).split(separator: "\n")
  }

  private var log: FilePath { project.sandbox.home.appending("calls") }

  private func run(_ command: String, killingAt number: Int) throws -> CommandResult {
    let tool = try #require(Self.tool, "KillAtCall is not built beside the tests")
    return try project.command(
      tool.string, ["\(number)", log.string, project.comfy.string, command]
    ).run()
  }

  private func restore() throws {
    try shell(
      """
      find . ../home/models ../home/index -mindepth 1 -delete
      cp -a ../home/backup/. . && rm -r models index
      cp -a ../home/backup/models ../home/backup/index ../home
      """)
  }

  // MARK: States

  private func state() throws -> State {
    [
      "manifest": try project.read("pyproject.toml"),
      "committed": try project.git("show", "HEAD:pyproject.toml") + "\n",
      // Files land in any order.
      "subjects": try shell("git log --format=%s | sort"),
      "status": try shell("git status --porcelain --ignored"),
      "index": try project.must("list-models", "--json"),
      // Everything below the models directory, hidden files included.
      "files": try shell("cd ../home/models && find . -exec cksum {} + 2>&1 | sort -k 3"),
      "leftovers": try shell(
        "find . -name objects -prune -o \\( -name '*.lock' -o -name '*comfy*' \\) -print"),
    ]
  }

  @discardableResult
  private func shell(_ script: String) throws -> String {
    let result = try project.command("sh", ["-ec", script]).run()
    try #require(result.status == .exited(0), "\(script): \(result.errorText)")
    return result.outputText
  }
}
