/// A set of byte offsets, kept as disjoint ranges.
struct ByteRangeSet: Sendable, Hashable {
  /// In ascending order; none is empty, and none overlaps or touches another.
  private(set) var ranges: [Range<Int64>] = []

  init() {}

  init(_ range: Range<Int64>) { insert(range) }

  /// Removes all offsets from `end` on.
  mutating func cut(to end: Int64) {
    ranges = ranges.compactMap { range in
      range.lowerBound < end ? range.lowerBound..<min(range.upperBound, end) : nil
    }
  }

  /// Number of offsets in the set.
  var count: Int64 { ranges.reduce(0) { $0 + Int64($1.count) } }

  /// End of the range that starts at 0; 0 when there is none.
  var contiguousEnd: Int64 {
    guard let first = ranges.first, first.lowerBound == 0 else { return 0 }
    return first.upperBound
  }

  /// End of the last range.
  var end: Int64 { ranges.last?.upperBound ?? 0 }

  /// Adds a range. It may be empty, and may overlap offsets that are in the set.
  mutating func insert(_ range: Range<Int64>) {
    guard !range.isEmpty else { return }
    // Almost always, an existing range grows at its end.
    if let last = ranges.indices.last(where: { ranges[$0].lowerBound <= range.lowerBound }),
      ranges[last].upperBound >= range.lowerBound,
      last + 1 == ranges.count || ranges[last + 1].lowerBound > range.upperBound
    {
      let end = max(ranges[last].upperBound, range.upperBound)
      ranges[last] = ranges[last].lowerBound..<end
      return
    }
    var merged = range
    let touching = ranges.filter { $0.upperBound >= range.lowerBound }
      .filter { $0.lowerBound <= range.upperBound }
    for other in touching {
      merged =
        min(merged.lowerBound, other.lowerBound)..<max(merged.upperBound, other.upperBound)
    }
    ranges.removeAll { $0.upperBound >= range.lowerBound && $0.lowerBound <= range.upperBound }
    let place = ranges.firstIndex { $0.lowerBound > merged.lowerBound } ?? ranges.count
    ranges.insert(merged, at: place)
  }

  /// The first range of offsets below `limit` that are not in the set and not below `start`.
  func firstGap(from start: Int64 = 0, below limit: Int64) -> Range<Int64>? {
    var position = start
    for range in ranges where range.upperBound > position {
      if range.lowerBound > position {
        let end = min(range.lowerBound, limit)
        return position < end ? position..<end : nil
      }
      position = range.upperBound
    }
    return position < limit ? position..<limit : nil
  }
}
