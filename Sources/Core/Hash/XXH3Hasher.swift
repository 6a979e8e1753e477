internal import CBlake3

/// XXH3-128 (seed 0) of bytes that come in order, piece by piece.
struct XXH3Hasher: Sendable {
  private var state = comfy_xxh3()

  init() { comfy_xxh3_init(&state) }

  /// Takes the next bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    comfy_xxh3_update(&state, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// The 16 bytes of the hash in canonical order: big-endian, high half first.
  var digest: [UInt8] {
    var state = state
    var digest = [UInt8](repeating: 0, count: 16)
    comfy_xxh3_digest(&state, &digest)
    return digest
  }
}
