/// BLAKE3 of bytes that come in order, piece by piece. A copy goes on independently.
public struct Blake3Hasher: Sendable {
  private var subtree = Blake3Accumulator(firstChunk: 0)

  public init() {}

  /// Bytes taken so far.
  public var count: UInt64 { subtree.count }

  /// Takes the next bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { subtree.update(bytes) }

  /// Takes the next bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let taken: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if taken == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// The hash of all bytes taken so far; more may follow.
  public func finalize() -> ModelHash { ModelHash(digest: digest) }

  /// The 32 bytes of ``finalize()``.
  var digest: [UInt8] { subtree.value(isRoot: true).bytes }
}
