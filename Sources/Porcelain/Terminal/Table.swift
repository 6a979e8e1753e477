/// Aligned columns for people; never a format for programs.
struct Table: Sendable {
  /// One column.
  struct Column: Sendable {
    let heading: StyledText
    let alignment: Alignment
    /// Whether the column becomes narrower, with its texts cut, when the table is wider than the
    /// terminal.
    let isFlexible: Bool

    init(_ heading: StyledText, _ alignment: Alignment = .leading, isFlexible: Bool = false) {
      self.heading = heading
      self.alignment = alignment
      self.isFlexible = isFlexible
    }
  }

  let columns: [Column]
  /// The smallest width of a flexible column.
  static let leastWidth = 8
  private static let gap: StyledText = "  "
  private var rows: [[StyledText]] = []

  /// A table without headings when every heading is empty.
  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row; missing cells are empty, surplus ones are dropped.
  mutating func append(_ cells: [StyledText]) {
    rows.append(columns.indices.map { $0 < cells.count ? cells[$0] : StyledText() })
  }

  /// The rows as lines without trailing spaces, headings first. They are at most `width` columns
  /// wide, as far as the flexible columns allow; with `nil`, nothing is cut.
  func lines(width: Int?, ellipsis: String) -> [StyledText] {
    let headings = columns.map(\.heading)
    let all = headings.contains { !$0.isEmpty } ? [headings] + rows : rows
    let widths = fit(all, into: width)
    return all.map { cells in
      var line = StyledText()
      let last = cells.lastIndex { !$0.isEmpty } ?? -1
      for (position, cell) in cells.enumerated() where position <= last {
        if position > 0 { line += Self.gap }
        let cut = cell.truncated(to: widths[position], ellipsis: ellipsis)
        let isPadded = position < last || columns[position].alignment == .trailing
        line += isPadded ? cut.padded(to: widths[position], columns[position].alignment) : cut
      }
      return line
    }
  }

  /// The width of each column. Flexible ones are narrowed as far as necessary, the widest first.
  private func fit(_ cells: [[StyledText]], into width: Int?) -> [Int] {
    var widths = columns.indices.map { column in
      cells.reduce(0) { max($0, $1[column].columns) }
    }
    guard let width else { return widths }
    let gaps = Self.gap.columns * max(columns.count - 1, 0)
    var excess = widths.reduce(gaps, +) - width
    while excess > 0 {
      let flexible = columns.indices.filter {
        columns[$0].isFlexible && widths[$0] > Self.leastWidth
      }
      guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
