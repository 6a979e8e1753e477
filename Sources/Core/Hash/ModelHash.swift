/// The identity of a model file as the manifest stores it: lower-case hexadecimal digits.
///
/// 64 digits are the BLAKE3 of the whole file. 16 digits are a sampled hash, as comfydock 1.x and
/// comfygit write it to their manifests.
public struct ModelHash: Sendable, Hashable {
  /// The digits, lower case.
  public let hex: String

  /// Reads 64 or 16 hexadecimal digits, in any case; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    let digits = text.utf8
    guard digits.count == 64 || digits.count == 16 else { return nil }
    guard let lower = HexDigits.lowercased(text) else { return nil }
    hex = lower
  }

  /// `true` for the BLAKE3 of the whole file.
  public var isFull: Bool { hex.utf8.count == 64 }
}

extension ModelHash: CustomStringConvertible {
  /// Lower-case hex digits, as in the manifest.
  public var description: String { hex }
}

extension ModelHash {
  /// Takes a digest of 32 bytes, or its first 8 for a sampled hash.
  init(digest: [UInt8], first count: Int = 32) {
    hex = HexDigits.string(of: digest.prefix(count))
  }
}
