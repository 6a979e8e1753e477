internal import Crypto

/// SHA-256 of bytes that come in order, piece by piece. A copy continues independently.
package struct SHA256Hasher: Sendable {
  private var state = SHA256()

  package init() {}

  /// Takes the next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    state.update(bufferPointer: bytes)
  }

  /// The hash of all bytes taken so far; more bytes may still be added.
  package func finalize() -> SHA256Hash { SHA256Hash(digest: Array(state.finalize())) }
}

/// The SHA-256 of a file, as hubs publish it: 64 lower-case hexadecimal digits.
public struct SHA256Hash: Sendable, Hashable, CustomStringConvertible {
  /// The digits, lower case.
  public let hex: String

  /// Reads 64 hexadecimal digits, in any case; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 64, let lower = HexDigits.lowercased(text) else { return nil }
    hex = lower
  }

  /// 64 lower-case hex digits.
  public var description: String { hex }
}

extension SHA256Hash {
  /// Takes a digest of 32 bytes.
  init(digest: [UInt8]) { hex = HexDigits.string(of: digest) }
}
