/// How far two words are apart: letters added, dropped, changed, or swapped with their neighbour.
package enum EditDistance {
  /// The name that `word` was most likely meant to be; `nil` when none is near.
  ///
  /// One in three letters may differ; an extension counts for nothing, as many names share it.
  package static func nearest(to word: String, among names: [String]) -> String? {
    names.map { (name: $0, distance: distance(of: word, from: $0)) }
      .filter { $0.distance <= max(1, stem(of: $0.name).count / 3) }
      .min { $0.distance < $1.distance }?.name
  }

  /// More than any that counts as near where the lengths alone say so.
  private static func distance(of word: String, from name: String) -> Int {
    let difference = abs(name.count - word.count)
    return difference > max(1, name.count / 3) ? difference : between(word, name)
  }

  private static func stem(of name: String) -> Substring {
    name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
  }

  static func between(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var before: [Int] = []
    var previous = Array(0...right.count)
    for i in left.indices {
      var current = [i + 1]
      for j in right.indices {
        let changed = previous[j] + (left[i] == right[j] ? 0 : 1)
        var best = min(changed, previous[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          best = min(best, before[j - 1] + 1)
        }
        current.append(best)
      }
      before = previous
      previous = current
    }
    return previous[right.count]
  }
}
