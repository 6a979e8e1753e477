/// Applies a change of a text to another text with the same origin.
///
/// Texts are cut at their line endings and around tables in braces, so that neighbours on one line
/// can change independently.
struct TextMerge {
  /// What to do with a change.
  enum Choice {
    case take, leave
    /// Only a part of the change is wanted, so it cannot be applied as it is.
    case refuse
  }

  private let base: TOMLPieces
  private let ours: TOMLPieces
  private let theirs: TOMLPieces

  /// - Parameters:
  ///   - base: The text that both others came from.
  ///   - ours: The text to be changed.
  ///   - theirs: The text that has the change.
  init(base: TOMLDocument, ours: TOMLDocument, theirs: TOMLDocument) {
    var names: [ArraySlice<UInt8>: Int32] = [:]
    self.base = TOMLPieces(base, &names)
    self.ours = TOMLPieces(ours, &names)
    self.theirs = TOMLPieces(theirs, &names)
  }

  /// Our text with the chosen changes of theirs; `nil` if one of these overlaps a change of ours,
  /// or is refused.
  ///
  /// Where both sides insert something at the same place, their text comes first.
  ///
  /// - Parameter choose: Called with the byte ranges of a change, in the base and in their text.
  func merged(_ choose: (_ base: [Range<Int>], _ theirs: [Range<Int>]) -> Choice) -> [UInt8]? {
    var changes: [(change: TextChange, isOurs: Bool)] = []
    for change in TextDifference.changes(from: base.numbers, to: theirs.numbers) {
      switch choose(base.spans(change.old), theirs.spans(change.new)) {
      case .take: changes.append((change, false))
      case .leave: continue
      case .refuse: return nil
      }
    }
    for change in TextDifference.changes(from: base.numbers, to: ours.numbers) {
      changes.append((change, true))
    }
    changes.sort { left, right in
      let (first, second) = (left.change.old, right.change.old)
      return (first.lowerBound, first.upperBound, left.isOurs ? 1 : 0)
        < (second.lowerBound, second.upperBound, right.isOurs ? 1 : 0)
    }
    var result: [UInt8] = []
    var at = 0
    for (change, isOurs) in changes {
      guard change.old.lowerBound >= at else { return nil }
      result += base.bytes(at..<change.old.lowerBound)
      result += (isOurs ? ours : theirs).bytes(change.new)
      at = change.old.upperBound
    }
    return result + base.bytes(at..<base.numbers.count)
  }
}

/// A document cut into pieces. Equal pieces of several documents have the same number.
private struct TOMLPieces {
  private let document: TOMLDocument
  /// Where each piece begins, and where the last one ends.
  private let bounds: [Int]
  let numbers: [Int32]

  init(_ document: TOMLDocument, _ names: inout [ArraySlice<UInt8>: Int32]) {
    self.document = document
    let bytes = document.bytes
    var cuts: Set<Int> = [0, bytes.count]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      cuts.insert(offset > 0 && bytes[offset - 1] == UInt8(ascii: "\r") ? offset - 1 : offset)
      cuts.insert(offset + 1)
    }
    for node in document.nodes where node.kind == .table && node.form == .value {
      cuts.insert(Int(node.start))
      cuts.insert(Int(node.end))
    }
    let bounds = cuts.sorted()
    self.bounds = bounds
    numbers = zip(bounds, bounds.dropFirst()).map { start, end in
      let piece = bytes[start..<end]
      let number = names[piece] ?? Int32(names.count)
      names[piece] = number
      return number
    }
  }

  /// The byte ranges of pieces.
  func spans(_ pieces: Range<Int>) -> [Range<Int>] {
    pieces.map { bounds[$0]..<bounds[$0 + 1] }
  }

  func bytes(_ pieces: Range<Int>) -> ArraySlice<UInt8> {
    document.bytes[bounds[pieces.lowerBound]..<bounds[pieces.upperBound]]
  }
}
