/// Dates as `GIT_AUTHOR_DATE` and `GIT_COMMITTER_DATE` give them.
///
/// Reads git's documented forms: `1112926393 +0200` (also with `@`), RFC 2822
/// (`Thu, 7 Apr 2005 22:13:13 +0200`), ISO 8601 (`2005-04-07T22:13:13+02:00`, a space for the `T`,
/// `Z`, fractions of a second dropped), the same with the date as `2005.04.07`, `04/07/2005` or
/// `07.04.2005`, and what `git log` prints (`Thu Apr 7 22:13:13 2005 +0200`).
/// Source: git, Documentation/date-formats.
struct GitDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private var date: (year: Int, month: Int, day: Int)?
  private var time: (hour: Int, minute: Int, second: Int)?
  private var zone: Int?
  private var month: Int?
  private var numbers: [Int] = []

  /// - Parameter localZone: Minutes east of UTC, for a date that names no zone.
  /// - Returns: `nil` for a text that is not in one of git's forms.
  static func parse(_ text: String, localZone: Int) -> Timestamp? {
    let words = text.split { $0 == " " || $0 == "," }.map(String.init)
    if let stamp = parseSeconds(words) { return stamp }
    var parsed = GitDate()
    for word in words {
      guard parsed.take(word) else { return nil }
    }
    return parsed.timestamp(localZone: localZone)
  }

  /// `[@]SECONDS [ZONE]`. Without `@`, git reads fewer than nine digits as a date.
  private static func parseSeconds(_ words: [String]) -> Timestamp? {
    guard let first = words.first, words.count <= 2 else { return nil }
    let isMarked = first.hasPrefix("@")
    let digits = isMarked ? first.dropFirst() : Substring(first)
    guard isMarked || digits.count >= 9, isDigits(digits), let seconds = Int64(digits),
      // The largest value that both git and the C library can write.
      seconds < 1 << 40
    else { return nil }
    guard words.count == 2 else { return Timestamp(seconds: seconds, zoneOffset: 0) }
    guard let zone = zoneOffset(words[1]) else { return nil }
    return Timestamp(seconds: seconds, zoneOffset: zone)
  }

  private mutating func take(_ word: String) -> Bool {
    let lower = word.lowercased()
    if date == nil, let found = Self.calendarDate(lower.prefix { $0 != "t" }) {
      date = found
      guard let mark = lower.firstIndex(of: "t") else { return true }
      return takeTime(lower[lower.index(after: mark)...])
    }
    if lower.contains(":"), time == nil { return takeTime(Substring(lower)) }
    if let offset = Self.zoneOffset(lower), zone == nil {
      zone = offset
      return true
    }
    if let index = Self.months.firstIndex(where: { lower.hasPrefix($0) }), month == nil {
      month = index + 1
      return true
    }
    if Self.isDigits(lower), lower.count <= 4, let number = Int(lower) {
      numbers.append(number)
      return numbers.count <= 2
    }
    return ["sun", "mon", "tue", "wed", "thu", "fri", "sat"].contains { lower.hasPrefix($0) }
  }

  /// `22:13[:13[.5]][ZONE]`
  private mutating func takeTime(_ text: Substring) -> Bool {
    let clock = text.prefix { $0.isNumber || $0 == ":" || $0 == "." }
    let rest = text[clock.endIndex...]
    if !rest.isEmpty {
      guard let offset = Self.zoneOffset(rest) else { return false }
      zone = offset
    }
    let whole = clock.prefix { $0 != "." }
    let parts = whole.split(separator: ":", omittingEmptySubsequences: false).map {
      Self.isDigits($0) && $0.count <= 2 ? Int($0) : nil
    }
    guard (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1] else {
      return false
    }
    let second = parts.count == 3 ? parts[2] : 0
    guard let second, hour < 24, minute < 60, second <= 60 else { return false }
    time = (hour, minute, second)
    return true
  }

  private func timestamp(localZone: Int) -> Timestamp? {
    var day = date
    if day == nil, let month, numbers.count == 2 {
      let (first, second) = (numbers[0], numbers[1])
      day = first > 31 ? (first, month, second) : (second, month, first)
    }
    guard let (year, month, dayOfMonth) = day, let time, (1970...9999).contains(year),
      (1...12).contains(month), (1...31).contains(dayOfMonth)
    else { return nil }
    let minutes = Int64(time.hour * 60 + time.minute - (zone ?? localZone))
    let seconds =
      Self.days(year, month, dayOfMonth) * 86_400 + minutes * 60 + Int64(time.second)
    return Timestamp(seconds: seconds, zoneOffset: zone ?? localZone)
  }

  /// `2005-04-07`, `2005.04.07`, `04/07/2005` or `07.04.2005`.
  private static func calendarDate(_ text: Substring) -> (year: Int, month: Int, day: Int)? {
    guard let mark = text.first(where: { !$0.isNumber }), "-./".contains(mark) else { return nil }
    let parts = text.split(separator: mark, omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ isDigits($0) && $0.count <= 4 }) else { return nil }
    let values = parts.compactMap { Int($0) }
    guard values.count == 3 else { return nil }
    if parts[0].count == 4 { return (values[0], values[1], values[2]) }
    guard parts[2].count == 4 else { return nil }
    return mark == "/" ? (values[2], values[0], values[1]) : (values[2], values[1], values[0])
  }

  /// `Z`, `UTC`, `GMT`, `+02`, `+0200` or `+02:00`, in minutes.
  private static func zoneOffset(_ text: some StringProtocol) -> Int? {
    if ["z", "utc", "gmt"].contains(text.lowercased()) { return 0 }
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let digits = String(text.dropFirst().filter { $0 != ":" })
    guard isDigits(digits), digits.count == 2 || digits.count == 4, let value = Int(digits) else {
      return nil
    }
    let (hours, minutes) = digits.count == 2 ? (value, 0) : (value / 100, value % 100)
    guard hours <= 14, minutes < 60 else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
  }

  private static func isDigits(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  /// Days from 1970-01-01, by the Gregorian calendar counted from March.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468)
  }
}
