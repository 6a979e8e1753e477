/// A date in HTTP, in any of the three forms of RFC 9110 section 5.6.7: `Sun, 06 Nov 1994 08:49:37
/// GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
struct HTTPDate: Sendable, Hashable {
  /// Seconds since 1970-01-01 00:00 UTC.
  let seconds: Int64

  /// Reads a date; `nil` if the text is not a date. The name of the weekday is not checked
  /// against the date.
  init?(_ text: some StringProtocol) {
    let separators = " ,-".utf8
    let words = Array(text.utf8).split { separators.contains($0) }
      .map { String(decoding: $0, as: UTF8.self) }
    let year: Int?
    let month: String
    let day: Int?
    let clock: String
    switch words.count {
    case 6 where words[5] == "GMT" || words[5] == "UTC":
      (day, month, year, clock) = (Self.number(words[1]), words[2], Self.year(words[3]), words[4])
    case 5:
      (month, day, clock, year) = (words[1], Self.number(words[2]), words[3], Self.year(words[4]))
    default: return nil
    }
    guard let year, let day, let monthIndex = Self.months.firstIndex(of: month.lowercased()),
      (1...Self.days(inMonth: monthIndex, of: year)).contains(day), let time = Self.time(clock)
    else { return nil }
    seconds = Self.daysSince1970(year: year, month: monthIndex + 1, day: day) * 86_400 + time
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func number(_ text: some StringProtocol) -> Int? {
    let digits = text.utf8
    guard (1...4).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  /// A year of two digits is between 1970 and 2069: earlier ones are never sent, and later ones are
  /// too far in the future.
  private static func year(_ text: String) -> Int? {
    guard let number = number(text) else { return nil }
    switch text.utf8.count {
    case 4 where number >= 1601: return number
    case 2: return number < 70 ? 2000 + number : 1900 + number
    default: return nil
    }
  }

  private static func time(_ text: String) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: ":")).map { number(String($0) ?? "") }
    guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
      hour < 24, minute < 60, second <= 60
    else { return nil }
    return Int64(hour * 3600 + minute * 60 + second)
  }

  private static func days(inMonth index: Int, of year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    if index == 1 { return isLeap ? 29 : 28 }
    return [3, 5, 8, 10].contains(index) ? 30 : 31
  }

  /// Days of the Gregorian calendar; years are counted from March so that the leap day comes last.
  private static func daysSince1970(year: Int, month: Int, day: Int) -> Int64 {
    let marchYear = month > 2 ? year : year - 1
    let marchMonth = (month + 9) % 12
    let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    // There are 719 468 days between 0000-03-01 and 1970-01-01.
    return Int64(365 * marchYear + leapDays + dayOfYear - 719_468)
  }
}
