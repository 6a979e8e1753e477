import Synchronization
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Files of several blocks, with ends off every boundary.
@Suite struct BlockTests {
  let body = content(5_300_001)

  private func scene(_ change: @escaping @Sendable (Request, inout Reply) -> Void) throws -> Scene {
    let body = body
    return try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      change(request, &reply)
      return reply
    }
  }

  private func expectWhole(_ outcome: FetchOutcome, in scene: Scene) {
    #expect(outcome.file?.blake3 == blake3(body), "\(outcome)")
    #expect(outcome.file?.sha256 == sha256(body))
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(scene.names() == ["m.pt"])
  }

  @Test("a file goes on anywhere in a block", arguments: [1, 4_095, 1_048_576, 2_500_003])
  func resumed(cut: Int) throws {
    let isCut = Mutex(true)
    let scene = try scene { _, reply in if isCut.withLock({ $0 }) { reply.cut = cut } }
    scene.options.attempts = 1
    #expect(try scene.run(scene.request()).error != nil)
    isCut.withLock { $0 = false }
    let outcome = try scene.run(scene.request())
    #expect(outcome.file?.received == Int64(body.count - cut))
    expectWhole(outcome, in: scene)
  }

  @Test("one run goes on where its connections broke", arguments: [70_000, 1_048_577, 3_000_000])
  func broken(cut: Int) throws {
    let scene = try scene { request, reply in if request.earlier < 60 { reply.cut = cut } }
    expectWhole(try scene.run(scene.request()), in: scene)
  }

  @Test("ranges that overtake each other are hashed in order", arguments: [64 << 10, 1_000_001])
  func ranges(smallest: Int64) throws {
    let scene = try scene { request, reply in
      // Later parts come first.
      reply.rate = request.range.map { 2_000_000 + $0.start * 4 } ?? 2_000_000
    }
    scene.options.splitAfter = 0
    scene.options.smallestRange = smallest
    let outcome = try scene.run(scene.request())
    #expect(outcome.file?.received == Int64(body.count))
    expectWhole(outcome, in: scene)
  }

  @Test("another version in the middle of a block leaves no byte of the first")
  func otherVersion() throws {
    let new = content(4_000_003, seed: 3)
    let body = body
    let scene = try Scene { request in
      let isFirst = request.earlier == 0
      var reply = ServedFile(isFirst ? body : new, entityTag: isFirst ? "\"1\"" : "\"2\"").reply(
        to: request)
      if isFirst { reply.cut = 2_345_678 }
      return reply
    }
    let file = try #require(try scene.run(scene.request()).file)
    #expect(file.sha256 == sha256(new))
    #expect(file.blake3 == blake3(new))
    #expect(scene.holds(new, at: "loras/m.pt"))
  }

  @Test("what comes slowly is noted before a block is full")
  func slow() throws {
    let body = body
    let scene = try scene { request, reply in if request.earlier == 0 { reply.stall = 300_000 } }
    scene.options.syncPeriod = 1
    let target = scene.root.appending("loras/m.pt")
    let outcome = try scene.run(
      scene.request(),
      cancellation: Cancellation { PartialFile.storedState(for: target)?.done.end == 300_000 })
    guard case .cancelled(let kept) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(kept == 300_000)
    #expect(try scene.run(scene.request()).file?.received == Int64(body.count - 300_000))
    #expect(scene.holds(body, at: "loras/m.pt"))
  }

  @Test("one file at a time ends in the order that was asked for")
  func order() throws {
    let scene = try Scene { request in
      // The later, the less there is to hash and to synchronise.
      let size = 4_000_000 >> (Int(request.path.dropFirst(2)) ?? 0)
      return ServedFile(content(size)).reply(to: request)
    }
    scene.options.jobs = 1
    let requests = try (0..<12).map { try scene.request("/f\($0)", to: "loras/f\($0).pt") }
    #expect(scene.run(requests).allSatisfy { $0.file != nil })
    #expect(scene.recorded == Array(0..<12))
    #expect(scene.server.requests.map(\.path) == (0..<12).map { "/f\($0)" })
  }
}

@Suite struct BlockPoolTests {
  @Test("connections wait from the limit on until a quarter has come back, and are woken once")
  func waiting() {
    let wakes = Mutex(0)
    let pool = BlockPool(connections: 4) { wakes.withLock { $0 += 1 } }
    var blocks: [Block] = []
    while !pool.mustWait() { blocks.append(pool.block(at: Int64(blocks.count))) }
    #expect(blocks.count * pool.blockSize == 12 << 20)
    blocks.removeLast(blocks.count / 4 - 1)
    #expect(pool.mustWait())
    #expect(wakes.withLock { $0 } == 0)
    blocks.removeLast()
    #expect(wakes.withLock { $0 } == 1)
    #expect(!pool.mustWait())
    blocks = []
    #expect(wakes.withLock { $0 } == 1)
  }

  @Test("all connections may hold a block and one is left", arguments: [1, 4, 32, 256, 2_048])
  func enough(connections: Int) {
    let pool = BlockPool(connections: connections) {}
    let held = (0..<connections).map { pool.block(at: Int64($0)) }
    #expect(!pool.mustWait())
    #expect(held.count == connections)
    #expect((64 << 10...1 << 20).contains(pool.blockSize))
  }

  @Test("a block ends where the file's offset is a multiple of its size")
  func boundary() {
    let pool = BlockPool(connections: 1) {}
    let size = Int64(pool.blockSize)
    let block = pool.block(at: 3 * size + 5)
    #expect(Int64(block.room) == size - 5)
    let bytes = content(block.room + 9)
    #expect(bytes.withUnsafeBytes { block.append($0) } == bytes.count - 9)
    #expect(block.room == 0)
    #expect(block.end == 4 * size)
    #expect(Array(block.bytes) == Array(bytes.dropLast(9)))
  }
}

@Suite struct SerialQueueTests {
  @Test("jobs of a queue follow each other, whichever thread does them")
  func order() {
    let pool = WorkerPool(threads: 4)
    let seen = Mutex<[Int: [Int]]>([:])
    for queue in 0..<8 {
      let serial = SerialQueue(on: pool)
      for job in 0..<500 { serial.run { seen.withLock { $0[queue, default: []].append(job) } } }
    }
    pool.finish()
    #expect(seen.withLock { $0.count } == 8)
    #expect(seen.withLock { $0.values.allSatisfy { $0 == Array(0..<500) } })
  }
}
