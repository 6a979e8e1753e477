#if os(Linux)
  import TestServer
  import Testing

  /// Limits of the shell (`ulimit`) so low that a part of the work fails.
  @Suite struct LowLimitsTests {
    private func runs() throws -> KilledRuns {
      let runs = try KilledRuns(["a.pt", "b.pt"]) {
        ServedFile([0x80] + (0..<200_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }).reply(to: $0)
      }
      try runs.intend("a.pt", from: "/a.pt")
      try runs.intend("b.pt", from: "/b.pt")
      try runs.begin()
      return runs
    }

    @Test("with too few files to open, the way out is the limit and not an installation")
    func files() throws {
      let runs = try runs()
      var texts: [String] = []
      for limit in 6...12 {
        try runs.restore()
        texts.append(
          try runs.shell(
            "(exec 3<&- 4<&- 5<&-; ulimit -n \(limit); \(runs.project.comfy) fetch-intents 2>&1) || :"
          ))
      }
      let all = texts.joined()
      #expect(all.contains("too many open files\nhint: raise the limit"))
      #expect(!all.contains("install libcurl"))
      #expect(!all.contains("check that it is a file"))
    }

    @Test("with little address space, a batch works or says why not, and does not crash")
    func addressSpace() throws {
      let runs = try runs()
      for limit in [200_000, 250_000, 300_000, 400_000] {
        try runs.restore()
        let end = try runs.shell(
          "(ulimit -v \(limit); \(runs.project.comfy) fetch-intents 2>&1) || echo ended $?")
        for status in [132, 133, 134, 136, 138, 139] {
          #expect(!end.contains("ended \(status)"), "\(limit): \(end)")
        }
      }
    }
  }
#endif
