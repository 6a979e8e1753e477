/// A range of pieces in one text, and the range that replaces it in another text.
struct TextChange: Sendable, Hashable {
  var old: Range<Int>
  var new: Range<Int>
}

/// The difference of two texts, each given as a sequence of numbered pieces.
///
/// Pieces that occur exactly once in both texts are anchors; everything that changed between two
/// anchors is one change. This prevents an entry of a list from being matched with part of the next
/// entry, which looks similar.
struct TextDifference {
  private let old: [Int32]
  private let new: [Int32]

  private init(_ old: [Int32], _ new: [Int32]) {
    self.old = old
    self.new = new
  }

  /// The changes in the order of the texts; no two of them touch in both texts.
  static func changes(from old: [Int32], to new: [Int32]) -> [TextChange] {
    let texts = TextDifference(old, new)
    var changes: [TextChange] = []
    var open = [TextChange(old: old.indices, new: new.indices)]
    while let next = open.popLast() {
      let part = texts.trimmed(next)
      if part.old.isEmpty, part.new.isEmpty { continue }
      let anchors = part.old.isEmpty || part.new.isEmpty ? [] : texts.anchors(in: part)
      if anchors.isEmpty {
        changes.append(part)
        continue
      }
      var (start, twin) = (part.old.lowerBound, part.new.lowerBound)
      for anchor in anchors {
        open.append(TextChange(old: start..<anchor.old, new: twin..<anchor.new))
        (start, twin) = (anchor.old + 1, anchor.new + 1)
      }
      open.append(
        TextChange(old: start..<part.old.upperBound, new: twin..<part.new.upperBound))
    }
    return changes.sorted {
      ($0.old.lowerBound, $0.new.lowerBound) < ($1.old.lowerBound, $1.new.lowerBound)
    }
  }

  /// The part without its common beginning and end.
  private func trimmed(_ part: TextChange) -> TextChange {
    var (start, twin) = (part.old.lowerBound, part.new.lowerBound)
    var (end, twinEnd) = (part.old.upperBound, part.new.upperBound)
    while start < end, twin < twinEnd, old[start] == new[twin] {
      start += 1
      twin += 1
    }
    while start < end, twin < twinEnd, old[end - 1] == new[twinEnd - 1] {
      end -= 1
      twinEnd -= 1
    }
    return TextChange(old: start..<end, new: twin..<twinEnd)
  }

  /// Pieces that occur exactly once on both sides of a part: the longest sequence that has the same
  /// order on both.
  private func anchors(in part: TextChange) -> [(old: Int, new: Int)] {
    var places: [Int32: (count: Int, old: Int, twins: Int, new: Int)] = [:]
    for place in part.old { places[old[place], default: (0, place, 0, 0)].count += 1 }
    for place in part.new {
      guard var entry = places[new[place]] else { continue }
      entry.twins += 1
      entry.new = place
      places[new[place]] = entry
    }
    let unique = places.values.filter { $0.count == 1 && $0.twins == 1 }
      .sorted { $0.old < $1.old }.map { (old: $0.old, new: $0.new) }
    return Self.ascending(unique)
  }

  /// Given pairs that ascend on one side, the longest sequence of them that also ascends on the
  /// other.
  private static func ascending(_ pairs: [(old: Int, new: Int)]) -> [(old: Int, new: Int)] {
    // `ends`: for each length, the pair with the smallest value that ends such a sequence.
    // `previous`: for each pair, the one before it in its sequence.
    var ends: [Int] = []
    var previous = [Int?](repeating: nil, count: pairs.count)
    for index in pairs.indices {
      var (low, high) = (0, ends.count)
      while low < high {
        let middle = (low + high) / 2
        if pairs[ends[middle]].new < pairs[index].new { low = middle + 1 } else { high = middle }
      }
      previous[index] = low > 0 ? ends[low - 1] : nil
      if low < ends.count { ends[low] = index } else { ends.append(index) }
    }
    var run: [(old: Int, new: Int)] = []
    var index = ends.last
    while let current = index {
      run.append(pairs[current])
      index = previous[current]
    }
    return run.reversed()
  }
}
