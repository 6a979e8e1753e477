internal import Crypto

/// SHA-256 of bytes that come in order, piece by piece. A copy goes on independently.
public struct SHA256Hasher: Sendable {
  private var state = SHA256()

  public init() {}

  /// Takes the next bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    state.update(bufferPointer: bytes)
  }

  /// The hash of all bytes taken so far; more may follow.
  public func finalize() -> SHA256Hash { SHA256Hash(digest: Array(state.finalize())) }
}
