/// A regular expression in Python's dialect. It may match anywhere in the name of a type.
///
/// A node map may come from a stranger, so the work is bounded: all ways to match are followed at
/// once, one character of the name after the other. Expressions that this cannot do (references to
/// groups, conditions on what is around) match nothing.
struct NodeNamePattern {
  private static let longest = 512
  private let program: [Step]

  /// A pattern that is not valid, or that is absurdly long, matches nothing.
  init(_ pattern: String) {
    guard pattern.utf8.count <= Self.longest else {
      program = []
      return
    }
    var parser = NamePatternParser(pattern)
    program = (try? parser.program()) ?? []
  }

  /// One step of a pattern's program.
  enum Step {
    /// Takes one character, and goes on with the next step.
    case take(Characters)
    /// Goes on at both places.
    case fork(Int, Int)
    /// Goes on at this place.
    case go(Int)
    /// Goes on with the next step if this is so here.
    case require(Condition)
    /// The name matches.
    case match
  }

  /// What has to be so between two characters.
  enum Condition {
    case start, end, lastLine, wordEdge, noWordEdge
  }

  /// The characters that a step takes.
  struct Characters {
    var ranges: [ClosedRange<UInt32>] = []
    var classes: [(Unicode.Scalar) -> Bool] = []
    var isNegated = false
    var ignoresCase = false

    fileprivate func contain(_ scalar: Unicode.Scalar) -> Bool {
      var forms = [scalar]
      if ignoresCase {
        let properties = scalar.properties
        forms += Array((properties.lowercaseMapping + properties.uppercaseMapping).unicodeScalars)
      }
      let isIn = forms.contains { form in
        ranges.contains { $0.contains(form.value) } || classes.contains { $0(form) }
      }
      return isIn != isNegated
    }
  }

  func fits(_ nodeType: String) -> Bool {
    guard !program.isEmpty, nodeType.utf8.count <= Self.longest else { return false }
    let name = Array(nodeType.unicodeScalars)
    var active: [Int] = []
    for place in 0...name.count {
      guard let now = reached(from: active + [0], at: place, in: name) else { return true }
      guard place < name.count else { break }
      active = now.filter { step in
        if case .take(let characters) = program[step] {
          characters.contain(name[place])
        } else {
          false
        }
      }.map { $0 + 1 }
    }
    return false
  }

  /// The steps that can be reached without taking a character; `nil` if the pattern matches.
  private func reached(from starts: [Int], at place: Int, in name: [Unicode.Scalar]) -> [Int]? {
    var isSeen = [Bool](repeating: false, count: program.count)
    var found: [Int] = []
    var open = starts
    while let step = open.popLast() {
      guard !isSeen[step] else { continue }
      isSeen[step] = true
      switch program[step] {
      case .take: found.append(step)
      case .fork(let first, let second): open += [second, first]
      case .go(let next): open.append(next)
      case .require(let condition):
        if condition.holds(at: place, in: name) { open.append(step + 1) }
      case .match: return nil
      }
    }
    return found
  }
}

extension NodeNamePattern.Condition {
  fileprivate func holds(at place: Int, in name: [Unicode.Scalar]) -> Bool {
    let isEdge = {
      let before = place > 0 && name[place - 1].isOfWord
      return before != (place < name.count && name[place].isOfWord)
    }
    return switch self {
    case .start: place == 0
    case .end: place == name.count
    case .lastLine: place == name.count || place == name.count - 1 && name[place] == "\n"
    case .wordEdge: isEdge()
    case .noWordEdge: !isEdge()
    }
  }
}

extension Unicode.Scalar {
  /// Whether Python's `\w` takes the character.
  var isOfWord: Bool { self == "_" || properties.isAlphabetic || properties.numericType != nil }
}
