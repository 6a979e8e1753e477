@testable import ComfyCore
import Synchronization
import SystemLibrary
import SystemPackage
import TestServer
import Testing

@Suite struct ParallelTests {
  @Test("no more files at once than jobs, and all of them land")
  func jobs() throws {
    let scene = try Scene { request in
      var reply = ServedFile(content(20_000, seed: UInt64(request.target.utf8.count))).reply(
        to: request)
      reply.delay = 10
      return reply
    }
    scene.options.jobs = 3
    let requests = try (0..<20).map { try scene.request("/f\($0)", to: "loras/f\($0).pt") }
    #expect(scene.run(requests).allSatisfy { $0.file != nil })
    #expect(scene.server.mostOpen <= 3)
    #expect(scene.names().count == 20)
    #expect(scene.recorded.sorted() == Array(0..<20))
    let last = scene.events.last { if case .fileComplete = $0 { true } else { false } }
    #expect(last != nil)
  }

  @Test("one file at a time ends in the order of the requests, also while others are recorded")
  func order() throws {
    let scene = try Scene { request in
      request.path == "/f2"
        ? .text(404, "gone") : ServedFile(content(2_000)).reply(to: request)
    }
    scene.options.jobs = 1
    let requests = try (0..<4).map { try scene.request("/f\($0)", to: "loras/f\($0).pt") }
    let outcomes = scene.run(requests) { place, _ in
      // By the time that the last is asked for, the two before it are over.
      var tries = 0
      while place == 0, tries < 10_000, !scene.server.requests.contains(where: { $0.path == "/f3" })
      {
        usleep(1000)
        tries += 1
      }
    }
    #expect(outcomes.map { $0.file != nil } == [true, true, false, true])
    let ended = scene.events.compactMap {
      if case .fileComplete(let position, _) = $0 { position.index } else { nil }
    }
    #expect(ended == [1, 2, 3, 4])
  }

  @Test("no more connections at once to a host than allowed")
  func perHost() throws {
    let scene = try Scene { request in
      var reply = ServedFile(content(20_000)).reply(to: request)
      reply.delay = 5
      return reply
    }
    scene.options.jobs = 8
    scene.options.connectionsPerHost = 2
    let requests = try (0..<10).map { try scene.request("/f\($0)", to: "loras/f\($0).pt") }
    #expect(scene.run(requests).allSatisfy { $0.file != nil })
    #expect(scene.server.mostOpen <= 2)
  }

  /// A scene whose one file is fetched over several connections from the start.
  private func split(_ script: @escaping TestServer.Script) throws -> Scene {
    let scene = try Scene(script)
    scene.options.splitAfter = 0
    scene.options.smallestRange = 64 << 10
    return scene
  }

  @Test("one large file comes over several connections and is whole")
  func ranges() throws {
    let body = content(2_000_000)
    let scene = try split { request in
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 2_000_000
      return reply
    }
    let file = try #require(try scene.run(scene.request()).file)
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(file.blake3 == blake3(body))
    #expect(file.sha256 == sha256(body))
    #expect(file.received == 2_000_000)
    #expect(scene.server.mostOpen > 1)
    #expect(scene.ranges.first == "-")
  }

  @Test("one connection remains where the server refuses more", arguments: [403, 429, 503, 200, 0])
  func refusesMore(status: Int) throws {
    let body = content(1_500_000)
    let busy = Mutex(0)
    let scene = try split { request in
      let isSecond =
        request.range != nil
        && busy.withLock { count in
          count += 1
          return count <= 6
        }
      if isSecond, status == 200 { return Reply(200, headers: [("ETag", "\"v1\"")], body: body) }
      if isSecond, status == 0 {
        var reply = Reply(206)
        reply.hangsUp = true
        return reply
      }
      if isSecond { return Reply(status) }
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 3_000_000
      return reply
    }
    scene.options.attempts = 20
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  @Test(
    "a server that never takes more than one connection is asked once for each",
    arguments: [
      403, 429, 503, 200, 0,
    ])
  func neverMore(status: Int) throws {
    let body = content(3_000_000)
    let scene = try split { request in
      var reply = ServedFile(body).reply(to: request)
      if request.earlier == 0 {
        reply.rate = 1_500_000
      } else if status == 200 {
        reply = Reply(200, headers: [("ETag", "\"v1\"")], body: body)
      } else if status > 0 {
        reply = Reply(status, headers: [("Retry-After", "1")])
      } else {
        reply.hangsUp = true
      }
      return reply
    }
    scene.options.attempts = 1
    #expect(try scene.run(scene.request()).file?.received == Int64(body.count))
    #expect(scene.holds(body, at: "loras/m.pt"))
    // libcurl itself asks again once where an idle connection was closed under it.
    let further = scene.server.requests.count - 1
    #expect((1...2 * (scene.options.connectionsPerFile - 1)).contains(further))
  }

  @Test("an expired address of the bytes costs no connection", arguments: [401, 403, 404, 410])
  func expiredAddress(status: Int) throws {
    let body = content(6_000_000)
    let answers = OpenAnswers()
    let addresses = Mutex(0)
    let scene = try split { request in
      guard request.path == "/bytes" else {
        let number = addresses.withLock { number in
          number += 1
          return number
        }
        return .redirect(to: "/bytes?sig=\(number)")
      }
      // The first address expires while it is asked for ranges; those given later stay good.
      if request.target.hasSuffix("sig=1"), request.earlier >= 3 { return Reply(status) }
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 2_000_000
      reply.whenOver = answers.begin(isLate: !request.target.hasSuffix("sig=1"))
      return reply
    }
    let file = try #require(try scene.run(scene.request()).file)
    #expect(file.sha256 == sha256(body))
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(answers.mostLate >= 4)
  }

  @Test("one refusal costs no more than one connection", arguments: [403, 429, 503, 0])
  func strayRefusal(status: Int) throws {
    let body = content(6_000_000)
    let answers = OpenAnswers()
    let count = Mutex(0)
    let scene = try split { request in
      let number = count.withLock { count in
        count += 1
        return count
      }
      if number == 3 {
        var reply = Reply(max(status, 206))
        reply.hangsUp = status == 0
        return reply
      }
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 2_000_000
      // One of these at a time would be what is left of the connections.
      reply.whenOver = answers.begin(isLate: number > 8)
      return reply
    }
    scene.options.attempts = 1
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(answers.mostLate >= 2)
  }

  @Test("a server that refused further connections for a while is asked for them again")
  func refusedForAWhile() throws {
    let body = content(6_000_000)
    let answers = OpenAnswers()
    let isBusy = Mutex(true)
    let scene = try split { request in
      if request.range != nil, isBusy.withLock({ $0 }) { return Reply(503) }
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 2_000_000
      reply.pause = Reply.Pause(after: 1_000_000) { isBusy.withLock { $0 = false } }
      reply.whenOver = answers.begin(isLate: request.range != nil)
      return reply
    }
    scene.options.attempts = 1
    scene.options.refusalMemory = 20
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(answers.mostLate >= 2)
  }

  @Test("one connection remains where no further one can be made")
  func unreachable() throws {
    let body = content(3_000_000)
    let server = Mutex<TestServer?>(nil)
    let scene = try split { request in
      server.withLock { $0?.refuseFurther() }
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 1_500_000
      return reply
    }
    server.withLock { $0 = scene.server }
    defer { server.withLock { $0 = nil } }
    scene.options.attempts = 1
    #expect(try scene.run(scene.request()).file?.received == Int64(body.count))
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(scene.ranges == ["-"])
  }

  /// How a host does not answer one file while it sends another.
  enum Refusal: CaseIterable, Sendable { case status429, status503, hangUp, cut, stall }

  @Test(
    "a host that serves one file at a time is asked again until the other file is there",
    arguments: Refusal.allCases, [false, true])
  func busyHost(refusal: Refusal, isResume: Bool) throws {
    let bodies = ["/a": content(400_000), "/b": content(300_000, seed: 2)]
    let (isArriving, isResumed) = (Flag(), Flag())
    let asked = Mutex(0)
    let times = refusal == .stall ? 2 : 4
    let scene = try Scene { request in
      var reply = ServedFile(bodies[request.path] ?? []).reply(to: request)
      guard isResumed.isSet else {
        reply.cut = 100_000
        return reply
      }
      if request.path == "/a" {
        // Outlives the refusals; a pause would be a stall itself.
        if refusal == .stall {
          reply.rate = 300_000
        } else {
          reply.pause = Reply.Pause(after: 100_000) { wait { asked.withLock { $0 } > times } }
        }
        return reply
      }
      wait { isArriving.isSet }
      let isRefused = asked.withLock { count in
        count += 1
        return count <= times
      }
      return isRefused ? refusal.reply : reply
    }
    let requests = [
      try scene.request("/a", to: "loras/a.pt"), try scene.request("/b", to: "loras/b.pt"),
    ]
    scene.options.attempts = 1
    if isResume { _ = scene.run([requests[1]]) }
    isResumed.set()
    if refusal == .stall { scene.options.stallWindow = 300 }
    scene.onEvent = { event in
      if case .fileProgress(let position, let progress) = event, position.index == 1,
        progress.bytes > 0
      {
        isArriving.set()
      }
    }
    let files = scene.run(requests).map(\.file)
    #expect(files.map { $0?.sha256 } == ["/a", "/b"].map { sha256(bodies[$0] ?? []) })
    #expect(files.map { $0?.received } == [400_000, isResume ? 200_000 : 300_000])
    let tries = scene.events.compactMap {
      if case .fileRetry(let position, let attempt, _, _) = $0 {
        [position.index, attempt]
      } else {
        nil as [Int]?
      }
    }
    #expect(tries == (1...times).map { [2, $0] })
  }

  @Test(
    "a host that was busy is asked as soon as the other file is there, not at the end of a delay",
    .timeLimit(.minutes(1)))
  func busyHostIsFree() throws {
    let body = content(200_000)
    let (isArriving, isRefused) = (Flag(), Flag())
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      if request.path == "/a" {
        reply.pause = Reply.Pause(after: 100_000) { wait { isRefused.isSet } }
      } else if request.earlier == 0 {
        wait { isArriving.isSet }
        return Reply(429)
      }
      return reply
    }
    scene.options.attempts = 1
    scene.options.firstDelay = 600_000
    scene.options.longestDelay = 600_000
    scene.onEvent = { event in
      switch event {
      case .fileProgress(let position, let progress) where position.index == 1:
        if progress.bytes > 0 { isArriving.set() }
      case .fileRetry: isRefused.set()
      default: break
      }
    }
    let requests = [
      try scene.request("/a", to: "loras/a.pt"), try scene.request("/b", to: "loras/b.pt"),
    ]
    #expect(scene.run(requests).allSatisfy { $0.file?.sha256 == sha256(body) })
  }

  @Test(
    "no number of a try is told twice, whether the try counts or not", .timeLimit(.minutes(1)))
  func numbersOfTries() throws {
    let body = content(200_000)
    let (isArriving, isRefused, isOver) = (Flag(), Flag(), Flag())
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      switch (request.path, request.earlier) {
      case ("/a", _): reply.pause = Reply.Pause(after: 100_000) { wait { isRefused.isSet } }
      case (_, 0):
        wait { isArriving.isSet }
        return Reply(429)
      case (_, 1):
        wait { isOver.isSet }
        return Reply(429)
      default: break
      }
      return reply
    }
    var numbers: [Int] = []
    scene.onEvent = { event in
      switch event {
      case .fileProgress(let position, let progress) where position.index == 1:
        if progress.bytes > 0 { isArriving.set() }
      case .fileRetry(_, let attempt, _, _):
        numbers.append(attempt)
        isRefused.set()
      case .fileComplete(let position, _) where position.index == 1: isOver.set()
      default: break
      }
    }
    let requests = [
      try scene.request("/a", to: "loras/a.pt"), try scene.request("/b", to: "loras/b.pt"),
    ]
    #expect(scene.run(requests).allSatisfy { $0.file != nil })
    #expect(numbers == [1, 2])
  }

  @Test("ranges of another version are not joined")
  func otherVersion() throws {
    let old = content(1_000_000)
    let new = content(1_000_000, seed: 2)
    let scene = try split { request in
      // Only the first answer is of the old version.
      let isFirst = request.earlier == 0
      var reply = ServedFile(isFirst ? old : new, entityTag: isFirst ? "\"1\"" : "\"2\"").reply(
        to: request)
      reply.rate = 2_000_000
      if isFirst { reply.cut = 600_000 }
      return reply
    }
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(new))
    #expect(scene.holds(new, at: "loras/m.pt"))
  }

  @Test("what several connections fetched is gone on with by the next run")
  func resumed() throws {
    let body = content(2_000_000)
    let isCut = Mutex(true)
    let scene = try split { request in
      var reply = ServedFile(body).reply(to: request)
      if isCut.withLock({ $0 }) {
        if request.earlier > 5 { return Reply(404) }
        reply.cut = 40_000
      }
      return reply
    }
    scene.options.attempts = 2
    #expect(try scene.run(scene.request()).error != nil)
    isCut.withLock { $0 = false }
    let file = try #require(try scene.run(scene.request()).file)
    #expect(file.sha256 == sha256(body))
    #expect(file.received < 2_000_000)
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  @Test("two runs for one file: one fetches, the other takes over what it made")
  func twoRuns() throws {
    let body = content(600_000)
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 2_000_000
      return reply
    }
    let request = try scene.request()
    let options = scene.options
    let environment = ProcessEnvironment(
      variables: [:], home: nil, currentDirectory: scene.root, now: { Timestamp(seconds: 0) })
    let outcomes = Mutex<[FetchOutcome]>([])
    let threads = (0..<3).map { _ in
      Worker {
        let outcome = FetchEngine(options: options, environment: environment).run([request])
        outcomes.withLock { $0 += outcome }
      }
    }
    threads.forEach { $0.join() }
    let files = outcomes.withLock { $0.compactMap(\.file) }
    #expect(files.count == 3)
    #expect(files.allSatisfy { $0.sha256 == sha256(body) })
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(scene.server.requests.count == 1)
    #expect(scene.names() == ["m.pt"])
  }

  @Test("a run that does not wait says that another one is at it")
  func busy() throws {
    let body = content(300_000)
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      reply.stall = 100_000
      return reply
    }
    let request = try scene.request()
    let server = scene.server
    let options = scene.options
    let environment = ProcessEnvironment(
      variables: [:], home: nil, currentDirectory: scene.root, now: { Timestamp(seconds: 0) })
    let stop = Mutex(false)
    let stopper = Cancellation { stop.withLock { $0 } }
    let first = Worker {
      _ = FetchEngine(options: options, environment: environment)
        .run([request], cancellation: stopper)
    }
    while server.requests.isEmpty { sched_yield() }
    scene.options.longestWait = 0
    let error = FetchError.busy(request.path, processID: Int(getpid()))
    #expect(try scene.run(request).error == error)
    #expect(!scene.events.contains { if case .fileWaiting = $0 { true } else { false } })
    scene.options.longestWait = 20
    #expect(try scene.run(request).error == error)
    var waits: [Int?] = []
    for case .fileWaiting(_, let processID, _) in scene.events { waits.append(processID) }
    #expect(waits == [Int(getpid())])
    stop.withLock { $0 = true }
    first.join()
  }
}

@Suite struct SlowConnectionTests {
  /// Serves files at so many bytes a second and connection.
  private func scene(_ body: [UInt8], rate: Int?) throws -> Scene {
    try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      reply.rate = rate
      return reply
    }
  }

  @Test("a file whose connection is slow gets further ones, each with a sensible part")
  func split() throws {
    let body = content(6_500_000)
    let scene = try scene(body, rate: 1_500_000)
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.holds(body, at: "loras/m.pt"))
    let ranges = scene.server.requests.dropFirst().compactMap(\.range)
    #expect(ranges.count >= 2)
    #expect(ranges.count == scene.server.requests.count - 1)
    for range in ranges {
      let end = range.end ?? body.count
      #expect(end - range.start >= 1 << 20 || end == body.count)
    }
    let starts = ranges.map(\.start)
    #expect(Set(starts).count == starts.count)
  }

  @Test("a file that is soon here is left to its one connection")
  func fast() throws {
    let body = content(6_500_000)
    let scene = try scene(body, rate: nil)
    #expect(try scene.run(scene.request()).file?.sha256 == sha256(body))
    #expect(scene.ranges == ["-"])
  }

  @Test("files share what a host gives", arguments: [1, 3])
  func shared(perHost: Int) throws {
    let body = content(3_000_000)
    let scene = try scene(body, rate: 1_500_000)
    scene.options.connectionsPerHost = perHost
    scene.options.splitAfter = 100
    let requests = try (0..<2).map { try scene.request("/f\($0)", to: "loras/f\($0).pt") }
    let outcomes = scene.run(requests)
    #expect(outcomes.allSatisfy { $0.file?.sha256 == sha256(body) })
    // A first answer that others took the rest of is hung up on; the server is late to see it.
    #expect(scene.server.mostOpen <= (perHost == 1 ? 1 : perHost + 2))
    #expect(perHost == 1 ? scene.ranges == ["-", "-"] : scene.server.requests.count > 2)
  }
}

/// How many answers are under way at once, of those that count as late.
private final class OpenAnswers: Sendable {
  private let state = Mutex((open: 0, most: 0))

  var mostLate: Int { state.withLock { $0.most } }

  /// - Returns: What is to be called at its end.
  func begin(isLate: Bool) -> @Sendable () -> Void {
    guard isLate else { return {} }
    state.withLock { state in
      state.open += 1
      state.most = max(state.most, state.open)
    }
    return { [self] in state.withLock { $0.open -= 1 } }
  }
}

extension ParallelTests.Refusal {
  fileprivate var reply: Reply {
    var reply = Reply(206, body: [1])
    switch self {
    case .status429: return Reply(429)
    case .status503: return Reply(503)
    case .hangUp: reply.hangsUp = true
    case .cut:
      reply.headCut = 20
      reply.cut = 0
    case .stall:
      reply.headCut = 0
      reply.stall = 0
    }
    return reply
  }
}
