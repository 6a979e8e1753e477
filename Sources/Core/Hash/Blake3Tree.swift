/// BLAKE3 of a file of known size whose parts arrive in any order.
///
/// The file is cut into segments of equal size; each is hashed by its own ``Segment``, on any
/// thread, and gives 32 bytes to the tree. Memory: 33 bytes a segment.
public struct Blake3Tree: Sendable, Hashable {
  /// Bytes of the file.
  public let size: Int64
  /// Bytes of every segment but the last; a power of two, at least 16 KiB.
  public let segmentSize: Int
  private var values: [ChainingValue?]

  /// Bytes of a segment unless said otherwise: 8 MiB.
  public static let defaultSegmentSize = 8 << 20

  /// A tree that knows no segment yet; `nil` for a negative size, or a segment size that is no
  /// power of two from 16 KiB to 1 GiB, or that would make more than 2²⁴ segments.
  public init?(size: Int64, segmentSize: Int = defaultSegmentSize) {
    guard size >= 0, (16 << 10...1 << 30).contains(segmentSize), segmentSize.nonzeroBitCount == 1
    else { return nil }
    let whole = size / Int64(segmentSize)
    let count = max(1, whole + (size % Int64(segmentSize) == 0 ? 0 : 1))
    guard count <= 1 << 24 else { return nil }
    self.size = size
    self.segmentSize = segmentSize
    values = Array(repeating: nil, count: Int(count))
  }

  /// Number of segments; an empty file has one, of no bytes.
  public var segmentCount: Int { values.count }

  /// Bytes of the file that a segment covers.
  ///
  /// - Parameter segment: `0..<segmentCount`.
  public func range(of segment: Int) -> Range<Int64> {
    let start = Int64(segment) * Int64(segmentSize)
    return start..<min(size, start + Int64(segmentSize))
  }

  /// Whether the segment's hash is known.
  public func isComplete(_ segment: Int) -> Bool {
    values.indices.contains(segment) && values[segment] != nil
  }

  /// Bytes from the start of the file that known segments cover without a gap.
  public var completePrefix: Int64 {
    let gap = values.firstIndex { $0 == nil }
    return gap.map { range(of: $0).lowerBound } ?? size
  }

  /// Starts a segment.
  ///
  /// - Parameter segment: `0..<segmentCount`.
  public func begin(_ segment: Int) -> Segment {
    Segment(index: segment, range: range(of: segment), isWhole: values.count == 1)
  }

  /// Takes over a segment whose bytes have all been seen; one known already is replaced.
  ///
  /// - Returns: `false` when bytes of the segment are missing, or it is of another tree.
  @discardableResult
  public mutating func complete(_ segment: Segment) -> Bool {
    guard values.indices.contains(segment.index), segment.range == range(of: segment.index),
      segment.isWhole == (values.count == 1), segment.missing == 0
    else { return false }
    values[segment.index] = segment.value
    return true
  }

  /// Forgets a segment, as when its bytes turned out lost.
  public mutating func forget(_ segment: Int) {
    if values.indices.contains(segment) { values[segment] = nil }
  }

  /// The hash of the file; `nil` while a segment is missing.
  public var root: ModelHash? {
    var known: [ChainingValue] = []
    for value in values {
      guard let value else { return nil }
      known.append(value)
    }
    // Neighbours are joined level by level; one left over at the end rises as it is, which is the
    // shape of the BLAKE3 tree: the left part is always the largest power of two.
    while known.count > 1 {
      let isRoot = known.count == 2
      known = stride(from: 0, to: known.count, by: 2).map { left in
        left + 1 < known.count
          ? ChainingValue(parentOf: known[left], known[left + 1], isRoot: isRoot) : known[left]
      }
    }
    return known.first?.modelHash
  }

  /// A segment whose bytes come in order.
  public struct Segment: Sendable {
    /// Zero-based number of the segment.
    public let index: Int
    /// Bytes of the file that it covers.
    public let range: Range<Int64>
    fileprivate let isWhole: Bool
    private var accumulator: Blake3Accumulator

    fileprivate init(index: Int, range: Range<Int64>, isWhole: Bool) {
      self.index = index
      self.range = range
      self.isWhole = isWhole
      accumulator = Blake3Accumulator(firstChunk: UInt64(range.lowerBound) / 1024)
    }

    /// Bytes that are still to come.
    public var missing: Int { range.count - Int(accumulator.count) }

    /// Takes the next bytes of the segment; bytes beyond its end are left.
    ///
    /// - Returns: How many of the bytes were taken.
    @discardableResult
    public mutating func update(_ bytes: UnsafeRawBufferPointer) -> Int {
      let taken = min(bytes.count, missing)
      accumulator.update(UnsafeRawBufferPointer(rebasing: bytes.prefix(taken)))
      return taken
    }

    fileprivate var value: ChainingValue { accumulator.value(isRoot: isWhole) }
  }
}

extension Blake3Tree {
  /// The tree as bytes, to be kept beside a partial file: segment size (4 bytes) and file size (8),
  /// little-endian, then 33 bytes a segment: 1 and the chaining value, or 33 zeros.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(12 + 33 * values.count)
    for place in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: segmentSize >> (8 * place))) }
    for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: size >> (8 * place))) }
    for value in values {
      bytes.append(value == nil ? 0 : 1)
      bytes.append(contentsOf: value?.bytes ?? Array(repeating: 0, count: 32))
    }
    return bytes
  }

  /// Reads ``encoded``; `nil` for anything else. Whether the values are those of the file's bytes
  /// is not known: the root decides.
  public init?(encoded bytes: some RandomAccessCollection<UInt8>) {
    guard bytes.count >= 12 else { return nil }
    func number(_ digits: some BidirectionalCollection<UInt8>) -> UInt64 {
      digits.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard let size = Int64(exactly: number(bytes.dropFirst(4).prefix(8))),
      let segmentSize = Int(exactly: number(bytes.prefix(4)))
    else { return nil }
    self.init(size: size, segmentSize: segmentSize)
    guard bytes.count == 12 + 33 * values.count else { return nil }
    var rest = bytes.dropFirst(12)
    for segment in values.indices {
      switch rest.first {
      case 1: values[segment] = ChainingValue(bytes: rest.dropFirst().prefix(32))
      case 0: break
      default: return nil
      }
      rest = rest.dropFirst(33)
    }
  }
}
