import CommandSupport
import Foundation
import Synchronization
import SystemPackage
import TestServer
import Testing

/// Commands that are killed at any system call by which they change something, and the run that goes
/// on with it: it ends as if nothing had been, and fetches nothing that was safe.
@Suite struct KilledBatchTests {
  /// Whether every call is tried, in place of some of them.
  private static let isThorough = ProcessInfo.processInfo.environment["COMFY_KILLS"] == "all"

  private static func content(_ count: Int, _ seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33) | 0x80
    }
  }

  private static func served(_ request: Request) -> Reply {
    let number = UInt64(request.path.utf8.dropFirst().first ?? 0)
    return ServedFile(content(120_000 + Int(number) * 1000, number)).reply(to: request)
  }

  @Test("a batch of three", arguments: ["fetch-intents", "sync"])
  func anywhere(command: String) throws {
    let names = ["a.pt", "b.pt", "c.pt"]
    let runs = try KilledRuns(names, Self.served)
    for name in names { try runs.intend(name, from: "/\(name)") }
    if command == "sync" {
      try runs.project.must("fetch-intents")
      try runs.shell("find ../home/models ../home/index -mindepth 1 -delete")
    }
    try runs.begin()
    guard let calls = try runs.calls(of: command) else { return }
    try runs.kill(command, at: Self.some(of: calls))
  }

  /// The content is here under another name, and goes to a place that is free, or is not.
  @Test("a file that is linked or copied", arguments: ["link", "never"])
  func reused(policy: String) throws {
    let runs = try KilledRuns(["a.pt", "b.pt"], Self.served)
    try runs.intend("a.pt", from: "/a.pt")
    try runs.project.must("fetch-intents")
    try runs.intend("b.pt", from: "/a.pt")
    try runs.project.git("config", "comfy.dedupe", policy)
    try runs.begin()
    let before = runs.server.connections
    guard let calls = try runs.calls(of: "fetch-intents") else { return }
    try runs.kill("fetch-intents", at: Self.some(of: calls))
    #expect(runs.server.connections == before)
    let links = try runs.shell("stat -c %h ../home/models/loras/b.pt")
    #expect(links == (policy == "link" ? "2\n" : "1\n"))
  }

  /// What has arrived is made safe every 64 MiB, and no more than that is fetched again.
  @Test("a file that is noted several times on its way") func large() throws {
    let source = try TemporaryDirectory()
    try Self.write(megabytes: 150, to: source.path.appending("a.pt"))
    let folder = ServedFolder(source.path.string)
    let runs = try KilledRuns(["a.pt"]) { folder.reply(to: $0) }
    try runs.intend("a.pt", from: "/a.pt")
    try runs.begin()
    guard let calls = try runs.calls(of: "fetch-intents") else { return }
    var noted: [Int] = []
    try runs.kill("fetch-intents", at: Self.around(notesIn: calls)) { call, safe in
      let safe = safe["/a.pt"]?.count ?? 0
      let written = try runs.shell("cat ../home/models/loras/.a.pt.comfy-part/bytes* | wc -c")
      let count = Int(written.dropLast()) ?? 0
      // Beside what is not noted, blocks that arrived while it was being noted.
      #expect(count - safe <= 64 << 20 + 32 << 20, "\(call)")
      noted.append(safe)
    }
    #expect(noted.contains { $0 >= 64 << 20 })
  }

  /// While the killed run is at work the server has a second version of a file that an earlier run
  /// left the beginning of; by the next run it has the first again, as the machines of a CDN may.
  @Test("a file that changes, and changes back") func versions() throws {
    let bodies = [Self.content(2_000_000, 1), Self.content(2_000_000, 2)]
    let version = Mutex(0)
    let runs = try KilledRuns(["a.pt"]) { request in
      let version = version.withLock { $0 }
      guard version > 0 else {
        var reply = ServedFile(bodies[0], .strongTag, version: 1).reply(to: request)
        reply.cut = 1_200_000
        return request.earlier <= (request.method == "HEAD" ? 0 : 1) ? reply : Reply(404)
      }
      return ServedFile(bodies[version - 1], .strongTag, version: version).reply(to: request)
    }
    try runs.intend("a.pt", from: "/a.pt")
    #expect(try runs.project.run("fetch-intents").status == .exited(1))
    let kept = try runs.shell("grep done ../home/models/loras/.a.pt.comfy-part/state")
    #expect(kept == "done 0 1200000\n")
    try runs.begin()
    version.withLock { $0 = 2 }
    guard let calls = try runs.calls(of: "fetch-intents") else { return }
    version.withLock { $0 = 1 }
    try runs.redo("fetch-intents")
    // A file that landed is none that the server may change.
    let landing = calls.firstIndex { $0.contains(" link") && $0.contains("a.pt") } ?? calls.count
    try runs.kill(
      "fetch-intents", at: Array(1...landing), check: { _, _ in version.withLock { $0 = 1 } },
      prepare: { version.withLock { $0 = 2 } })
  }

  // MARK: Calls

  /// The numbers of the calls to kill at. A file is written in many, of which some will do.
  private static func some(of calls: [String]) -> [Int] {
    var last: Substring = ""
    return calls.enumerated().compactMap { index, line in
      let call = line.drop { $0 != " " }
      defer { last = call }
      let isChosen = call != last && index % (isThorough ? 1 : 4) == 0 || index % 12 == 0
      return isChosen ? index + 1 : nil
    }
  }

  /// The calls before, in and behind those that note what has arrived, and one on the way between
  /// them.
  private static func around(notesIn calls: [String]) -> [Int] {
    let notes = calls.indices.filter {
      calls[$0].contains("rename") && calls[$0].contains(".comfy-part/state")
    }
    let between = zip(notes, notes.dropFirst()).map { ($0 + $1) / 2 }
    let each = notes.flatMap { isThorough ? [$0 - 2, $0 - 1, $0, $0 + 1, $0 + 2] : [$0, $0 + 1] }
    return (each + between).filter { calls.indices.contains($0) }.map { $0 + 1 }.sorted()
  }

  private static func write(megabytes: Int, to path: FilePath) throws {
    var block = content(1 << 20, 7)
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create], permissions: .ownerReadWrite)
    try file.closeAfter {
      for number in 0..<megabytes {
        block[9] = UInt8(number) | 0x80
        block[10] = UInt8(number) &* 2 | 0x80
        _ = try file.writeAll(block)
      }
    }
  }
}
