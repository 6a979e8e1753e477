/// A span of a text that another text has in place of a span of the first, in pieces.
struct TextChange: Sendable, Hashable {
  var old: Range<Int>
  var new: Range<Int>
}

/// How two texts differ, both as sequences of pieces that have numbers.
///
/// Pieces that occur once in both are what the rest is told by: what changed between two of them is
/// one change. So an entry of a list is not taken for a part of the next one, which is written alike.
struct TextDifference {
  private let old: [Int32]
  private let new: [Int32]

  private init(_ old: [Int32], _ new: [Int32]) {
    self.old = old
    self.new = new
  }

  /// The changes in the order of the texts; no two of them touch in both.
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

  /// The part without what it begins and ends with in both texts.
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

  /// Pieces that occur once in both sides of a part: as many as follow each other in both.
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

  /// The longest run of pairs, which ascend on one side, that ascends on the other side too.
  private static func ascending(_ pairs: [(old: Int, new: Int)]) -> [(old: Int, new: Int)] {
    // For each length, the pair that ends a run of it soonest; and before each pair the one that it
    // follows.
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
