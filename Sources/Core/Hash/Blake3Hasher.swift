internal import CBlake3

/// BLAKE3 of bytes that come in order, piece by piece. A copy continues independently.
package struct Blake3Hasher: Sendable {
  /// Chunks that this processor hashes at once.
  static var width: UInt32 { comfy_blake3_width() }

  /// Bytes held back: enough chunks to fill the widest vector unit.
  private static let blockSize = 16 * Int(COMFY_BLAKE3_CHUNK)

  /// Bytes that are not yet in a finished subtree. Never empty once bytes have come, because only
  /// the end of the message shows which compression is the root's.
  private var pending: [UInt8] = []
  /// Finished subtrees from left to right. The size of each is a power of two chunks and smaller
  /// than that of the one before.
  private var finished: [ChainingValue] = []

  package init() {}

  /// Bytes taken so far.
  package private(set) var count: UInt64 = 0

  /// Takes the next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    if !pending.isEmpty {
      let head = rest.prefix(Self.blockSize - pending.count)
      pending.append(contentsOf: head)
      count += UInt64(head.count)
      rest = rest.dropFirst(head.count)
      guard !rest.isEmpty else { return }
      pending.withUnsafeBytes { finish($0, at: count - UInt64($0.count)) }
      pending.removeAll(keepingCapacity: true)
    }
    while rest.count > Self.blockSize {
      let size = subtreeSize(at: count, of: rest.count - 1)
      finish(UnsafeRawBufferPointer(rebasing: rest.prefix(size)), at: count)
      count += UInt64(size)
      rest = rest.dropFirst(size)
    }
    pending.append(contentsOf: rest)
    count += UInt64(rest.count)
  }

  /// Takes the next bytes.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let taken: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if taken == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// The hash of all bytes taken so far; more bytes may still be added.
  package func finalize() -> ModelHash { ModelHash(digest: digest) }

  /// The 32 bytes of ``finalize()``.
  var digest: [UInt8] {
    pending.withUnsafeBytes { last in
      let start = (count - UInt64(last.count)) / UInt64(COMFY_BLAKE3_CHUNK)
      var value = ChainingValue(of: last, firstChunk: start, isRoot: finished.isEmpty)
      for (height, left) in finished.reversed().enumerated() {
        let isRoot = height == finished.count - 1
        value = ChainingValue(parentOf: left, value, isRoot: isRoot)
      }
      return value.bytes
    }
  }

  /// The largest power of two that is at most `available` and divides `position`.
  private func subtreeSize(at position: UInt64, of available: Int) -> Int {
    let bits = Int.bitWidth - 1 - available.leadingZeroBitCount
    return 1 << min(bits, position == 0 ? bits : position.trailingZeroBitCount)
  }

  /// Adds a full subtree that is known not to end the message, and joins neighbours of equal size.
  private mutating func finish(_ bytes: UnsafeRawBufferPointer, at position: UInt64) {
    let chunk = position / UInt64(COMFY_BLAKE3_CHUNK)
    var value = ChainingValue(of: bytes, firstChunk: chunk, isRoot: false)
    var end = (position + UInt64(bytes.count)) / UInt64(bytes.count)
    while end & 1 == 0, let left = finished.popLast() {
      value = ChainingValue(parentOf: left, value, isRoot: false)
      end >>= 1
    }
    finished.append(value)
  }
}

/// Chaining value of a BLAKE3 subtree: eight words. Those of the root are the hash.
struct ChainingValue: Sendable, Hashable {
  var words: SIMD8<UInt32>

  /// The words of a subtree over `bytes`, whose first chunk has number `firstChunk`.
  ///
  /// - Parameter width: Largest number of chunks to hash at once; by default what the processor
  ///   supports.
  init(
    of bytes: UnsafeRawBufferPointer, firstChunk: UInt64, isRoot: Bool,
    width: UInt32 = Blake3Hasher.width
  ) {
    words = ChainingValue.make { value in
      comfy_blake3_subtree(
        width, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, firstChunk,
        isRoot,
        value)
    }
  }

  /// The words of the parent of two adjacent subtrees.
  init(parentOf left: ChainingValue, _ right: ChainingValue, isRoot: Bool) {
    words = ChainingValue.make { value in
      left.withPointer { left in
        right.withPointer { right in comfy_blake3_parent(left, right, isRoot, value) }
      }
    }
  }

  /// The words in little-endian order, 32 bytes.
  var bytes: [UInt8] {
    (0..<32).map { UInt8(truncatingIfNeeded: words[$0 / 4] >> (8 * UInt32($0 % 4))) }
  }

  private static func make(_ body: (UnsafeMutablePointer<UInt32>) -> Void) -> SIMD8<UInt32> {
    var words = SIMD8<UInt32>.zero
    withUnsafeMutableBytes(of: &words) { raw in
      if let base = raw.baseAddress { body(base.assumingMemoryBound(to: UInt32.self)) }
    }
    return words
  }

  private func withPointer(_ body: (UnsafePointer<UInt32>) -> Void) {
    withUnsafeBytes(of: words) { raw in
      if let base = raw.baseAddress { body(base.assumingMemoryBound(to: UInt32.self)) }
    }
  }
}
