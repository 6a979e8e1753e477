import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct DiskPaceTests {
  private static let block = 1 << 20
  private static let bound: Int64 = 8 << 20

  /// A disk that takes a block every so many milliseconds, with so many blocks waiting all the time.
  private func pace(waiting: Int, each milliseconds: Int64, blocks: Int) -> DiskPace {
    var pace = DiskPace(bound: Self.bound)
    for _ in 0..<waiting { pace.queue(Self.block, at: 0) }
    for block in 1...blocks {
      let now = Int64(block) * milliseconds * 1_000_000
      pace.write(Self.block, at: now)
      pace.queue(Self.block, at: now)
    }
    return pace
  }

  @Test(
    "a disk is slow when much waits for it and it takes little",
    arguments: [
      (9, 10, true), (9, 5, true), (9, 3, false), (9, 1, false), (16, 100, true),
      // The line is what is slow.
      (1, 10, false), (1, 1_000, false), (7, 100, false),
    ])
  func rates(waiting: Int, milliseconds: Int64, isSlow: Bool) {
    let pace = pace(waiting: waiting, each: milliseconds, blocks: 600)
    #expect(pace.isSlow == isSlow)
    #expect(pace.unwritten == Int64(waiting * Self.block))
  }

  @Test("less than half a second decides nothing, and what is found out stays")
  func window() {
    #expect(!pace(waiting: 10, each: 10, blocks: 49).isSlow)
    var pace = pace(waiting: 10, each: 10, blocks: 51)
    #expect(pace.isSlow)
    for _ in 0..<10 { pace.write(Self.block, at: 600_000_000) }
    #expect(pace.unwritten == 0)
    #expect(pace.isSlow)
  }

  @Test("a disk that catches up is measured anew")
  func recovers() {
    var pace = DiskPace(bound: Self.bound)
    for round in 0..<20 {
      let start = Int64(round) * 1_000_000_000
      for _ in 0..<8 { pace.queue(Self.block, at: start) }
      // Behind for 300 ms, then done with everything.
      for block in 1...8 { pace.write(Self.block, at: start + Int64(block) * 300_000_000) }
      #expect(pace.unwritten == 0)
    }
    #expect(!pace.isSlow)
  }

  @Test("one late answer among quick ones does not make a disk slow")
  func hiccup() {
    var pace = DiskPace(bound: Self.bound)
    for _ in 0..<12 { pace.queue(Self.block, at: 0) }
    var now: Int64 = 0
    for block in 0..<2_000 {
      now += block % 500 == 250 ? 200_000_000 : 1_000_000
      pace.write(Self.block, at: now)
      pace.queue(Self.block, at: now)
    }
    #expect(!pace.isSlow)
  }
}

@Suite struct PartialWriterTests {
  @Test("a slow disk's file holds the same bytes", arguments: [false, true])
  func bytes(isSlow: Bool) throws {
    let root = try makeTemporaryDirectory(for: "fetch")
    defer { removeTree(root) }
    var pace = DiskPace(bound: 1)
    if isSlow {
      pace.queue(1, at: 0)
      pace.write(1, at: 1_000_000_000)
    }
    let disk = DiskWatch(pace)
    #expect(disk.isSlow == isSlow)
    let partial = try PartialFile.claim(root.appending("m.pt"), for: "key")
    let threads = WorkerPool(threads: 2)
    let writer = PartialWriter(partial, stored: ByteRangeSet(), on: threads, watching: disk)
    let pool = BlockPool(connections: 1) {}
    let body = content(20 << 20 | 123)
    var rest = body[...]
    while !rest.isEmpty {
      let block = pool.block(at: Int64(rest.startIndex))
      rest = rest.dropFirst(rest.withUnsafeBytes { block.append($0) })
      writer.write(block, bypassingCache: true) {
      } failed: { error, _ in
        Issue.record("\(error)")
      }
    }
    threads.finish()
    #expect(readFile(partial.path) == body)
  }
}
