internal import SystemPackage

/// A job that writes blocks into the partial and moves the hashes on.
struct Storing: Sendable {
  /// Bytes that one job reads back at most: new blocks wait meanwhile.
  private static let longestReading: Int64 = 32 << 20
  /// Bytes from which a second core is worth being woken.
  private static let worthTwoCores = 256 << 10

  let partial: PartialFile
  /// Blocks to be written, in the order they were filled.
  let blocks: [Block]
  let front: HashFront
  /// What was in the partial before.
  let stored: ByteRangeSet
  let stop: Cancellation

  func run() throws(FileError) {
    let next = blocksAtFront
    if next.isEmpty || stop.isRequested() {
      try write()
    } else {
      try writeWhileHashing(next)
    }
    var readable = stored
    for block in blocks { readable.insert(block.range) }
    let end = min(readable.contiguousEnd, front.position + Self.longestReading)
    let stop = stop
    try front.advance(to: end, of: partial) { stop.isRequested() }
  }

  /// The blocks that follow on what is hashed, and on each other.
  private var blocksAtFront: [Block] {
    var position = front.position
    var next: [Block] = []
    for block in blocks.sorted(by: { $0.start < $1.start }) where block.start == position {
      next.append(block)
      position = block.range.upperBound
    }
    return next
  }

  private func write() throws(FileError) {
    for block in blocks { try partial.write(block.bytes, at: block.start) }
  }

  /// Writing and BLAKE3 together take about as long as SHA-256.
  private func writeWhileHashing(_ next: [Block]) throws(FileError) {
    var result: Result<Void, FileError> = .success(())
    func writeAndHash() {
      result = Result { () throws(FileError) in try write() }
      for block in next { front.updateBLAKE3(block.bytes) }
    }
    func hash() {
      for block in next { front.updateSHA256(block.bytes) }
    }
    if next.reduce(0, { $0 + $1.bytes.count }) >= Self.worthTwoCores {
      Concurrently.run(hash, writeAndHash)
    } else {
      writeAndHash()
      hash()
    }
    front.updated(to: next.last?.range.upperBound)
    try result.get()
  }
}
