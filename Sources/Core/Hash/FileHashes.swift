/// The hashes of one whole file.
public struct FileHashes: Sendable, Hashable {
  /// BLAKE3 of all bytes, 64 digits; `nil` when it was not asked for.
  public var blake3: ModelHash?
  /// SHA-256 of all bytes; `nil` when it was not asked for.
  public var sha256: SHA256Hash?
  /// Bytes read; never negative.
  public var size: Int64

  public init(blake3: ModelHash?, sha256: SHA256Hash?, size: Int64) {
    self.blake3 = blake3
    self.sha256 = sha256
    self.size = size
  }
}

/// Which hashes of a whole file are wanted.
public struct HashKinds: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let blake3 = HashKinds(rawValue: 1)
  public static let sha256 = HashKinds(rawValue: 2)
}
