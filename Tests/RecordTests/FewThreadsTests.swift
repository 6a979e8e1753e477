#if os(Linux)
  import CommandSupport
  import TestServer
  import Testing

  /// A process that can start no thread: what needs one says so, everything else works, and all of it
  /// ends.
  @Suite struct FewThreadsTests {
    @Test("a command ends without a thread, and does what it can") func ends() throws {
      let runs = try KilledRuns(["a.pt"]) { ServedFile([0x80, 1, 2, 3]).reply(to: $0) }
      try runs.intend("a.pt", from: "/a.pt")
      func run(_ arguments: String...) throws -> CommandResult {
        try FailingCalls.command(in: runs.project, arguments, ["FAILING_THREADS": "1"]).run()
      }
      for command in ["resolve", "fetch-intents"] {
        let result = try run(command, "flow.json")
        #expect(result.status == .exited(1))
        #expect(result.errorText.contains("error: 'a.pt': the system has no thread left\n"))
        #expect(result.errorText.contains("ulimit -u"))
      }
      #expect(try run("fsck").status == .exited(1))
      #expect(try run("status").status == .exited(1))
      #expect(try run("hash-model", "flow.json").status == .exited(0))
      #expect(try run("list-refs", "flow.json", "flow.json").status == .exited(0))
      try runs.project.must("fetch-intents")
      // The events of a push are complete all the same.
      let push = try FailingCalls.command(
        in: runs.project, ["push", "--json"],
        ["FAILING_THREADS": "1", "COMFY_STORE": "file://\(runs.project.directory)/store"]
      ).run()
      #expect(push.status == .exited(1))
      for part in ["file_complete", "\"fetch.no-thread\"", "batch_complete"] {
        #expect(push.outputText.contains(part))
      }
      #expect(try run("fsck").status == .exited(0))
    }
  }
#endif
