#if os(Linux)
  import CommandSupport
  import Foundation
  import SystemPackage
  import TestServer
  import Testing

  /// A whole `resolve` with its downloads in which one call fails, whichever that is: it ends with a
  /// status of its own, tears nothing, and the next run brings the work to its end.
  @Suite struct FailingCallsTests {
    private static let names = ["a.pt", "b.pt"]

    /// Which calls fail: `all`, or the number that a choice of some begins with.
    private static let choice = ProcessInfo.processInfo.environment["COMFY_FAILURES"] ?? "1"

    private static func content(of name: some StringProtocol) -> [UInt8] {
      let first = UInt8(name.utf8.first ?? 0)
      return (0..<150_000).map { UInt8(truncatingIfNeeded: $0 % 251) ^ first | 0x80 }
    }

    @Test("a resolve that decides, downloads and records") func resolve() throws {
      let runs = try KilledRuns(Self.names) { request in
        ServedFile(Self.content(of: request.path.dropFirst())).reply(to: request)
      }
      try runs.project.write(Self.workflow(for: runs.server), to: "flow.json")
      try runs.begin()
      guard let count = try Self.calls(runs, failing: 0)?.count else {
        return print("skipped: nothing can be preloaded here")
      }
      let wanted = try runs.state()
      try Self.expectDone(runs, wanted, isCommitted: true, "nothing")
      let numbers = Self.numbers(upTo: count)
      print("of \(count) calls, \(numbers.count) fail, one in each run")
      for number in numbers {
        try runs.restore()
        let failed = try Self.run(runs, failing: number)
        // Threads take turns: a call may come under another number, or not at all.
        let calls = try Self.log(runs)
        let call = calls.indices.contains(number - 1) ? calls[number - 1] : "\(number)"
        #expect([.exited(0), .exited(1), .exited(128)].contains(failed.status), "\(call)")
        #expect(failed.status == .exited(0) || !failed.errorText.isEmpty, "\(call)")
        try Self.expectNothingTorn(runs, call)
        if failed.status == .exited(0) {
          #expect(try runs.state()["manifest"] == wanted["manifest"], "\(call)")
        }
        let next = try runs.project.run("resolve", "--yes", "flow.json")
        #expect(next.status == .exited(0), "\(call): \(next.errorText)")
        // A commit that git could not make is told, and left to the user.
        let isCommitted = !failed.errorText.contains("not committed")
        try Self.expectDone(runs, wanted, isCommitted: isCommitted, call)
      }
    }

    // MARK: Runs

    private static func workflow(for server: TestServer) -> String {
      let nodes = names.enumerated().map { place, name in
        #"{"id":\#(place + 1),"type":"LoraLoader","mode":0,"widgets_values":["\#(name)",1,1],"#
          + #""properties":{"models":[{"name":"\#(name)","url":"\#(server.url("/" + name))","#
          + #""directory":"loras"}]}}"#
      }
      return #"{"nodes":[\#(nodes.joined(separator: ","))],"links":[],"version":0.4}"#
    }

    private static func run(_ runs: KilledRuns, failing number: Int) throws -> CommandResult {
      try FailingCalls.command(
        in: runs.project, ["resolve", "--yes", "flow.json"],
        ["FAILING_CALL": "\(number)", "FAILING_CALLS_LOG": log(of: runs).string]
      ).run()
    }

    /// The calls of an undisturbed run; `nil` where nothing can be preloaded.
    private static func calls(_ runs: KilledRuns, failing number: Int) throws -> [String]? {
      let result = try run(runs, failing: number)
      #expect(result.status == .exited(0), "\(result.errorText)")
      let calls = try log(runs)
      return calls.isEmpty ? nil : calls
    }

    private static func log(of runs: KilledRuns) -> FilePath {
      runs.project.sandbox.home.appending("calls")
    }

    private static func log(_ runs: KilledRuns) throws -> [String] {
      let text = try? String(contentsOfFile: log(of: runs).string, encoding: .utf8)
      return text?.split(separator: "\n").map(String.init) ?? []
    }

    /// All numbers, or 24 that lie apart.
    private static func numbers(upTo count: Int) -> [Int] {
      guard choice != "all" else { return Array(1...count) }
      let step = max(1, count / 24)
      return Array(stride(from: 1 + (Int(choice) ?? 1) % step, through: count, by: step))
    }

    // MARK: What is expected

    private static func expectNothingTorn(_ runs: KilledRuns, _ call: String) throws {
      for name in names {
        let file = runs.models.appending("loras/\(name)").string
        guard let bytes = FileManager.default.contents(atPath: file) else { continue }
        #expect(Array(bytes) == content(of: name), "\(call): \(name)")
      }
      let listed = try runs.project.run("list-intents")
      #expect([.exited(0), .exited(1)].contains(listed.status), "\(call): \(listed.errorText)")
    }

    private static func expectDone(
      _ runs: KilledRuns, _ wanted: KilledRuns.State, isCommitted: Bool, _ call: String
    ) throws {
      try expectNothingTorn(runs, call)
      var state = try runs.state()
      // A draft that could not be removed harms nobody, and the next write removes it.
      for draft in [".git/index.comfy", ".pyproject.toml.comfy-new"]
      where call.contains("unlink ") && call.hasSuffix("/\(draft)") {
        for (part, text) in state where part == "leftovers" || part == "status" {
          state[part] = text.replacing("./\(draft)\n", with: "")
            .replacing("?? \(draft)\n", with: "")
        }
      }
      let parts =
        ["manifest", "files", "leftovers"] + (isCommitted ? ["committed", "status"] : [])
      for part in parts {
        #expect(
          state[part].map(withoutRowSources) == wanted[part].map(withoutRowSources),
          "\(call): \(part)")
      }
      #expect(state["leftovers"] == "", "\(call)")
      try runs.project.git("fsck", "--strict")
    }
  }

  /// A manifest without the URLs in the rows of its models: where the index could not be written,
  /// only the entries of the workflows have them.
  private func withoutRowSources(_ text: String) -> String {
    text.replacing(/, sources = \[[^\]]*\] \}/, with: " }")
  }

  /// The program with a library preloaded that has its calls fail.
  enum FailingCalls {
    /// A run of the program.
    ///
    /// - Parameter variables: What is to fail: see `failing_calls.c`.
    static func command(
      in project: RecordedProject, _ arguments: [String], _ variables: [String: String]
    ) throws -> Command {
      let library = try #require(
        Product.path(named: "libFailingCalls.so"),
        "libFailingCalls.so is not built beside the tests")
      var command = project.command(project.comfy.string, arguments)
      command.environment.merge(variables) { $1 }
      command.environment["LD_PRELOAD"] = library.string
      command.limit = .seconds(120)
      return command
    }
  }
#endif
