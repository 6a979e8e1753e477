/// How similar names of model files are. It serves offers to a person; it is never a reason to use
/// a file.
///
/// Half of the score is how many of the wanted words occur in the other path, including its
/// folders. The other half is how many pairs of neighbouring letters the bare file names share
/// (Dice's coefficient), which forgives typing errors and other separators.
struct NameSimilarity: Sendable {
  /// The wanted name, folded, without separators and extension.
  private let letters: [UInt8]
  private let words: [Word]

  private struct Word: Sendable {
    let letters: [UInt8]
    let pairs: [UInt16]

    init(_ letters: ArraySlice<UInt8>) {
      self.letters = Array(letters)
      pairs = Self.pairs(of: letters)
    }

    /// Pairs of neighbouring letters, sorted.
    static func pairs(of letters: some Collection<UInt8>) -> [UInt16] {
      zip(letters, letters.dropFirst()).map { UInt16($0) << 8 | UInt16($1) }.sorted()
    }
  }

  /// - Parameter text: A file name, a path, or words that somebody typed.
  init(to text: String) {
    let wanted = Self.withoutExtension(PathKey.folded(text))
    letters = wanted.filter(Self.isLetter)
    words = Self.words(of: wanted).map(Word.init)
  }

  /// Whether there is anything to compare.
  var isEmpty: Bool { words.isEmpty }

  /// How similar `path`, folded, is: 0…1, and 1 for the same file name.
  func score(of path: String) -> Double {
    guard !isEmpty else { return 0 }
    let path = Self.withoutExtension(path)
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path
    let nameLetters = name.filter(Self.isLetter)
    if nameLetters == letters { return 1 }
    let likeness = Self.likeness(
      Word.pairs(of: letters), Word.pairs(of: nameLetters))
    // Less than the same name, however many words occur.
    return min(0.99, (coverage(in: path) + likeness) / 2)
  }

  /// How much of the wanted words, by length, occurs in the path, 0…1. A word that almost occurs
  /// counts in part.
  private func coverage(in path: ArraySlice<UInt8>) -> Double {
    var found = 0.0
    var total = 0.0
    var others: [[UInt16]]?
    for word in words {
      let weight = Double(word.letters.count)
      total += weight
      if path.contains(word.letters) {
        found += weight
        continue
      }
      let pairs = others ?? Self.words(of: path).map { Word.pairs(of: $0) }
      others = pairs
      let nearest = pairs.map { Self.likeness(word.pairs, $0) }.max() ?? 0
      if nearest >= 0.5 { found += weight * nearest }
    }
    return found / total
  }

  /// Dice's coefficient of two sorted lists, 0…1.
  private static func likeness(_ one: [UInt16], _ other: [UInt16]) -> Double {
    guard !one.isEmpty, !other.isEmpty else { return 0 }
    var (left, right, shared) = (0, 0, 0)
    while left < one.count, right < other.count {
      if one[left] == other[right] {
        shared += 1
        left += 1
        right += 1
      } else if one[left] < other[right] {
        left += 1
      } else {
        right += 1
      }
    }
    return Double(2 * shared) / Double(one.count + other.count)
  }

  /// Letters and digits. Every byte of a character outside ASCII counts as one.
  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte >= 0x80
  }

  private static func words(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    text.split { !isLetter($0) }
  }

  private static func withoutExtension(_ text: String) -> ArraySlice<UInt8> {
    let bytes = Array(text.utf8)[...]
    guard ModelExtension(of: text) != nil, let dot = bytes.lastIndex(of: UInt8(ascii: "."))
    else { return bytes }
    return bytes[..<dot]
  }
}

extension ArraySlice<UInt8> {
  /// Whether `others`, which must not be empty, occurs here as one sequence.
  fileprivate func contains(_ others: [UInt8]) -> Bool {
    guard let first = others.first, others.count <= count else { return false }
    let last = endIndex - others.count
    var place = startIndex
    while place <= last, let start = self[place...last].firstIndex(of: first) {
      if self[start...].starts(with: others) { return true }
      place = start + 1
    }
    return false
  }
}
