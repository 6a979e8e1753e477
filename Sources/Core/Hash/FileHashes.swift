/// The hashes of one whole file.
package struct FileHashes: Sendable, Hashable {
  /// BLAKE3 of all bytes, 64 digits; `nil` if it was not requested.
  package var blake3: ModelHash?
  /// SHA-256 of all bytes; `nil` if it was not requested.
  package var sha256: SHA256Hash?
  /// Size of the file in bytes; never negative.
  package var size: Int64

  package init(blake3: ModelHash?, sha256: SHA256Hash?, size: Int64) {
    self.blake3 = blake3
    self.sha256 = sha256
    self.size = size
  }
}

/// Which hashes of a whole file are wanted.
package struct HashKinds: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let blake3 = HashKinds(rawValue: 1)
  package static let sha256 = HashKinds(rawValue: 2)
}
