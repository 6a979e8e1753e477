/// Decompresses zlib streams (RFC 1950, RFC 1951), as in the text chunks of PNG files.
///
/// The texts have a few hundred kilobytes, so the code is simple and bounded rather than fast.
/// Checksums are not verified; damage shows well enough in the JSON inside.
struct Inflate {
  /// The stream is damaged, or longer than the limit.
  struct Failure: Error {}

  private let input: ArraySlice<UInt8>
  private var position: Int
  private var bits: UInt32 = 0
  private var bitCount: UInt32 = 0
  private var output: [UInt8] = []
  private let limit: Int

  /// - Parameter limit: The largest number of output bytes.
  static func zlib(_ stream: ArraySlice<UInt8>, limit: Int) throws(Failure) -> [UInt8] {
    let header = Array(stream.prefix(2))
    guard header.count == 2, header[0] & 15 == 8, header[1] & 0x20 == 0,
      (Int(header[0]) << 8 | Int(header[1])) % 31 == 0
    else { throw Failure() }
    var inflate = Inflate(stream.dropFirst(2), limit: limit)
    try inflate.run()
    return inflate.output
  }

  private init(_ input: ArraySlice<UInt8>, limit: Int) {
    self.input = input
    self.limit = limit
    position = input.startIndex
  }

  private mutating func run() throws(Failure) {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored()
      case 1: try decode(Self.fixedLiterals, Self.fixedDistances)
      case 2:
        let (literals, distances) = try readCodes()
        try decode(literals, distances)
      default: throw Failure()
      }
    }
  }

  /// The next `count` bits, at most 16; the first is the least significant.
  private mutating func take(_ count: UInt32) throws(Failure) -> Int {
    while bitCount < count {
      guard position < input.endIndex else { throw Failure() }
      bits |= UInt32(input[position]) << bitCount
      position += 1
      bitCount += 8
    }
    let value = bits & (1 << count - 1)
    bits >>= count
    bitCount -= count
    return Int(value)
  }

  private mutating func copyStored() throws(Failure) {
    // The block starts at a byte boundary; whole bytes that were read ahead are returned.
    position -= Int(bitCount / 8)
    bits = 0
    bitCount = 0
    let length = try take(16)
    guard try take(16) == length ^ 0xFFFF, input.endIndex - position >= length,
      output.count + length <= limit
    else { throw Failure() }
    output += input[position..<position + length]
    position += length
  }

  private mutating func decode(_ literals: Code, _ distances: Code) throws(Failure) {
    while true {
      let symbol = try take(literals)
      if symbol < 256 {
        guard output.count < limit else { throw Failure() }
        output.append(UInt8(truncatingIfNeeded: symbol))
        continue
      }
      if symbol == 256 { return }
      guard symbol <= 285 else { throw Failure() }
      let length = Self.lengths[symbol - 257] + (try take(UInt32(Self.lengthBits[symbol - 257])))
      let distanceSymbol = try take(distances)
      guard distanceSymbol < 30 else { throw Failure() }
      let distance =
        Self.distances[distanceSymbol] + (try take(UInt32(Self.distanceBits[distanceSymbol])))
      guard distance <= output.count, output.count + length <= limit else { throw Failure() }
      let start = output.count - distance
      for offset in 0..<length { output.append(output[start + offset]) }
    }
  }

  private mutating func take(_ code: Code) throws(Failure) -> Int {
    var value = 0
    var first = 0
    var index = 0
    for count in code.counts.dropFirst() {
      value |= try take(1)
      if value - count < first { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    throw Failure()
  }

  private mutating func readCodes() throws(Failure) -> (Code, Code) {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let lengthCount = try take(4) + 4
    var codeLengths = [Int](repeating: 0, count: 19)
    for place in Self.codeOrder.prefix(lengthCount) { codeLengths[place] = try take(3) }
    let code = try Code(codeLengths[...])
    var lengths: [Int] = []
    while lengths.count < literalCount + distanceCount {
      switch try take(code) {
      case 16:
        guard let last = lengths.last else { throw Failure() }
        lengths += repeatElement(last, count: try take(2) + 3)
      case 17: lengths += repeatElement(0, count: try take(3) + 3)
      case 18: lengths += repeatElement(0, count: try take(7) + 11)
      case let length: lengths.append(length)
      }
    }
    guard lengths.count == literalCount + distanceCount else { throw Failure() }
    return (try Code(lengths[..<literalCount]), try Code(lengths[literalCount...]))
  }

  /// A canonical Huffman code.
  private struct Code {
    /// Number of codes of each length; length 0 means no code.
    var counts = [Int](repeating: 0, count: 16)
    /// Symbols in the order of their codes.
    var symbols: [Int] = []

    /// - Parameter lengths: Code length of each symbol, 0 for unused.
    init(_ lengths: ArraySlice<Int>) throws(Failure) {
      for length in lengths where length > 0 { counts[length] += 1 }
      var left = 1
      for length in 1...15 {
        left = left << 1 - counts[length]
        guard left >= 0 else { throw Failure() }
        for (symbol, own) in lengths.enumerated() where own == length { symbols.append(symbol) }
      }
    }
  }

  private static let fixedLiterals = fixed(
    [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112)
      + [Int](repeating: 7, count: 24) + [Int](repeating: 8, count: 8))
  private static let fixedDistances = fixed([Int](repeating: 5, count: 30))

  private static func fixed(_ lengths: [Int]) -> Code {
    do { return try Code(lengths[...]) } catch { preconditionFailure("fixed codes are complete") }
  }

  private static let codeOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]
  private static let lengths = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
    131, 163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distances = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
    2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
  ]
}
