/// Bytes of a file on their way from a connection to the disk and the hashes.
///
/// libcurl hands out 16 KiB at a time; blocks make fewer writes of whole pages out of them. All
/// blocks together stay small enough for the processor's caches: larger ones cost more than they
/// save.
final class Block: @unchecked Sendable {
  // Filled by the network thread, then handed to one job, then given back: never used by both.
  /// Bytes of a block. A block ends where the file's offset is a multiple of that.
  static let size = 64 << 10

  private let memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: Block.size, alignment: 4096)
  private(set) var start: Int64 = 0
  private var count = 0

  deinit { memory.deallocate() }

  /// Makes the block an empty one, for bytes from an offset of the file on.
  func reset(to start: Int64) {
    self.start = start
    count = 0
  }

  var range: Range<Int64> { start..<start + Int64(count) }
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }
  /// Bytes that still fit.
  var room: Int { Self.size - Int(start % Int64(Self.size)) - count }

  /// Takes bytes, as many as fit; the number taken.
  func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let taken = UnsafeRawBufferPointer(rebasing: bytes.prefix(room))
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: taken)
    count += taken.count
    return taken.count
  }
}

/// The blocks of all files. Belongs to the network thread.
struct BlockPool {
  /// Blocks in use beyond which connections wait; 2 MiB.
  private static let limit = 32

  private var free: [Block] = []
  private var inUse = 0

  /// Whether connections had better wait for blocks to come back.
  var isShort: Bool { inUse >= Self.limit }

  mutating func take(at start: Int64) -> Block {
    inUse += 1
    let block = free.popLast() ?? Block()
    block.reset(to: start)
    return block
  }

  mutating func give(_ blocks: [Block]) {
    inUse -= blocks.count
    free += blocks.prefix(max(0, Self.limit - free.count))
  }
}
