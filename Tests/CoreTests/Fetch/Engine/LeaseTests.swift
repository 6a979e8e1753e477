import Synchronization
import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Two machines that share a folder, without locks that work between them.
private let one = Claimant(host: "11111111", usesLocks: false)
private let other = Claimant(host: "22222222", usesLocks: false)

/// Lets a file look as if nothing had happened to it for so many seconds.
private func age(_ path: FilePath, by seconds: Int) {
  var times = utimbuf(actime: time(nil) - seconds, modtime: time(nil) - seconds)
  utime(path.string, &times)
}

@Suite struct LeaseTests {
  private let root: FilePath
  private let target: FilePath
  private let directory: FilePath

  init() throws {
    root = try makeTemporaryDirectory(for: "lease")
    target = root.appending("m.pt")
    directory = PartialFile.directory(for: target)
  }

  private func claim(_ key: String = "key", by claimant: Claimant) throws -> PartialFile {
    try PartialFile.claim(target, for: key, by: claimant)
  }

  @Test(
    "another machine's claim is left alone until it was not renewed for the lease",
    arguments: [(0, false), (100, false), (140, true)])
  func otherMachine(age seconds: Int, isTaken: Bool) throws {
    defer { removeTree(root) }
    let first = try claim(by: one)
    let name = try #require(listDirectory(directory).first)
    age(directory.appending(name), by: seconds)
    let second = try? claim(by: other)
    #expect((second != nil) == isTaken)
    #expect(first.isOurs == !isTaken)
    #expect(listDirectory(directory).count == 1)
  }

  @Test("a lock that outlived its machine holds nobody up")
  func lockOfTheDead() throws {
    defer { removeTree(root) }
    let first = try claim(by: Claimant(host: "11111111"))
    let second = Claimant(host: "22222222")
    #expect(throws: PartialFile.Refusal.self) { try claim(by: second) }
    age(first.path, by: 140)
    #expect(try claim(by: second).isOurs)
    #expect(!first.isOurs)
  }

  @Test("on one machine the lock tells, however old the bytes are")
  func sameMachine() throws {
    defer { removeTree(root) }
    let first = try claim(by: .current)
    age(first.path, by: 1_000)
    #expect(throws: PartialFile.Refusal.self) { try claim(by: .current) }
  }

  @Test("who renews keeps the claim, and the time of the last change")
  func renewal() throws {
    defer { removeTree(root) }
    let first = try claim(by: one)
    age(first.path, by: 1_000)
    let modified = FileStatus(reaching: first.path)?.modified
    first.renew()
    #expect(FileStatus(reaching: first.path)?.modified == modified)
    #expect(throws: PartialFile.Refusal.self) { try claim(by: other) }
    #expect(first.isOurs)
  }

  @Test("old bytes that nobody has are not taken twice")
  func oldBytes() throws {
    defer { removeTree(root) }
    mkdir(directory.string, 0o777)
    writeFile(directory.appending("bytes"), [1])
    age(directory.appending("bytes"), by: 1_000)
    let first = try claim(by: one)
    #expect(throws: PartialFile.Refusal.self) { try claim(by: other) }
    #expect(first.isOurs && first.length == 1)
  }

  @Test("of many machines at once at most one gets a partial", arguments: 0..<20)
  func atMostOne(round: Int) throws {
    defer { removeTree(root) }
    if round % 3 > 0 { mkdir(directory.string, 0o777) }
    if round % 3 > 1 {
      let left = directory.appending("bytes.00000000-1-1-00000000")
      writeFile(left, [1])
      age(left, by: 1_000)
    }
    let winners = Mutex<[PartialFile]>([])
    let ready = Mutex(0)
    let threads = (0..<5).map { number in
      Worker { [target] in
        ready.withLock { $0 += 1 }
        while ready.withLock({ $0 }) < 5 { sched_yield() }
        let claimant = Claimant(host: "0000000\(number + 1)", usesLocks: false)
        guard let partial = try? PartialFile.claim(target, for: "key", by: claimant) else { return }
        winners.withLock { $0.append(partial) }
      }
    }
    threads.forEach { $0.join() }
    #expect(winners.withLock { $0.count { $0.isOurs } } <= 1)
    // Where none got it, the next try does.
    if winners.withLock(\.isEmpty) { #expect(try claim(by: one).isOurs) }
  }

  @Test("what the dead recorded is kept; what the living dead write reaches nobody")
  func takeover() throws {
    defer { removeTree(root) }
    let first = try claim(by: one)
    try [UInt8](repeating: 1, count: 300).withUnsafeBytes { try first.write($0, at: 0) }
    var state = ResumeState(key: "key")
    state.done.insert(0..<100)
    state.done.insert(200..<300)
    try first.store(state)
    age(first.path, by: 1_000)
    let second = try claim(by: other)
    // The machine was only cut off, and comes back.
    try [UInt8](repeating: 2, count: 300).withUnsafeBytes { try first.write($0, at: 0) }
    first.release()
    first.discard()
    #expect(throws: FileError.self) { try first.move(replacing: true) }
    let bytes = try #require(readFile(second.path))
    #expect(bytes[..<100].allSatisfy { $0 == 1 } && bytes[200...].allSatisfy { $0 == 1 })
    #expect(bytes.count == 300 && second.state?.done == state.done && second.isOurs)
    #expect(try second.move(replacing: false))
    PartialFile.forget(target)
    #expect(listDirectory(root) == ["m.pt"])
  }

  @Test("bytes of another file are not kept, and a copy that was cut off goes with the rest")
  func otherFile() throws {
    defer { removeTree(root) }
    let first = try claim(by: one)
    try [1, 2, 3].withUnsafeBytes { try first.write($0, at: 0) }
    var state = ResumeState(key: "key")
    state.done.insert(0..<24)
    try first.store(state)
    writeFile(directory.appending("copy"), [9])
    age(first.path, by: 1_000)
    let second = try claim("other key", by: other)
    #expect(second.length == 0)
    writeFile(directory.appending("copy"), [9])
    second.discard()
    #expect(listDirectory(root) == [])
  }

  @Test("the wait ends when the other run does not get on, and begins anew when it does")
  func patience() {
    var patience = Patience(limit: 100, countsProgress: true)
    #expect(!patience.isWaiting)
    #expect(patience.left(1_000, progress: 5) == 100)
    #expect(patience.isWaiting)
    #expect(patience.left(1_060, progress: 5) == 40)
    #expect(patience.left(1_090, progress: 6) == 100)
    #expect(patience.left(1_100, progress: 2) == 90)
    #expect(patience.left(1_120, progress: 3) == 100)
    #expect(patience.left(1_220, progress: 3) == 0)
  }

  @Test("a limit that the user sets holds whether the other run gets on or not")
  func limit() {
    var patience = Patience(limit: 100, countsProgress: false)
    #expect(patience.left(1_000, progress: 5) == 100)
    #expect(patience.left(1_090, progress: 6) == 10)
  }
}

@Suite struct SharedFolderTests {
  private func run(
    _ request: FetchRequest, _ options: FetchOptions, by claimant: Claimant
  ) -> FetchOutcome? {
    var options = options
    options.claimant = claimant
    let environment = ProcessEnvironment(
      variables: [:], home: nil, currentDirectory: request.root, now: { Timestamp(seconds: 0) })
    return FetchEngine(options: options, environment: environment).run([request]).first
  }

  @Test("of machines that want a file at once one asks the hub, and all have it")
  func oneDownloads() throws {
    let body = content(600_000)
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      reply.rate = 2_000_000
      return reply
    }
    let request = try scene.request(
      to: "loras/m.pt", FetchExpectation(sha256: sha256(body), hashGiver: .request))
    let options = scene.options
    let outcomes = Mutex<[FetchOutcome]>([])
    let threads = (1...4).map { number in
      Worker { [self] in
        let claimant = Claimant(host: "0000000\(number)", usesLocks: false)
        guard let outcome = run(request, options, by: claimant) else { return }
        outcomes.withLock { $0.append(outcome) }
      }
    }
    threads.forEach { $0.join() }
    #expect(
      outcomes.withLock { $0.compactMap(\.file?.sha256) }
        == Array(repeating: sha256(body), count: 4))
    #expect(scene.server.requests.count == 1)
    #expect(scene.names() == ["m.pt"])
  }

  @Test("a download shows that it lives also while nothing arrives", .timeLimit(.minutes(1)))
  func renewal() throws {
    let body = content(300_000)
    let isOver = Mutex(false)
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      reply.stall = 100_000
      return reply
    }
    scene.options.renewalInterval = 1
    scene.options.claimant = one
    let request = try scene.request()
    let options = scene.options
    let environment = ProcessEnvironment(
      variables: [:], home: nil, currentDirectory: scene.root, now: { Timestamp(seconds: 0) })
    let stop = Cancellation { isOver.withLock { $0 } }
    let worker = Worker {
      _ = FetchEngine(options: options, environment: environment).run(
        [request], cancellation: stop)
    }
    while scene.server.requests.isEmpty { sched_yield() }
    let directory = PartialFile.directory(for: request.path)
    let path = directory.appending(
      try #require(listDirectory(directory).first { $0.hasPrefix("bytes.") }))
    for _ in 0..<3 {
      age(path, by: 1_000)
      while PartialFile.look(at: directory)?.isBusy != true { sched_yield() }
    }
    isOver.withLock { $0 = true }
    worker.join()
  }

  @Test("what a machine that died had fetched is not fetched again")
  func resumption() throws {
    let body = content(600_000)
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    let request = try scene.request(
      to: "loras/m.pt", FetchExpectation(sha256: sha256(body), hashGiver: .request))
    mkdir(scene.root.appending("loras").string, 0o777)
    do {
      let dead = try PartialFile.claim(request.path, for: request.key, by: one)
      try body[..<400_000].withUnsafeBytes { try dead.write($0, at: 0) }
      var state = ResumeState(key: request.key)
      state.total = 600_000
      state.done.insert(0..<400_000)
      try dead.store(state)
      age(dead.path, by: 1_000)
    }
    let outcome = run(request, scene.options, by: other)
    #expect(outcome?.file?.received == 200_000)
    #expect(scene.ranges == ["bytes=400000-"])
    #expect(scene.names() == ["m.pt"])
  }

  @Test("two that were equally fast have one file")
  func twiceFetched() throws {
    let body = content(200_000)
    let target = Mutex<FilePath?>(nil)
    let scene = try Scene { request in
      // It arrives while this download runs.
      if let path = target.withLock({ $0 }) { writeFile(path, body) }
      return ServedFile(body).reply(to: request)
    }
    let request = try scene.request()
    target.withLock { $0 = request.path }
    let outcome = run(request, scene.options, by: one)
    #expect(outcome?.file?.arrival == .adopted)
    #expect(scene.names() == ["m.pt"])
  }
}
