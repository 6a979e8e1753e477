/// What makes one content of another, in the form of git's packs: sizes of both, then pieces that
/// are copied from the old one and pieces that are new.
///
/// Made for texts that differ in a few places. Whatever they are, what it makes is right.
struct PackDelta {
  /// Bytes that are looked for in the new content to find how the two lie to each other.
  private static let anchorLength = 48
  /// Largest piece that one instruction copies, of those that every reader takes.
  private static let largestCopy = 0xFFFF
  private static let largestInsertion = 0x7F

  private(set) var bytes: [UInt8] = []
  private let old: UnsafeRawBufferPointer
  private let new: UnsafeRawBufferPointer
  /// A piece of the old content that is to be copied, once it is known where it ends.
  private var copied = 0..<0

  /// The delta from one content to another.
  static func bytes(from old: [UInt8], to new: [UInt8]) -> [UInt8] {
    old.withUnsafeBytes { old in
      new.withUnsafeBytes { new in
        var delta = PackDelta(old, new)
        delta.compare(0..<old.count, 0..<new.count)
        delta.endCopy()
        return delta.bytes
      }
    }
  }

  private init(_ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer) {
    self.old = old
    self.new = new
    append(size: old.count)
    append(size: new.count)
  }

  // MARK: Comparing

  /// Says how a part of the new content comes from a part of the old one.
  private mutating func compare(_ oldPart: Range<Int>, _ newPart: Range<Int>) {
    let limit = min(oldPart.count, newPart.count)
    let prefix = commonPrefix(oldPart.lowerBound, newPart.lowerBound, atMost: limit)
    let suffix = commonSuffix(oldPart.upperBound, newPart.upperBound, atMost: limit - prefix)
    copy(oldPart.prefix(prefix))
    compareMiddle(
      oldPart.dropFirst(prefix).dropLast(suffix), newPart.dropFirst(prefix).dropLast(suffix))
    copy(oldPart.suffix(suffix))
  }

  /// Two parts that differ at both ends.
  private mutating func compareMiddle(_ oldPart: Range<Int>, _ newPart: Range<Int>) {
    guard let (from, to) = anchor(oldPart, newPart) else { return insert(newPart) }
    compare(oldPart.lowerBound..<from, newPart.lowerBound..<to)
    compare(from..<oldPart.upperBound, to..<newPart.upperBound)
  }

  /// Places in both from which on they are the same for a while.
  private func anchor(_ oldPart: Range<Int>, _ newPart: Range<Int>) -> (from: Int, to: Int)? {
    let length = Self.anchorLength
    guard oldPart.count > length, newPart.count >= length else { return nil }
    for quarter in [2, 1, 3] {
      let from = oldPart.lowerBound + (oldPart.count - length) * quarter / 4
      let start = word(old, from)
      for to in newPart.lowerBound...(newPart.upperBound - length) where word(new, to) == start {
        if commonPrefix(from, to, atMost: length) == length { return (from, to) }
      }
    }
    return nil
  }

  private func commonPrefix(_ from: Int, _ to: Int, atMost limit: Int) -> Int {
    var count = 0
    while count + 8 <= limit, word(old, from + count) == word(new, to + count) { count += 8 }
    while count < limit, old[from + count] == new[to + count] { count += 1 }
    return count
  }

  /// Of what ends before these places.
  private func commonSuffix(_ from: Int, _ to: Int, atMost limit: Int) -> Int {
    var count = 0
    while count + 8 <= limit, word(old, from - count - 8) == word(new, to - count - 8) {
      count += 8
    }
    while count < limit, old[from - count - 1] == new[to - count - 1] { count += 1 }
    return count
  }

  /// Eight bytes, to compare them at once.
  private func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
  }

  // MARK: Instructions

  private mutating func copy(_ part: Range<Int>) {
    guard !part.isEmpty else { return }
    if copied.upperBound == part.lowerBound, !copied.isEmpty {
      copied = copied.lowerBound..<part.upperBound
    } else {
      endCopy()
      copied = part
    }
  }

  private mutating func endCopy() {
    var rest = copied
    copied = 0..<0
    while !rest.isEmpty {
      let piece = rest.prefix(Self.largestCopy)
      appendCopy(of: piece)
      rest = rest.dropFirst(piece.count)
    }
  }

  /// A byte of flags that tell which bytes of offset and count follow: those that are not zero.
  private mutating func appendCopy(of piece: Range<Int>) {
    let place = bytes.count
    bytes.append(0x80)
    for (index, value) in [piece.lowerBound, piece.count].enumerated() {
      for byte in 0..<(index == 0 ? 4 : 2) where value >> (8 * byte) & 0xFF != 0 {
        bytes[place] |= 1 << (4 * index + byte)
        bytes.append(UInt8(value >> (8 * byte) & 0xFF))
      }
    }
  }

  private mutating func insert(_ part: Range<Int>) {
    guard !part.isEmpty else { return }
    endCopy()
    var rest = part
    while !rest.isEmpty {
      let piece = rest.prefix(Self.largestInsertion)
      bytes.append(UInt8(piece.count))
      bytes += new[piece]
      rest = rest.dropFirst(piece.count)
    }
  }

  private mutating func append(size: Int) {
    var rest = size
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
