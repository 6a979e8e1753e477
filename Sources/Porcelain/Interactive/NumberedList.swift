/// Files to pick from: a number, the path, and facts beside it; below it where the terminal is too
/// narrow.
struct NumberedList {
  private struct Item {
    let number: Int
    let path: String
    let facts: [StyledText]
  }

  private var items: [Item] = []

  /// - Parameter facts: Column by column, as many for every item; empty ones stay blank.
  mutating func append(_ number: Int, _ path: String, _ facts: [StyledText]) {
    items.append(Item(number: number, path: path, facts: facts))
  }

  /// The list in lines of at most `columns` columns where the paths' parts allow that.
  func lines(columns: Int) -> [StyledText] {
    let table = table.lines(width: nil, ellipsis: "")
    let isNarrow = table.contains { $0.columns + 2 > columns }
    return isNarrow ? items.flatMap { stacked($0, columns: columns) } : table.map { "  \($0)" }
  }

  private var table: Table {
    let factCount = items.map(\.facts.count).max() ?? 0
    let facts = (0..<factCount).map { place in
      // Numbers stand under each other by their ends.
      let isNumber = items.allSatisfy { item in
        item.facts.indices.contains(place)
          && item.facts[place].plain.first.map { $0.isASCII && $0.isNumber } ?? true
      }
      return Table.Column("", isNumber ? .trailing : .leading)
    }
    var table = Table([Table.Column("", .trailing), Table.Column("")] + facts)
    for item in items {
      table.append([StyledText(String(item.number), .strong), StyledText(item.path)] + item.facts)
    }
    return table
  }

  private func stacked(_ item: Item, columns: Int) -> [StyledText] {
    let width = items.map { String($0.number).columns }.max() ?? 1
    let number = StyledText(String(item.number), .strong).padded(to: width, .trailing)
    let indent = width + 4
    let path = Self.broken(item.path, columns: columns - indent).map { StyledText($0) }
    let facts = item.facts.filter { !$0.isEmpty }.joined(separator: ", ")
      .wrapped(columns: columns - indent)
    let lines = path + facts.filter { !$0.isEmpty }
    let margin = StyledText(String(repeating: " ", count: indent))
    return lines.enumerated().map { $0 == 0 ? "  \(number)  \($1)" : margin + $1 }
  }

  /// A path in lines, broken behind its slashes.
  private static func broken(_ path: String, columns: Int) -> [String] {
    var lines: [String] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      if let last = lines.last, last.columns + 1 + part.columns <= columns {
        lines[lines.count - 1] = last + part
      } else {
        lines.append(String(part))
      }
      lines[lines.count - 1] += "/"
    }
    if var last = lines.popLast() {
      last.removeLast()
      lines.append(last)
    }
    return lines
  }
}
