import Testing

@testable import ComfyCore

/// Bytes that count from 0 to 250 again and again.
func countingBytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }

func blake3(of bytes: [UInt8]) -> ModelHash {
  var hasher = Blake3Hasher()
  hasher.update(bytes)
  return hasher.finalize()
}

/// Figures of the official implementations for ``countingBytes(_:)``.
@Suite struct HashVectorTests {
  static let blake3: [(count: Int, hex: String)] = [
    (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
    (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
    (63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b"),
    (64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98"),
    (65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee"),
    (1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"),
    (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
    (1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"),
    (2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"),
    (2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030"),
    (3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2"),
    (3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3"),
    (4096, "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969"),
    (4097, "9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995"),
    (5120, "9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833"),
    (5121, "628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff"),
    (8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63"),
    (16384, "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4"),
    (16385, "1dabe216be2578830263b049de1639f39f05a4da616b9b78c7a5e4e41662fd1f"),
    (31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"),
    (102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"),
  ]

  static let xxh3: [(count: Int, hex: String)] = [
    (0, "99aa06d3014798d86001c324468d497f"),
    (1, "a6cd5e9392000f6ac44bdff4074eecdb"),
    (2, "6a4a5274c1b0d3add6645fc3051a9457"),
    (3, "e3b55f57945a17cf5f4299fc161c9cbb"),
    (8, "e1e4432a62217fe4cfd50c61c8bb98c1"),
    (16, "72950631827607e2842812cc870dcae2"),
    (17, "685bc458b37d057fc06e233df7729217"),
    (128, "14792fc3af88dc6c05321a0b64d67b41"),
    (129, "dd5e74ac6b45f54ebc30b63382b09a3b"),
    (240, "65b5be86da5540e7c92b68e16f83bbb6"),
    (241, "1da1cb61bcb8a2a102e8cd95421c6d02"),
    (256, "96c36c85d00e5bc544f5d90dacde463a"),
    (257, "8c650dc0594ae28188fc3f7934a6c9be"),
    (1024, "d0ac1f7b93bf57b9e5d78bafa45b2aa5"),
    (1025, "2882ebca04ec915ce95c42288f28186e"),
    (2049, "39a54bc93f74921b6c9600c0e506e2ae"),
    (5121, "b2629a274f9cf54d0724cd51405ccc2e"),
    (31744, "786ea195976b880d5162bbaf8b257803"),
  ]

  @Test(arguments: blake3)
  func blake3InOnePiece(_ vector: (count: Int, hex: String)) {
    var hasher = Blake3Hasher()
    hasher.update(countingBytes(vector.count))
    #expect(hasher.finalize().hex == vector.hex)
    #expect(hasher.count == UInt64(vector.count))
  }

  @Test(arguments: blake3, [1, 7, 1024, 4096, 16_384, 20_000])
  func blake3InPieces(_ vector: (count: Int, hex: String), _ piece: Int) {
    var hasher = Blake3Hasher()
    var rest = countingBytes(vector.count)[...]
    while !rest.isEmpty {
      hasher.update(rest.prefix(piece))
      rest = rest.dropFirst(piece)
    }
    #expect(hasher.finalize().hex == vector.hex)
  }

  /// Asking for wider code than the processor has would be an illegal instruction.
  @Test(arguments: [1, 4, 8, 16] as [UInt32])
  func blake3WithEveryWidth(_ width: UInt32) {
    guard width <= Blake3Hasher.width else { return }
    for (count, hex) in Self.blake3 {
      let value = countingBytes(count).withUnsafeBytes {
        ChainingValue(of: $0, firstChunk: 0, isRoot: true, width: width)
      }
      #expect(HexDigits.string(of: value.bytes) == hex, "\(count) bytes, width \(width)")
    }
  }

  @Test(arguments: xxh3, [1, 63, 64, 255, 256, 1000])
  func xxh3InPieces(_ vector: (count: Int, hex: String), _ piece: Int) {
    var hasher = XXH3Hasher()
    var rest = countingBytes(vector.count)[...]
    while !rest.isEmpty {
      rest.prefix(piece).withUnsafeBytes { hasher.update($0) }
      rest = rest.dropFirst(piece)
    }
    #expect(HexDigits.string(of: hasher.digest) == vector.hex)
  }

  @Test func aCopyGoesOnIndependently() {
    var one = Blake3Hasher()
    one.update(countingBytes(20_000))
    var other = one
    other.update([1])
    #expect(one.finalize() != other.finalize())
    var again = Blake3Hasher()
    again.update(countingBytes(20_000))
    #expect(one.finalize() == again.finalize())
  }

  @Test func sha256OfTextIsThatOfTheStandard() {
    var hasher = SHA256Hasher()
    Array("abc".utf8).withUnsafeBytes { hasher.update($0) }
    #expect(
      hasher.finalize().hex
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
