import CommandSupport
import Foundation
import Synchronization
import SystemPackage
import TestServer
import Testing

/// Batches over a server that misbehaves, and batches that are stopped.
@Suite struct FetchTests {
  /// A project with the two intents of `brushes.json`, and the server for them.
  private final class Batch {
    let sandbox: Sandbox
    let server: TestServer
    /// While set, the second file stops in the middle.
    let stalls = Flag()

    static let first = "/atelier/brushes/resolve/main/ink.safetensors"
    static let second = "/atelier/brushes/resolve/main/lost.safetensors"

    init() throws {
      let product = try #require(Product.path(), "comfy is not built")
      let ink = try #require(Fixture.model("i", 100))
      let lost = try #require(Fixture.model("l", 3_000_000))
      let stalls = stalls
      server = try #require(
        TestServer { request in
          switch request.path {
          case Batch.first: return ServedFile(ink).reply(to: request)
          case Batch.second:
            var reply = ServedFile(lost).reply(to: request)
            if stalls.isSet { reply.stall = 1_000_000 }
            return reply
          default: return .text(404, "not found\n")
          }
        })
      sandbox = try Sandbox(
        programs: ["comfy": product],
        variables: [
          "FIXTURES": Fixture.directory.string, "HF_ENDPOINT": server.url(""), "COMFY_JOBS": "1",
        ])
      let start = """
        . "$FIXTURES/workflows-commands/project.sh"
        make_project
        cp "$FIXTURES/workflows-commands/brushes.json" workflows/
        comfy resolve --yes --no-fetch workflows/brushes.json || [ $? = 1 ]
        """
      #expect(try sandbox.run("sh", "-e", "-c", start).status == .exited(0))
    }

    var manifest: String {
      (try? String(
        contentsOfFile: sandbox.work.appending("pyproject.toml").string, encoding: .utf8)) ?? ""
    }

    /// How often a file's bytes were asked for; what is only looked at does not count.
    func requests(for path: String) -> Int {
      server.requests.count { $0.path == path && $0.method == "GET" }
    }

    /// Waits until the first file is in the manifest and the second is on its way.
    func waitUntilInTheMiddle() throws {
      let end = ContinuousClock.now + .seconds(60)
      while !manifest.contains("\nhash = ") || requests(for: Self.second) == 0 {
        try #require(ContinuousClock.now < end, "the batch never came to its second file")
        usleep(5_000)
      }
    }

    deinit { server.stop() }
  }

  private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set(_ new: Bool) { value.withLock { $0 = new } }
  }

  /// After Ctrl-C, and after a kill that nothing can be done about, the same command goes on where
  /// the other stopped.
  @Test(arguments: [true, false])
  func aBatchThatIsStoppedGoesOn(byInterrupt: Bool) throws {
    let batch = try Batch()
    defer { batch.server.stop() }
    batch.stalls.set(true)
    do {
      let terminal = try PseudoTerminal()
      try terminal.start(batch.sandbox.command("comfy", "fetch-intents"))
      try batch.waitUntilInTheMiddle()
      if byInterrupt {
        try terminal.type("\u{3}")
        #expect(try terminal.waitForEnd() == .exited(130))
        #expect(terminal.screen.text.contains("stopped; what was done until then is kept"))
      }
      // Otherwise it is killed here, with its terminal.
    }
    #expect(batch.requests(for: Batch.first) == 1)
    batch.stalls.set(false)
    let result = try batch.sandbox.run("comfy", "fetch-intents")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(batch.requests(for: Batch.first) == 1)
    let status = try batch.sandbox.run("comfy", "status", "--json")
    #expect(status.outputText.contains(#""resolved":2,"pending":0"#))
    let log = try batch.sandbox.run("git", "log", "--format=%s").outputText
    #expect(log.components(separatedBy: "set hash of").count == 3)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: batch.sandbox.work.appending("models/loras").string)
    #expect(names.sorted() == ["ink.safetensors", "lost.safetensors", "pencil.safetensors"])
    // Nothing is open any more: the network is left alone.
    let count = batch.server.requests.count
    #expect(try batch.sandbox.run("comfy", "fetch-intents").status == .exited(0))
    #expect(try batch.sandbox.run("comfy", "resolve", "--yes", "brushes").status == .exited(0))
    #expect(batch.server.requests.count == count)
  }

  @Test func theSameURLForTwoWorkflowsIsFetchedOnce() throws {
    let batch = try Batch()
    defer { batch.server.stop() }
    let copy =
      "cp workflows/brushes.json workflows/copy.json;"
      + " comfy resolve --yes --no-fetch workflows/copy.json"
    _ = try batch.sandbox.run("sh", "-c", copy)
    let result = try batch.sandbox.run("comfy", "fetch-intents")
    #expect(result.status == .exited(0), "\(result.errorText)")
    let gets = batch.server.requests.filter { $0.method == "GET" && $0.path == Batch.first }
    #expect(gets.count == 1)
    let status = try batch.sandbox.run("comfy", "status", "--json").outputText
    #expect(status.components(separatedBy: #""resolved":2"#).count == 3)
  }
}
