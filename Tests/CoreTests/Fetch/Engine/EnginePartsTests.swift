import Synchronization
import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

@Suite struct ByteRangeSetTests {
  @Test("ranges join, and gaps are found, as a set of numbers does", arguments: 0..<50)
  func model(seed: UInt64) {
    var state = seed &+ 1
    func next(_ limit: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33) % limit
    }
    var set = ByteRangeSet()
    var model: Set<Int64> = []
    for _ in 0..<30 {
      let start = next(90)
      let end = start + next(12)
      set.insert(start..<end)
      model.formUnion(start..<end)
      #expect(set.count == Int64(model.count))
      #expect(Set(set.ranges.flatMap { Array($0) }) == model)
      #expect(zip(set.ranges, set.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
      let from = next(100)
      let gap = (from..<max(from, 95)).first { !model.contains($0) }
      #expect(set.firstGap(from: from, below: 95)?.lowerBound == gap)
    }
  }
}

@Suite struct ResumeStateTests {
  private var state: ResumeState {
    var state = ResumeState(key: "huggingface:models/a/b@main:x y.pt")
    state.version = RemoteVersion(
      entityTag: "\"a b\"", lastModified: "Sun, 06 Nov 1994 08:49:37 GMT",
      sha256: SHA256Hash(String(repeating: "a", count: 64)))
    state.total = 1_000
    state.done.insert(0..<100)
    state.done.insert(200..<1_000)
    return state
  }

  @Test("what is written is read")
  func roundTrip() {
    #expect(ResumeState(state.text) == state)
    #expect(ResumeState(ResumeState(key: "").text) == ResumeState(key: ""))
  }

  @Test("no changed or shortened text is read")
  func damaged() {
    let bytes = Array(state.text.utf8)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1
      #expect(ResumeState(String(decoding: changed, as: UTF8.self)) == nil)
      #expect(ResumeState(String(decoding: bytes[..<place], as: UTF8.self)) == nil)
    }
  }

  @Test(
    "nothing is read that is not written, though its check be right",
    arguments: [
      ("total 10\ndone 0 10", true), ("total 10\ndone 0 11", false), ("total -1", false),
      ("total 0", true), ("done 5 5", false), ("done 5 4", false), ("done -1 5", false),
      ("done 1", false), ("linked x", false), ("sealed a b 1", false), ("other x", false),
      ("key", false), ("key ", true),
    ])
  func unsound(lines: String, isRead: Bool) {
    let body = "comfy-part 1\n" + lines
    var hasher = SHA256Hasher()
    Array(body.utf8).withUnsafeBytes { hasher.update($0) }
    let text = "\(body)\nend \(hasher.finalize().hex)\n"
    #expect((ResumeState(text) != nil) == isRead)
  }

  @Test("the strongest mark that both have tells versions apart")
  func versions() {
    let (one, two) = (
      SHA256Hash(String(repeating: "a", count: 64)), SHA256Hash(String(repeating: "b", count: 64))
    )
    func version(_ tag: String?, _ date: String?, _ hash: SHA256Hash?) -> RemoteVersion {
      RemoteVersion(entityTag: tag, lastModified: date, sha256: hash)
    }
    let known = version("t", "d", one)
    #expect(known.isSame(as: version("u", "e", one)) == true)
    #expect(known.isSame(as: version("t", "d", two)) == false)
    #expect(known.isSame(as: version("t", "e", nil)) == true)
    #expect(known.isSame(as: version("u", "d", nil)) == false)
    #expect(known.isSame(as: version(nil, "d", nil)) == true)
    #expect(known.isSame(as: version(nil, "e", nil)) == false)
    #expect(known.isSame(as: version(nil, nil, nil)) == nil)
    #expect(version(nil, nil, one).isSame(as: version("t", "d", nil)) == nil)
    #expect(
      [known, version(nil, "d", one), version(nil, nil, one)].map(\.condition) == ["t", "d", nil])
  }
}

@Suite struct ContentRangeTests {
  @Test("well-formed ranges are read")
  func good() {
    #expect(ContentRange("bytes 0-99/1000")?.range == 0..<100)
    #expect(ContentRange("bytes 0-99/1000")?.total == 1000)
    #expect(ContentRange("Bytes 5-5/*")?.range == 5..<6)
    #expect(ContentRange("bytes */7")?.total == 7)
  }

  @Test(
    "others are not",
    arguments: [
      "", "bytes", "bytes 0-99", "bytes 9-8/10", "bytes 0-10/10", "items 0-1/2", "bytes +0-1/2",
      "bytes 0-9223372036854775807/*", "bytes 0-1/99999999999999999999", "bytes -1/2",
      "bytes 0-1-2/5", "bytes 5/10", "bytes 0-1/2/3", "bytes 0-1/2 x",
    ])
  func bad(text: String) { #expect(ContentRange(text) == nil) }
}

@Suite struct PartialFileTests {
  @Test("long names are cut between characters, and stay apart")
  func names() throws {
    let one = FilePath("/m/" + String(repeating: "漢", count: 84) + "a")
    let two = FilePath("/m/" + String(repeating: "漢", count: 84) + "b")
    let first = try #require(PartialFile.directory(for: one).lastComponent?.string)
    let second = try #require(PartialFile.directory(for: two).lastComponent?.string)
    #expect(first != second)
    #expect(first.utf8.count <= 255)
    #expect(!first.unicodeScalars.contains("\u{FFFD}"))
    #expect(PartialFile.directory(for: "/m/a.pt") == "/m/.a.pt.comfy-part")
  }

  @Test("a claim excludes others; one that a killed run left is taken over with its bytes")
  func claims() throws {
    let root = try makeTemporaryDirectory(for: "fetch")
    defer { removeTree(root) }
    let target = root.appending("m.pt")
    let directory = root.appending(".m.pt.comfy-part")
    var name = ""
    do {
      let partial = try PartialFile.claim(target, for: "key")
      try [1, 2, 3].withUnsafeBytes { try partial.write($0, at: 0) }
      #expect(throws: PartialFile.Refusal.self) { try PartialFile.claim(target, for: "key") }
      // The state that an earlier run left says nothing about the claim.
      try partial.store(ResumeState(key: "other key"))
      #expect(ClaimedBytes(target, for: "key") != nil)
      #expect(ClaimedBytes(target, for: "other key") == nil)
      name = try #require(listDirectory(directory).first)
      // As after SIGKILL: the lock is gone with the process, the name stays.
    }
    #expect(listDirectory(directory) == [name, "state"])
    let next = try PartialFile.claim(target, for: "key")
    #expect(next.length == 24)
    #expect(next.isOurs)
    next.discard()
    #expect(listDirectory(root) == [])
  }
}

@Suite struct SimultaneousClaimTests {
  @Test("of many who want a partial at the same moment exactly one gets it", arguments: 0..<30)
  func oneWins(round: Int) throws {
    let root = try makeTemporaryDirectory(for: "fetch")
    defer { removeTree(root) }
    let target = root.appending("m.pt")
    let directory = PartialFile.directory(for: target)
    // Nothing is there, or an empty directory, or what an earlier run left.
    if round % 3 > 0 { mkdir(directory.string, 0o777) }
    if round % 3 > 1 { writeFile(directory.appending("bytes"), [1]) }
    let runners = 6
    let ready = Mutex(0)
    let winners = Mutex<[PartialFile]>([])
    let threads = (0..<runners).map { _ in
      Worker {
        ready.withLock { $0 += 1 }
        while ready.withLock({ $0 }) < runners { sched_yield() }
        // Others' locks are seen as between processes: each opens the directory for itself.
        guard let partial = try? PartialFile.claim(target, for: "key") else { return }
        winners.withLock { $0.append(partial) }
      }
    }
    threads.forEach { $0.join() }
    let partials = winners.withLock { $0 }
    let areOurs = partials.allSatisfy { $0.isOurs }
    #expect(partials.count == 1 && areOurs)
    #expect(listDirectory(directory).count == 1)
    partials.forEach { $0.discard() }
    #expect(listDirectory(root) == [])
  }
}

@Suite struct LostClaimTests {
  @Test("who was taken for dead leaves the partial to who took it")
  func takenOver() throws {
    let root = try makeTemporaryDirectory(for: "fetch")
    defer { removeTree(root) }
    let directory = root.appending(".m.pt.comfy-part")
    let partial = try PartialFile.claim(root.appending("m.pt"), for: "key")
    let name = try #require(listDirectory(directory).first)
    rename(directory.appending(name).string, directory.appending("bytes.other").string)
    // Another file under the old name is not ours either.
    writeFile(directory.appending(name), [1])
    #expect(!partial.isOurs)
    partial.release()
    partial.discard()
    #expect(Set(listDirectory(directory)) == [name, "bytes.other"])
  }
}

@Suite struct RetryBackoffTests {
  @Test("delays double from the first to the longest, each between a half and the whole")
  func delays() {
    var options = FetchOptions()
    options.firstDelay = 100
    options.longestDelay = 5_000
    var backoff = RetryBackoff(options)
    for attempt in 1...70 {
      let span = attempt < 7 ? 100 << (attempt - 1) : 5_000
      for _ in 0..<20 {
        let delay = backoff.next(attempt: attempt)
        #expect((span / 2...span).contains(delay), "attempt \(attempt)")
      }
    }
  }
}

@Suite struct ProxySettingsTests {
  @Test(
    "the environment's proxies and exceptions",
    arguments: [
      ("http://a.org/", "p1"), ("https://a.org/", "p2"), ("https://x.internal/", nil),
      ("https://internal/", nil), ("https://notinternal/", "p2"), ("http://10.1.2.3/", nil),
      ("http://11.1.2.3/", "p1"), ("http://b.org:8080/", nil), ("http://b.org/", "p1"),
    ])
  func choice(url: String, proxy: String?) throws {
    let environment = ProcessEnvironment(
      variables: [
        "http_proxy": "p1", "HTTP_PROXY": "evil", "HTTPS_PROXY": "p2",
        "no_proxy": ".internal, 10.0.0.0/8,b.org:8080",
      ], home: nil, currentDirectory: "/", now: { Timestamp(seconds: 0) })
    // Addresses are taken apart by libcurl, which an engine loads.
    _ = FetchEngine(environment: environment).run([
      FetchRequest(
        sources: [FetchSource(url: "x:")], key: "", root: "/proc/none",
        target: try RelativePath("x"))
    ])
    #expect(ProxySettings(environment).proxy(for: try WebAddress(url)) == proxy)
  }
}

@Suite struct DiskFullTests {
  @Test(
    "a full volume stops its own queue, and no other",
    .enabled(if: getuid() == 0, "only root may mount a small volume"))
  func diskFull() throws {
    let root = try makeTemporaryDirectory(for: "fetch")
    defer { removeTree(root) }
    #if os(Linux)
      guard mount("tmpfs", root.string, "tmpfs", 0, "size=1m") == 0 else {
        Issue.record("no permission to mount a small volume")
        return
      }
      defer { umount2(root.string, Int32(MNT_DETACH)) }
      let body = content(3_000_000)
      let scene = try Scene { request in
        var reply = ServedFile(body).reply(to: request)
        if request.path == "/chunked" { reply.isChunked = true }
        return reply
      }
      var requests = [try scene.request("/chunked"), try scene.request("/sized", to: "vae/n.pt")]
      for place in requests.indices { requests[place].root = root }
      scene.options.jobs = 1
      let outcomes = scene.run(requests + [try scene.request("/other", to: "loras/o.pt")])
      #expect(outcomes.map { $0.error?.code } == ["fetch.disk-full", "fetch.disk-full", nil])
      #expect(outcomes.last?.file != nil)
    #endif
  }
}
