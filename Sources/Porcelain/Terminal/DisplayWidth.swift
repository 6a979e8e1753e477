internal import ComfyCore

/// Where padding goes.
enum Alignment: Sendable {
  /// Text first, then spaces.
  case leading
  /// Spaces first, for numbers.
  case trailing
}

extension Unicode.Scalar {
  /// The number of columns of this scalar on a terminal: 0 for marks and invisible scalars, 2 for
  /// East Asian wide and full-width ones and emoji, otherwise 1. Ambiguous ones count as narrow, as
  /// in terminals.
  var columns: Int {
    if value < 0x300 { return value < 0x20 || (0x7f..<0xa0).contains(value) ? 0 : 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator:
      return 0
    default:
      if Self.joiningJamo.contains(where: { $0.contains(value) }) { return 0 }
      return isWide ? 2 : 1
    }
  }

  private var isWide: Bool {
    guard value >= 0x1100 else { return false }
    var low = 0
    var high = Self.wide.count
    while low < high {
      let middle = (low + high) / 2
      if Self.wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < Self.wide.count && Self.wide[low].contains(value)
  }

  /// Hangul vowels and finals, which are drawn into the cell of the initial before them.
  private static let joiningJamo: [ClosedRange<UInt32>] = [0x1160...0x11FF, 0xD7B0...0xD7FF]

  /// Wide and full-width scalars of Unicode's EastAsianWidth.txt, version 14, ascending. Included
  /// are the unassigned ones between them, and the hexagrams, which are wide since version 16.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0,
    0x23F3...0x23F3, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F,
    0x2693...0x2693, 0x26A1...0x26A1, 0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5,
    0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA, 0x26F2...0x26F3, 0x26F5...0x26F5,
    0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728,
    0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
    0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55,
    0x2E80...0x303E, 0x3041...0xA4C6, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAD9, 0xFE10...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18D08, 0x1AFF0...0x1B2FB, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E,
    0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C, 0x1F37E...0x1F393,
    0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E,
    0x1F440...0x1F440, 0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E, 0x1F550...0x1F567,
    0x1F57A...0x1F57A, 0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5,
    0x1F6CC...0x1F6CC, 0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6DF, 0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC,
    0x1F7E0...0x1F7F0, 0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAFF,
    0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]
}

extension Character {
  /// The largest number of columns that a terminal may use for this character.
  ///
  /// It is the sum over the scalars, because terminals differ in how they join emoji: a number that
  /// is too large leaves a gap, one that is too small breaks the line.
  var columns: Int {
    var sum = 0
    for scalar in unicodeScalars {
      // The emoji selector makes a narrow character wide.
      sum += scalar == "\u{fe0f}" && sum == 1 ? 1 : scalar.columns
    }
    return sum
  }
}

extension StringProtocol {
  /// Columns on a terminal, for a text without line breaks.
  var columns: Int {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return utf8.count }
    return reduce(0) { $0 + $1.columns }
  }

  /// The longest beginning that is at most `columns` columns wide.
  func prefix(columns: Int) -> SubSequence {
    var room = columns
    return prefix { character in
      room -= character.columns
      return room >= 0
    }
  }

  /// The longest end that is at most `columns` columns wide.
  func suffix(columns: Int) -> SubSequence {
    var room = columns
    var start = endIndex
    while start > startIndex {
      let before = index(before: start)
      room -= self[before].columns
      if room < 0 { break }
      start = before
    }
    return self[start...]
  }

  /// The name in at most `columns` columns. A longer name has `ellipsis` in its middle and keeps
  /// its end with the extension: `juggernautXL…v9.safetensors`.
  func shortened(to columns: Int, ellipsis: String) -> String {
    guard self.columns > columns else { return String(self) }
    if columns < Self.leastWithExtension, let stem = stemOfModel {
      return stem.shortened(to: columns, ellipsis: ellipsis)
    }
    let room = columns - ellipsis.columns
    guard room > 0 else { return String(prefix(columns: Swift.max(columns, 0))) }
    let end = suffix(columns: Swift.min(endLength, room * 2 / 3))
    return prefix(columns: room - end.columns) + ellipsis + end
  }

  /// In fewer columns, the extension would leave no room for the name.
  private static var leastWithExtension: Int { 20 }

  /// The name without the extension of model files; `nil` for a name that has none of them.
  private var stemOfModel: SubSequence? {
    guard let dot = lastIndex(of: "."), dot > startIndex, ModelExtension(of: String(self)) != nil
    else { return nil }
    return self[..<dot]
  }

  /// The columns of the extension and of a few characters before it, if it is short enough to be an
  /// extension.
  private var endLength: Int {
    guard let dot = lastIndex(of: ".") else { return columns / 2 }
    let length = self[dot...].columns
    return length <= 16 ? length + 4 : columns / 2
  }
}
