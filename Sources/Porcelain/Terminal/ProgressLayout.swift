internal import Plumbing

/// Which parts of a file's progress are shown for a given number of columns. Lines of one layout
/// are aligned.
///
/// | columns | shown |
/// |---|---|
/// | 72 and more | name, bar, bytes of total, rate, time left |
/// | 60 | name, percent, bytes of total, rate, time left |
/// | 39 | name, percent, rate, time left |
/// | fewer | name, percent |
struct ProgressLayout {
  private let columns: Int
  private let name: Int
  private let bar: Int
  private let showsSize: Bool
  private let showsRate: Bool
  private let symbols: Symbols

  private static let gap = 2
  /// `1023 MiB / 1023 MiB`
  private static let size = 19
  /// `1023 MiB/s`
  private static let rate = 10
  /// `1:02:03`
  private static let time = 7
  /// `100%`
  private static let percent = 4
  private static let leastBar = 8
  private static let mostBar = 40
  private static let leastName = 20

  /// - Parameters:
  ///   - columns: The width available for a line.
  ///   - longestName: The width of the widest name in these lines, in columns.
  ///   - symbols: The characters for bars and ellipses.
  init(columns: Int, longestName: Int, symbols: Symbols) {
    self.columns = columns
    self.symbols = symbols
    showsRate = columns >= 39
    showsSize = columns >= 60
    var rest = columns
    if showsRate { rest -= Self.rate + Self.time + 2 * Self.gap }
    if showsSize { rest -= Self.size + Self.gap }
    if columns >= 72 {
      rest -= Self.gap
      let wanted = min(max(longestName, Self.leastName), rest - Self.leastBar)
      name = wanted
      bar = min(rest - wanted, Self.mostBar)
    } else {
      name = max(rest - Self.percent - Self.gap, 0)
      bar = 0
    }
  }

  /// A file whose bytes arrive. Without a total, it has no bar, percent or time left; without a
  /// rate (bytes per second), no time left.
  func line(name text: StyledText, bytes: Int64, total: Int64?, rate: Double?) -> StyledText {
    let done = total.map { $0 > 0 ? min(max(Double(bytes) / Double($0), 0), 1) : 1 }
    var fields = [named(text)]
    fields.append(bar > 0 ? drawnBar(done) : field(done.map { "\(Int($0 * 100))%" }, Self.percent))
    if showsSize {
      fields.append(
        field(Quantity.size(bytes) + (total.map { " / " + Quantity.size($0) } ?? ""), Self.size))
    }
    if showsRate {
      fields.append(field(rate.map(Quantity.rate), Self.rate))
      fields.append(field(timeLeft(bytes, total, rate), Self.time))
    }
    return fields.joined(separator: "  ").truncated(to: columns, ellipsis: symbols.ellipsis)
  }

  /// A file that is waiting, being checked or being retried.
  func line(name text: StyledText, note: StyledText) -> StyledText {
    let line: StyledText = "\(named(text))  \(note)"
    return line.truncated(to: columns, ellipsis: symbols.ellipsis)
  }

  /// The first wording that fits into the column of names, or else the last.
  func fitting(_ wordings: [StyledText]) -> StyledText {
    wordings.first { $0.columns <= name } ?? wordings.last ?? StyledText()
  }

  private func named(_ text: StyledText) -> StyledText {
    guard text.columns > name else { return text.padded(to: name) }
    return StyledText(text.plain.shortened(to: name, ellipsis: symbols.ellipsis)).padded(to: name)
  }

  private func field(_ text: String?, _ width: Int) -> StyledText {
    StyledText(text ?? "").padded(to: width, .trailing)
  }

  private func drawnBar(_ done: Double?) -> StyledText {
    guard let done else { return StyledText().padded(to: bar) }
    let full = Int(done * Double(bar))
    return StyledText(String(repeating: symbols.barDone, count: full), .accent)
      + StyledText(String(repeating: symbols.barLeft, count: bar - full), .dim)
  }

  private func timeLeft(_ bytes: Int64, _ total: Int64?, _ rate: Double?) -> String? {
    guard let total, let rate, rate >= 1, total > bytes else { return nil }
    return Quantity.time(.seconds(min(Double(total - bytes) / rate, 1e9)))
  }
}
