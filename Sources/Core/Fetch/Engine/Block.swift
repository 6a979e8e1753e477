internal import Synchronization

/// Bytes of a file in memory, on their way from a connection to the disk and the hashes.
///
/// libcurl delivers 16 KiB at a time; a block combines many such pieces into one write and one
/// update of the hashes. Its memory returns to the pool when the last user of the block releases
/// it.
final class Block: @unchecked Sendable {
  // The network thread fills the block and passes it on; after that, it never changes.
  /// Offset of the first byte in the file.
  let start: Int64
  private var count = 0
  private let memory: UnsafeMutableRawBufferPointer
  private let pool: BlockPool

  fileprivate init(start: Int64, memory: UnsafeMutableRawBufferPointer, pool: BlockPool) {
    self.start = start
    self.memory = memory
    self.pool = pool
  }

  deinit { pool.give(memory) }

  var end: Int64 { start + Int64(count) }
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }
  /// Number of bytes that still fit. A full block ends at a file offset that is a multiple of the
  /// block size.
  var room: Int { memory.count - Int(start % Int64(memory.count)) - count }

  /// Appends as many bytes as fit; returns their number.
  func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let taken = UnsafeRawBufferPointer(rebasing: bytes.prefix(room))
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: taken)
    count += taken.count
    return taken.count
  }
}

/// The memory of all blocks of a batch.
final class BlockPool: Sendable {
  private struct State {
    // Memory in this list belongs to no block.
    nonisolated(unsafe) var free: [UnsafeMutableRawBufferPointer] = []
    var inUse = 0
    var isAwaited = false
  }

  /// Bytes of all blocks together; may be exceeded slightly.
  static let budget = 12 << 20

  /// Bytes of a block: a power of two, from 64 KiB to 1 MiB.
  let blockSize: Int
  /// Number of blocks in use from which connections have to wait.
  private let limit: Int
  private let state = Mutex(State())
  private let wake: @Sendable () -> Void

  /// - Parameters:
  ///   - connections: Largest number of simultaneous connections; each may hold a block that is not
  ///     full.
  ///   - wake: Called on any thread when blocks that a connection waits for become available.
  init(connections: Int, wake: @escaping @Sendable () -> Void) {
    let share = Self.budget / (connections + 8)
    let power = Int.bitWidth - 1 - max(1, share).leadingZeroBitCount
    blockSize = 1 << min(max(power, 16), 20)
    limit = max(connections + 1, Self.budget / blockSize)
    self.wake = wake
  }

  deinit { state.withLock { $0.free.forEach { $0.deallocate() } } }

  /// Whether a connection waits for blocks, because the disk or the hashes are slower than the
  /// network.
  var isAwaited: Bool { state.withLock { $0.isAwaited } }

  /// Whether connections have to wait. If so, `wake` is called once enough blocks have returned.
  /// Some will return, because there are more blocks than connections.
  func mustWait() -> Bool {
    state.withLock { state in
      if state.inUse >= limit { state.isAwaited = true }
      return state.isAwaited
    }
  }

  /// An empty block for the bytes from `start` on.
  func block(at start: Int64) -> Block {
    let memory = state.withLock { state in
      state.inUse += 1
      return state.free.popLast()
    }
    return Block(
      start: start,
      memory: memory ?? .allocate(byteCount: blockSize, alignment: 64), pool: self)
  }

  fileprivate func give(_ memory: UnsafeMutableRawBufferPointer) {
    let wakes = state.withLock { state in
      state.inUse -= 1
      state.free.append(memory)
      // Not for every block, because this wakes a thread.
      guard state.isAwaited, state.inUse <= limit - limit / 4 else { return false }
      state.isAwaited = false
      return true
    }
    if wakes { wake() }
  }
}
