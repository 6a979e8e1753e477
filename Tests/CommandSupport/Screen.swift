internal import CSpawn

/// What a terminal shows: enough of a VT100 for programs that write lines and redraw them.
///
/// Known are: CR, LF, BS, TAB, wrapping with the pending wrap of real terminals, cursor movements,
/// erasing of lines and of the screen, SGR and modes (both without effect), window titles. Anything
/// else is kept in ``unknown``, so that a test sees it.
public struct Screen: Sendable {
  /// What happens to a line that is longer than the terminal after it was resized.
  public enum Resizing: Sendable {
    /// It is broken anew, as most terminals do.
    case reflows
    /// It is cut, as xterm does.
    case cuts
  }

  private struct Row: Sendable {
    /// One string a column: empty for the second column of a wide character.
    var cells: [String] = []
    /// Whether the text goes on in the next row without a line feed.
    var continues = false

    var text: String {
      var text = cells.joined()
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  /// Columns of a row.
  public private(set) var columns: Int
  /// Rows that are seen at once.
  public private(set) var rows: Int
  /// Zero-based.
  public private(set) var cursor: (row: Int, column: Int) = (0, 0)
  /// Control sequences that this model does not know, without their ESC.
  public private(set) var unknown: [String] = []
  private let resizing: Resizing
  private var lines: [Row]
  private var scrolled: [Row] = []
  private var wrapIsPending = false
  private var input = Input()

  /// An empty screen, the cursor at its top.
  public init(columns: Int, rows: Int, resizing: Resizing = .reflows) {
    self.columns = columns
    self.rows = rows
    self.resizing = resizing
    lines = Array(repeating: Row(), count: rows)
  }

  /// The rows from the top, without blanks at their ends and without empty rows at the bottom.
  public var text: String { Self.joined(lines.map(\.text)) }

  /// The rows that scrolled off, then those on the screen.
  public var everything: String { Self.joined((scrolled + lines).map(\.text)) }

  private static func joined(_ rows: [String]) -> String {
    var rows = rows
    while rows.last == "" { rows.removeLast() }
    return rows.joined(separator: "\n")
  }

  /// Takes bytes in as the terminal does; characters and sequences may be cut anywhere.
  public mutating func write(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      switch input.take(byte) {
      case .none: break
      case .control(let control): act(on: control)
      case .character(let scalar): put(scalar)
      case .sequence(let parameters, let final): act(on: parameters, final)
      case .unknown(let text): unknown.append(text)
      }
    }
  }

  private mutating func act(on control: UInt8) {
    switch control {
    case 0x0d:
      cursor.column = 0
      wrapIsPending = false
    case 0x0a: lineFeed()
    case 0x08:
      cursor.column = max(cursor.column - 1, 0)
      wrapIsPending = false
    case 0x09: cursor.column = min((cursor.column / 8 + 1) * 8, columns - 1)
    case 0x07: break
    default: unknown.append("control \(control)")
    }
  }

  private mutating func act(on parameters: String, _ final: UInt8) {
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false)
      .map { Int($0) ?? 0 }
    let first = numbers.first ?? 0
    let count = max(first, 1)
    switch final {
    case UInt8(ascii: "A"): cursor.row = max(cursor.row - count, 0)
    case UInt8(ascii: "B"): cursor.row = min(cursor.row + count, rows - 1)
    case UInt8(ascii: "C"): cursor.column = min(cursor.column + count, columns - 1)
    case UInt8(ascii: "D"): cursor.column = max(cursor.column - count, 0)
    case UInt8(ascii: "G"): cursor.column = min(count, columns) - 1
    case UInt8(ascii: "H"), UInt8(ascii: "f"):
      cursor = (min(count, rows) - 1, min(max(numbers.count > 1 ? numbers[1] : 1, 1), columns) - 1)
    case UInt8(ascii: "J"): eraseScreen(first)
    case UInt8(ascii: "K"): eraseLine(first)
    case UInt8(ascii: "m"), UInt8(ascii: "h"), UInt8(ascii: "l"): return
    default:
      unknown.append("[\(parameters)\(Character(Unicode.Scalar(final)))")
      return
    }
    wrapIsPending = false
  }

  private mutating func eraseScreen(_ mode: Int) {
    switch mode {
    case 0:
      eraseLine(0)
      for row in lines.indices where row > cursor.row { lines[row] = Row() }
    case 2: for row in lines.indices { lines[row] = Row() }
    default: unknown.append("[\(mode)J")
    }
  }

  private mutating func eraseLine(_ mode: Int) {
    switch mode {
    case 0:
      lines[cursor.row].cells = Array(lines[cursor.row].cells.prefix(cursor.column))
      lines[cursor.row].continues = false
    case 2: lines[cursor.row] = Row()
    default: unknown.append("[\(mode)K")
    }
  }

  private mutating func lineFeed() {
    wrapIsPending = false
    guard cursor.row == rows - 1 else {
      cursor.row += 1
      return
    }
    scrolled.append(lines.removeFirst())
    lines.append(Row())
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let width = CharacterWidth.columns(scalar) ?? 1
    if width == 0 {
      let last = cursor.column - (wrapIsPending ? 0 : 1)
      guard let base = (0...max(last, 0)).last(where: { cell(at: $0) != "" }) else { return }
      lines[cursor.row].cells[base].unicodeScalars.append(scalar)
      return
    }
    if wrapIsPending || cursor.column + width > columns {
      lines[cursor.row].continues = true
      cursor.column = 0
      lineFeed()
    }
    var row = lines[cursor.row].cells
    while row.count < cursor.column + width { row.append(" ") }
    row[cursor.column] = String(scalar)
    if width == 2 { row[cursor.column + 1] = "" }
    lines[cursor.row].cells = row
    cursor.column += width
    if cursor.column >= columns {
      cursor.column = columns - 1
      wrapIsPending = true
    }
  }

  private func cell(at column: Int) -> String {
    let cells = lines[cursor.row].cells
    return column < cells.count ? cells[column] : ""
  }

  /// Gives the screen another size; the cursor stays on its character.
  public mutating func resize(columns: Int, rows: Int) {
    let all = scrolled + lines
    let place = (row: scrolled.count + cursor.row, column: cursor.column)
    let (fitted, cursorRow, cursorColumn) =
      resizing == .reflows
      ? Self.reflow(all, place, columns)
      : (
        all.map { Row(cells: Array($0.cells.prefix(columns))) }, place.row,
        min(place.column, columns - 1)
      )
    let lastUsed = max(fitted.lastIndex { !$0.text.isEmpty } ?? 0, cursorRow)
    let unscrolled = resizing == .cuts ? scrolled.count : 0
    let top = min(max(lastUsed - rows + 1, unscrolled), cursorRow)
    scrolled = Array(fitted[..<top])
    lines = Array(fitted[top...].prefix(rows))
    while lines.count < rows { lines.append(Row()) }
    cursor = (cursorRow - top, cursorColumn)
    self.columns = columns
    self.rows = rows
    wrapIsPending = false
  }

  /// The rows broken anew at `columns`, and where `place` is then.
  private static func reflow(
    _ all: [Row], _ place: (row: Int, column: Int), _ columns: Int
  ) -> ([Row], Int, Int) {
    var result: [Row] = []
    var found = (row: 0, column: 0)
    var cells: [String] = []
    var offset: Int?
    for (number, row) in all.enumerated() {
      if number == place.row { offset = cells.count + place.column }
      cells += row.cells
      if row.continues, number < all.count - 1 { continue }
      let first = result.count
      var rest = cells[...]
      repeat {
        let part = rest.prefix(columns)
        rest = rest.dropFirst(columns)
        result.append(Row(cells: Array(part), continues: !rest.isEmpty))
      } while !rest.isEmpty
      if let offset {
        found = (min(first + offset / columns, result.count - 1), offset % columns)
      }
      offset = nil
      cells = []
    }
    return (result, found.row, found.column)
  }
}

/// The columns of a scalar as the C library counts them: another count than the product's own.
public enum CharacterWidth {
  /// 0, 1 or 2; `nil` for a scalar that it does not know.
  public static func columns(_ scalar: Unicode.Scalar) -> Int? {
    let columns = Int(cspawn_columns(scalar.value))
    return columns < 0 ? nil : columns
  }
}

/// Splits bytes into characters and control sequences.
private struct Input: Sendable {
  enum Piece {
    case control(UInt8)
    case character(Unicode.Scalar)
    case sequence(parameters: String, final: UInt8)
    case unknown(String)
  }

  private enum State {
    case text, escape, sequence, title
  }

  private var state = State.text
  private var held: [UInt8] = []

  mutating func take(_ byte: UInt8) -> Piece? {
    switch state {
    case .text: return takeText(byte)
    case .escape:
      held = []
      state = byte == UInt8(ascii: "[") ? .sequence : byte == UInt8(ascii: "]") ? .title : .text
      return state == .text ? .unknown(String(Character(Unicode.Scalar(byte)))) : nil
    case .sequence:
      guard (0x40...0x7e).contains(byte) else {
        held.append(byte)
        return nil
      }
      state = .text
      defer { held = [] }
      return .sequence(parameters: String(decoding: held, as: UTF8.self), final: byte)
    case .title:
      if byte == 0x07 { state = .text }
      return nil
    }
  }

  private mutating func takeText(_ byte: UInt8) -> Piece? {
    if byte == 0x1b {
      state = .escape
      return nil
    }
    if byte < 0x20 || byte == 0x7f { return .control(byte) }
    if byte < 0x80 { return .character(Unicode.Scalar(byte)) }
    held.append(byte)
    let length = held[0] >= 0xf0 ? 4 : held[0] >= 0xe0 ? 3 : 2
    guard held.count == length else { return nil }
    defer { held = [] }
    return String(decoding: held, as: UTF8.self).unicodeScalars.first.map { .character($0) }
  }
}
