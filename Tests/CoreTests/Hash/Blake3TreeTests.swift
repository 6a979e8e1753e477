import Testing

@testable import ComfyCore

@Suite struct Blake3TreeTests {
  static let sizes = [
    0, 1, 1023, 16_383, 16_384, 16_385, 32_768, 32_769, 49_152, 80_000, 131_072, 150_001,
  ]

  static func whole(_ bytes: [UInt8]) -> ModelHash {
    var hasher = Blake3Hasher()
    hasher.update(bytes)
    return hasher.finalize()
  }

  @Test(arguments: sizes, [16 << 10, 32 << 10, 64 << 10])
  func segmentsInAnyOrderGiveTheHash(_ size: Int, _ segmentSize: Int) throws {
    let bytes = countingBytes(size)
    var tree = try #require(Blake3Tree(size: Int64(size), segmentSize: segmentSize))
    var order = Array(0..<tree.segmentCount)
    var generator = SeededGenerator(seed: UInt64(size))
    order.shuffle(using: &generator)
    for index in order {
      #expect(tree.root == nil)
      var segment = tree.begin(index)
      let range = tree.range(of: index)
      var rest = bytes[Int(range.lowerBound)..<Int(range.upperBound)]
      while !rest.isEmpty {
        rest.prefix(5000).withUnsafeBytes { _ = segment.update($0) }
        rest = rest.dropFirst(5000)
      }
      let isTaken = tree.complete(segment)
      #expect(isTaken)
      tree = try #require(Blake3Tree(encoded: tree.encoded))
    }
    #expect(tree.root == Self.whole(bytes), "order \(order)")
    #expect(tree.completePrefix == Int64(size))
  }

  @Test func anUnfinishedSegmentIsRefused() throws {
    var tree = try #require(Blake3Tree(size: 40_000, segmentSize: 16 << 10))
    var segment = tree.begin(1)
    let tooMany = countingBytes(20_000)
    var isTaken = tree.complete(segment)
    #expect(!isTaken)
    let taken = tooMany.withUnsafeBytes { segment.update($0) }
    #expect(taken == 16 << 10)
    #expect(segment.missing == 0)
    isTaken = tree.complete(segment)
    #expect(isTaken)
    #expect(tree.isComplete(1))
    #expect(tree.completePrefix == 0)
    tree.forget(1)
    #expect(!tree.isComplete(1))
  }

  @Test func aSegmentOfAnotherTreeIsRefused() throws {
    let other = try #require(Blake3Tree(size: 16 << 10, segmentSize: 16 << 10))
    var tree = try #require(Blake3Tree(size: 32 << 10, segmentSize: 16 << 10))
    var segment = other.begin(0)
    countingBytes(16 << 10).withUnsafeBytes { _ = segment.update($0) }
    let isTaken = tree.complete(segment)
    #expect(!isTaken)
  }

  @Test(
    arguments: [(-1, 16 << 10), (1, 3 << 14), (1, 1024), (Int64.max, 16 << 10)] as [(Int64, Int)])
  func impossibleTreesAreRefused(_ size: Int64, _ segmentSize: Int) {
    #expect(Blake3Tree(size: size, segmentSize: segmentSize) == nil)
  }

  @Test func damagedEncodingsAreRefused() throws {
    let bytes = try #require(Blake3Tree(size: 40_000, segmentSize: 16 << 10)).encoded
    #expect(Blake3Tree(encoded: bytes) != nil)
    for count in 0..<bytes.count { #expect(Blake3Tree(encoded: bytes.prefix(count)) == nil) }
    var wrongMark = bytes
    wrongMark[12] = 2
    #expect(Blake3Tree(encoded: wrongMark) == nil)
    #expect(Blake3Tree(encoded: [UInt8](repeating: 255, count: 45)) == nil)
  }
}

/// Steps of a fixed sequence (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var seed: UInt64

  mutating func next() -> UInt64 {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var value = seed
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
